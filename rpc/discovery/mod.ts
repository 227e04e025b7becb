// Copyright 2026 the Gee authors. MIT license.

export type { Discovery, DiscoveryOptions } from "./discovery.ts";
export * from "./dns_discovery.ts";
export type { Endpoint, EndpointList } from "./endpoint.ts";
export { EtcdDiscovery } from "./etcd_discovery.ts";
export type { EtcdOptions } from "./etcd_gateway.ts";
export * from "./etcd_heartbeat.ts";
export { FixedDiscovery } from "./fixed.ts";
export * from "./iterable_discovery.ts";
export * from "./registry_discovery.ts";
