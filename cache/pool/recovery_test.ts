// Copyright 2026 the Gee authors. MIT license.
// Nodes that all lost one another are all back after few questions.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Change } from "../change.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";

const NAMES = [..."abcdefgh"];

/** A sequence that is the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function cutAll(network: LocalNetwork, fault: "cut" | "none"): void {
  for (const one of NAMES) {
    for (const other of NAMES) {
      if (one < other) network.between(one, other, fault);
    }
  }
}

function down(pools: readonly LocalPool[]): number {
  return pools.flatMap((pool) => Object.values(pool.stats().peers))
    .filter(({ state, pending }) => state !== "up" || pending > 0).length;
}

for (const changes of [1, 20]) {
  Deno.test(`PeerPool comes back from ${changes} changes that no other node heard of`, async () => {
    using time = new FakeTime();
    const random = randomOf(changes);
    const network = new LocalNetwork();
    network.delay = () =>
      new Promise((resolve) => setTimeout(resolve, 1 + random() * 20));
    const pools = NAMES.map((name) => {
      const options = { timeout: 200, probeAfter: 20, maxProbe: 200, random };
      const pool = new LocalPool(name, network, options);
      pool.register(new FakeSource());
      return pool;
    });
    for (const pool of pools) pool.set(...NAMES);
    cutAll(network, "cut");
    for (let number = 0; number < changes; number++) {
      const told = pools.map((pool) => {
        const keys = [`${number} of ${pool.self}`];
        const change: Change = { kind: "drop", keys };
        return pool.tellOthers("scores", change);
      });
      await time.tickAsync(1000);
      await Promise.all(told);
    }
    assertEquals(down(pools), 56);
    cutAll(network, "none");
    const before = network.ways("tell").length;
    for (let turn = 0; turn < 100 && down(pools) > 0; turn++) {
      await time.tickAsync(100);
    }
    assertEquals(down(pools), 0);
    // Each node has to tell each other at least once. All at once, and again what
    // others had told already, it was 6,491 and 17,330 here.
    const told = network.ways("tell").length - before;
    assert(told < 56 * 15, `${told} were told`);
    for (const pool of pools) await pool.close();
  });
}
