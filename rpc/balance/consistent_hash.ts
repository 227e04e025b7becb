// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "../call.ts";
import { hash32, mix32 } from "./hash.ts";
import { type Candidate, emptyList, type Selector } from "./selector.ts";

/** Options of a `ConsistentHashSelector`. */
export interface ConsistentHashOptions {
  /**
   * How far above its fair share of the calls under way a server may get, as a
   * factor from 1; what would go beyond goes to the key's next server.
   *
   * @default {1.25}
   */
  readonly maxLoad?: number;
}

/**
 * Chooses by `CallOptions.hashKey`: the same key goes to the same server, and
 * when servers come or go only their own share of the keys moves.
 *
 * Weighted rendezvous hashing: no ring to rebuild, and it takes any part of the
 * list. Bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016) keep a hot key from
 * crushing its server. A call without a key goes anywhere.
 *
 * @example Calls of one user to one server
 * ```ts
 * import { ConsistentHashSelector, FixedDiscovery, Server, XClient } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const servers = ["one", "two"].map((name) => {
 *   const server = new Server();
 *   server.register({ am: () => name }, { name: "Who" });
 *   return server;
 * });
 * await using one = servers[0]!.listen();
 * await using two = servers[1]!.listen();
 *
 * await using client = new XClient(
 *   new FixedDiscovery([one.address, two.address]),
 *   { selector: new ConsistentHashSelector({ maxLoad: 1.5 }) },
 * );
 * const options = { hashKey: "user:7" };
 * const first = await client.call("Who.am", null, options);
 * assertEquals(await client.call("Who.am", null, options), first);
 * ```
 */
export class ConsistentHashSelector implements Selector {
  readonly #hashes = new WeakMap<Candidate, number>();
  readonly #maxLoad: number;
  readonly #random: () => number;

  /**
   * Makes a selector.
   *
   * @param options The bound of the loads.
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   * @throws {RangeError} when `maxLoad` is under 1.
   */
  constructor(
    options: ConsistentHashOptions = {},
    random: () => number = Math.random,
  ) {
    const { maxLoad = 1.25 } = options;
    if (!(maxLoad >= 1)) {
      throw new RangeError(
        `Cannot use maxLoad ${maxLoad}: it must be at least 1`,
      );
    }
    this.#maxLoad = maxLoad;
    this.#random = random;
  }

  /** Chooses one of the servers. */
  pick<Server extends Candidate>(
    servers: readonly Server[],
    { hashKey }: CallOptions,
  ): Server {
    const key = hashKey === undefined
      ? Math.floor(this.#random() * 2 ** 32)
      : hash32(hashKey);
    let calls = 1;
    let weights = 0;
    for (const { pending, weight } of servers) {
      calls += pending;
      weights += weight;
    }
    const share = this.#maxLoad * calls / weights;
    let best: Server | undefined;
    let highest = -Infinity;
    for (const server of servers) {
      // At least one server is always under its bound, as the bounds add up to more.
      if (server.pending + 1 > Math.ceil(share * server.weight)) continue;
      const score = server.weight /
        -Math.log((mix32(this.#hash(server) ^ key) + 0.5) / 2 ** 32);
      if (score > highest) {
        best = server;
        highest = score;
      }
    }
    if (best === undefined) throw emptyList();
    return best;
  }

  #hash(server: Candidate): number {
    let hash = this.#hashes.get(server);
    if (hash === undefined) {
      hash = hash32(server.address);
      this.#hashes.set(server, hash);
    }
    return hash;
  }
}
