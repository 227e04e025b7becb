// Copyright 2026 the Gee authors. MIT license.

import { type Candidate, emptyList, type Selector } from "./selector.ts";

/**
 * Chooses the server with the fewest calls of this client under way, by its
 * weight; in turn among equals.
 */
export class LeastPendingSelector implements Selector {
  #start: number;

  /**
   * Makes a selector that begins at a random server.
   *
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   */
  constructor(random: () => number = Math.random) {
    this.#start = Math.floor(random() * 2 ** 20);
  }

  /** Chooses one of the servers. */
  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    const start = this.#start++ % servers.length;
    let best: Server | undefined;
    let least = Infinity;
    for (let i = 0; i < servers.length; i++) {
      const server = servers[(start + i) % servers.length]!; // within its bounds
      const load = (server.pending + 1) / server.weight;
      if (load < least) {
        best = server;
        least = load;
      }
    }
    if (best === undefined) throw emptyList();
    return best;
  }
}
