// Copyright 2026 the Gee authors. MIT license.

import { type Candidate, emptyList, type Selector } from "./selector.ts";

/**
 * Chooses the servers in turn, each as often as its weight says and never many
 * times in a row: weights 5, 1, 1 give `a a b a c a a` (smooth weighted round
 * robin, as in nginx).
 *
 * @example Three weights
 * ```ts
 * import { WeightedSelector } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const servers = [["a", 5], ["b", 1], ["c", 1]] as const;
 * const candidates = servers.map(([address, weight]) => (
 *   { address, weight, tags: [], pending: 0, latency: 0 }
 * ));
 * const selector = new WeightedSelector(() => 0);
 * const picked = Array.from({ length: 7 }, () => selector.pick(candidates));
 * assertEquals(picked.map(({ address }) => address).join(" "), "a a b a c a a");
 * ```
 */
export class WeightedSelector implements Selector {
  // What each server is owed; of one that is no longer listed nothing is left.
  readonly #owed = new WeakMap<Candidate, { credit: number }>();
  readonly #random: () => number;

  /**
   * Makes a selector that begins at a random server.
   *
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Chooses one of the servers. */
  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    let total = 0;
    let best: Server | undefined;
    let most: { credit: number } | undefined;
    for (const server of servers) {
      const owed = this.#of(server);
      owed.credit += server.weight;
      total += server.weight;
      if (most === undefined || owed.credit > most.credit) {
        best = server;
        most = owed;
      }
    }
    if (best === undefined || most === undefined) throw emptyList();
    most.credit -= total;
    return best;
  }

  #of(server: Candidate): { credit: number } {
    let owed = this.#owed.get(server);
    if (owed === undefined) {
      // Clients that start together must not all begin with the same server.
      owed = { credit: this.#random() * server.weight };
      this.#owed.set(server, owed);
    }
    return owed;
  }
}
