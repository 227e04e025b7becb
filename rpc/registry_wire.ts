// Copyright 2026 the Gee authors. MIT license.
// What registries, heartbeats and discoveries write and read. The first three
// are GeeRPC's; the others are ours, and left out where they would say nothing.

/** The path registries have by custom. */
export const REGISTRY_PATH = "/_geerpc_/registry";

/** The response header that lists the servers. */
export const SERVERS_HEADER = "x-geerpc-servers";

/** The request header that names one server. */
export const SERVER_HEADER = "x-geerpc-server";

/** The request header that names the service whose servers are meant. */
export const SERVICE_HEADER = "x-geerpc-service";

/** The weight of one server in a request; in a response, of all in their order. */
export const WEIGHT_HEADER = "x-geerpc-weight";

/** The tags of one server, by spaces; in a response, of all in their order, by commas. */
export const TAGS_HEADER = "x-geerpc-tags";

/** The version of a list, for those who wait for the next one. */
export const VERSION_HEADER = "x-geerpc-version";

/** The longest that a registry lets somebody wait for the next list, in ms. */
export const MAX_WAIT_MS = 60_000;

const SERVICE = /^[\w.-]{0,128}$/;

/** Whether it can name a service; the empty text is the list without a name. */
export function isServiceName(name: string): boolean {
  return SERVICE.test(name);
}
