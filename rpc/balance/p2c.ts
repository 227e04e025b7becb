// Copyright 2026 the Gee authors. MIT license.

import { type Candidate, emptyList, type Selector } from "./selector.ts";

/**
 * Draws two servers and chooses the one of the lesser load: latency times calls
 * under way, by weight ("power of two choices" with peak EWMA, as in Finagle).
 *
 * Nearly as even as looking at all of them, at a constant price, and clients
 * that know the same never all run to the same server.
 */
export class P2cSelector implements Selector {
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
    const { length } = servers;
    const first = Math.floor(this.#random() * length);
    const a = servers[first];
    if (a === undefined) throw emptyList();
    if (length === 1) return a;
    // One of the others, each as likely.
    const step = 1 + Math.floor(this.#random() * (length - 1));
    const b = servers[(first + step) % length]!; // within its bounds
    return load(b) < load(a) ? b : a;
  }
}

/** What a server that is new costs while idle: nothing; while asked: not yet more than others. */
const UNKNOWN_MS = 1;

function load({ latency, pending, weight }: Candidate): number {
  if (latency === 0 && pending > 0) return UNKNOWN_MS * (pending + 1) / weight;
  return latency * (pending + 1) / weight;
}
