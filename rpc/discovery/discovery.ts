// Copyright 2026 the Gee authors. MIT license.

/** Options of `Discovery.getAll`. */
export interface DiscoveryOptions {
  /** Ends the wait for a list that is not there yet. */
  readonly signal?: AbortSignal;
}

/**
 * The seam between an `XClient` and what knows the servers.
 *
 * `getAll` returns the addresses (`tcp@host:port`) of this moment, none twice,
 * possibly none at all. It rejects only when it never knew a list: an outage of
 * its source is no reason to forget the last one.
 */
export interface Discovery {
  /** The servers of this moment. */
  getAll(
    options?: DiscoveryOptions,
  ): readonly string[] | Promise<readonly string[]>;
}
