// Copyright 2026 the Gee authors. MIT license.

import { type Candidate, emptyList, type Selector } from "./selector.ts";

/** Chooses the servers in turn (`RoundRobinSelect` of the original). */
export class RoundRobinSelector implements Selector {
  #index: number;

  /**
   * Makes a selector that begins at a random server.
   *
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   */
  constructor(random: () => number = Math.random) {
    // Clients that start together must not all begin with the first server.
    this.#index = Math.floor(random() * 2 ** 20);
  }

  /** Chooses one of the servers. */
  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    const server = servers[this.#index++ % servers.length];
    if (server === undefined) throw emptyList();
    return server;
  }
}
