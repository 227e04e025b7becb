// Copyright 2026 the Gee authors. MIT license.

/**
 * The seam between an `XClient` and the choice of a server.
 *
 * `pick` gets the servers of this moment, never none, and returns one of them.
 * One value serves one client, so it may keep state.
 */
export interface Selector {
  /** Chooses one of the servers. */
  pick(servers: readonly string[]): string;
}
