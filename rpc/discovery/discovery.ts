// Copyright 2026 the Gee authors. MIT license.

import type { EndpointList } from "./endpoint.ts";

/** Options of `Discovery.getAll`. */
export interface DiscoveryOptions {
  /** Ends the wait for a list that is not there yet. */
  readonly signal?: AbortSignal;
}

/**
 * The seam between an `XClient` and what knows the servers.
 *
 * `getAll` returns the servers of this moment, none twice, possibly none at all:
 * at once and in the same array while nothing has changed, or by a promise while
 * there is no list yet. It rejects only when it never knew a list: an outage of
 * its source is no reason to forget the last one.
 */
export interface Discovery {
  /** The servers of this moment. */
  getAll(options?: DiscoveryOptions): EndpointList | Promise<EndpointList>;
}
