// Copyright 2026 the Gee authors. MIT license.

import { type Candidate, emptyList, type Selector } from "./selector.ts";

/** Chooses any server, each as likely as the others (`RandomSelect` of the original). */
export class RandomSelector implements Selector {
  readonly #random: () => number;

  /**
   * Makes a selector.
   *
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Chooses one of the servers. */
  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    const server = servers[Math.floor(this.#random() * servers.length)];
    if (server === undefined) throw emptyList();
    return server;
  }
}
