// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "../call.ts";

/** A server that a call may go to, as its client knows it. */
export interface Candidate {
  /** Where it is: `tcp@host:port`. */
  readonly address: string;
  /** Its share of the calls beside the others', above 0. */
  readonly weight: number;
  /** Words about it. */
  readonly tags: readonly string[];
  /** Calls of this client that are under way there. */
  readonly pending: number;
  /**
   * How long its replies took, in ms: a mean that follows rises at once and
   * forgets with time (peak EWMA); 0 while nothing is known.
   */
  readonly latency: number;
}

/**
 * The seam between an `XClient` and the choice of a server.
 *
 * `pick` gets the servers of this moment, never none, and returns one of them.
 * One value serves one client, so it may keep state; the same server is the same
 * object for as long as it stays listed. `pick` must neither change nor keep the
 * list.
 */
export interface Selector {
  /** Chooses one of the servers. */
  pick<Server extends Candidate>(
    servers: readonly Server[],
    options: CallOptions,
  ): Server;
}

/** What `pick` throws for an empty list. */
export function emptyList(): RangeError {
  return new RangeError("Cannot pick a server: the list is empty");
}
