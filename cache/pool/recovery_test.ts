// Copyright 2026 the Gee authors. MIT license.
// Nodes that all lost one another are all back after few questions.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
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

/** Sets what happens between each two. */
function between(network: LocalNetwork, fault: "cut" | "none"): void {
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

function setUp(random: () => number, leastDelay: number) {
  const network = new LocalNetwork();
  network.delay = () =>
    new Promise((resolve) => setTimeout(resolve, leastDelay + random() * 20));
  const pools = NAMES.map((name) => {
    const options = { timeout: 200, probeAfter: 20, maxProbe: 200, random };
    const pool = new LocalPool(name, network, options);
    pool.register(new FakeSource());
    return pool;
  });
  for (const pool of pools) pool.set(...NAMES);
  return { network, pools };
}

/** Cuts all off, and has each make some changes that no other hears of. */
async function loseAll(
  network: LocalNetwork,
  pools: readonly LocalPool[],
  time: FakeTime,
  changes: number,
): Promise<void> {
  between(network, "cut");
  for (let number = 0; number < changes; number++) {
    const told = pools.map((pool) => {
      const keys = [`${number} ${pool.self}`];
      return pool.tellOthers("scores", { kind: "drop", keys });
    });
    await time.tickAsync(1000);
    await Promise.all(told);
  }
  assertEquals(down(pools), 56);
}

/** Waits until all are up; gives how much was told. */
async function recover(
  network: LocalNetwork,
  pools: readonly LocalPool[],
  time: FakeTime,
): Promise<number> {
  between(network, "none");
  const before = network.ways("tell").length;
  for (let turn = 0; turn < 100 && down(pools) > 0; turn++) {
    await time.tickAsync(100);
  }
  assertEquals(down(pools), 0);
  return network.ways("tell").length - before;
}

for (const changes of [1, 20]) {
  Deno.test(`PeerPool comes back from ${changes} changes that no other node heard of`, async () => {
    using time = new FakeTime();
    const { network, pools } = setUp(randomOf(changes), 1);
    await loseAll(network, pools, time, changes);
    // Each node has to tell each other at least once. All at once, and again what
    // others had told already, it was 6,491 and 17,330 here.
    const told = await recover(network, pools, time);
    assert(told < 56 * 15, `${told} were told`);
    for (const pool of pools) await pool.close();
  });
}

Deno.test("PeerPool comes back from changes that are too many to be numbered", async () => {
  using time = new FakeTime();
  // So slow that a node does not wait until the one before was told.
  const { network, pools } = setUp(randomOf(7), 60);
  await loseAll(network, pools, time, 1);
  // Each hears of changes that all others missed, no two of them in a row.
  for (const pool of pools) {
    for (let number = 0; number < 600; number++) {
      await pool.answer({
        kind: "tell",
        group: "scores",
        change: { kind: "drop", keys: [`${number % 9}`] },
        missed: NAMES.filter((name) => name !== pool.self),
        ids: new Map([[`before ${pool.self}`, [2 * number, 2 * number]]]),
        hops: 0,
      });
    }
  }
  // Without numbers they went round for ever. Many passings on are given up here:
  // their time limits are shorter than the way.
  const questions = await recover(network, pools, time);
  assert(questions < 56 * 100, `${questions} were told`);
  for (const pool of pools) await pool.close();
});

Deno.test("PeerPool comes back from changes that no question carries as a whole", async () => {
  using time = new FakeTime();
  const { network, pools } = setUp(randomOf(3), 60);
  network.maxKeys = 1;
  await loseAll(network, pools, time, 4);
  // In parts, which cannot be known again, they went round for ever.
  const questions = await recover(network, pools, time);
  assert(questions < 56 * 20, `${questions} were told`);
  for (const pool of pools) await pool.close();
});
