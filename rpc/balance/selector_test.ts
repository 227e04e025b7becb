// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { candidates, tally } from "../testdata/candidates.ts";
import { seeded } from "../testdata/random.ts";
import { ConsistentHashSelector } from "./consistent_hash.ts";
import { createSelector, type SelectorName } from "./create_selector.ts";
import { LeastPendingSelector } from "./least_pending.ts";
import { P2cSelector } from "./p2c.ts";
import { PeakEwma } from "./peak_ewma.ts";
import { RandomSelector } from "./random.ts";
import { RoundRobinSelector } from "./round_robin.ts";
import { WeightedSelector } from "./weighted.ts";

const SERVERS = candidates("abc");
const NAMES: readonly SelectorName[] = [
  "random",
  "roundRobin",
  "weighted",
  "leastPending",
  "p2c",
  "consistentHash",
];

function random(seed: number): () => number {
  const next = seeded(seed);
  return () => next(2 ** 30) / 2 ** 30;
}

Deno.test("RandomSelector.pick() gives every server the same share of the numbers", () => {
  const numbers = [0, 0.33, 0.34, 0.66, 0.67, 0.999];
  const selector = new RandomSelector(() => numbers.shift() ?? 0);
  const picked = Array.from({ length: 6 }, () => selector.pick(SERVERS));
  assertEquals(picked.map(({ address }) => address).join(""), "aabbcc");
});

Deno.test("RoundRobinSelector.pick() goes round from a random start, lists of any length", () => {
  const selector = new RoundRobinSelector(() => 1 / 2 ** 20);
  const picked = Array.from({ length: 4 }, () => selector.pick(SERVERS));
  assertEquals(picked.map(({ address }) => address).join(""), "bcab");
  assertEquals(selector.pick(candidates("x")).address, "x");
});

Deno.test("WeightedSelector.pick() mixes the servers by their weights, as nginx does", () => {
  const servers = candidates("abc");
  servers[0]!.weight = 5;
  const selector = new WeightedSelector(() => 0);
  const picked = Array.from({ length: 14 }, () => selector.pick(servers));
  assertEquals(
    picked.map(({ address }) => address).join(""),
    "aabacaaaabacaa",
  );
});

Deno.test("WeightedSelector.pick() stays fair while servers come and go", () => {
  const servers = candidates("abcd");
  servers[3]!.weight = 2;
  const selector = new WeightedSelector(random(1));
  const picked = Array.from(
    { length: 5000 },
    (_, i) => selector.pick(i % 100 === 50 ? servers.slice(1) : servers),
  );
  const { a, d } = tally(picked);
  assert(a! > 950 && a! < 1030, `${a} of 5000 at weight 1 of 5`);
  assert(d! > 1950 && d! < 2060, `${d} of 5000 at weight 2 of 5`);
});

Deno.test("LeastPendingSelector.pick() chooses the least busy by weight, in turn among equals", () => {
  const servers = candidates("abc");
  const selector = new LeastPendingSelector(() => 0);
  const idle = Array.from({ length: 3 }, () => selector.pick(servers).address);
  assertEquals(idle, ["a", "b", "c"]);
  [servers[0]!.pending, servers[1]!.pending, servers[2]!.pending] = [3, 1, 2];
  assertEquals(selector.pick(servers).address, "b");
  servers[0]!.weight = 4;
  assertEquals(selector.pick(servers).address, "a");
});

Deno.test("P2cSelector.pick() leaves a slow server alone, and all others evenly loaded", () => {
  const servers = candidates("abcdefghij");
  for (const server of servers) server.latency = 10;
  servers[4]!.latency = 200;
  const selector = new P2cSelector(random(2));
  const under: typeof servers = [];
  const counts: Record<string, number> = {};
  // Calls come in at one rate and end at another: a slow server's stay longer.
  for (let i = 0; i < 10_000; i++) {
    const server = selector.pick(servers);
    server.pending++;
    counts[server.address] = (counts[server.address] ?? 0) + 1;
    under.push(server);
    if (under.length > 30) under.shift()!.pending--;
  }
  const { e = 0, ...others } = counts;
  assert(e < 200, `the slow one got ${e} of 10000`);
  const shares = Object.values(others);
  const imbalance = Math.max(...shares) / Math.min(...shares);
  assert(imbalance < 1.1, `imbalance ${imbalance}`);
});

Deno.test("P2cSelector.pick() asks a server it knows nothing of, but not without end", () => {
  const servers = candidates("ab");
  servers[0]!.latency = 10;
  const selector = new P2cSelector(random(3));
  assertEquals(selector.pick(servers).address, "b");
  servers[1]!.pending = 100;
  assertEquals(selector.pick(servers).address, "a");
});

Deno.test("PeakEwma follows a rise at once, a fall slowly, and forgets", () => {
  const latency = new PeakEwma();
  assertEquals(latency.at(0), 0);
  latency.add(10, 0);
  assertEquals(latency.at(0), 10);
  latency.add(100, 1);
  assertEquals(latency.at(1), 100);
  latency.add(10, 1001);
  const later = latency.at(1001);
  assert(later > 80 && later < 100, `${later}`);
  assert(latency.at(100_000) < 0.01);
});

Deno.test("ConsistentHashSelector.pick() spreads keys evenly by weight", () => {
  const servers = candidates("abcdefgh");
  servers[0]!.weight = 2;
  const selector = new ConsistentHashSelector();
  const picked = Array.from(
    { length: 9000 },
    (_, i) => selector.pick(servers, { hashKey: `key${i}` }),
  );
  const { a, ...others } = tally(picked);
  assert(a! > 1850 && a! < 2150, `${a} of 9000 at weight 2 of 9`);
  for (const [name, count] of Object.entries(others)) {
    assert(count > 880 && count < 1120, `${name}: ${count} of 9000`);
  }
});

Deno.test("ConsistentHashSelector.pick() moves only the keys of the server that left", () => {
  const servers = candidates("abcdef");
  const selector = new ConsistentHashSelector();
  const without = servers.filter(({ address }) => address !== "c");
  let moved = 0;
  for (let i = 0; i < 3000; i++) {
    const options = { hashKey: `user:${i}` };
    const [before, after] = [servers, without].map((list) =>
      selector.pick(list, options).address
    );
    if (before === after) continue;
    assertEquals(before, "c");
    moved++;
  }
  assert(moved > 400 && moved < 600, `${moved} of 3000`);
});

Deno.test("ConsistentHashSelector.pick() bounds the load of a hot key", () => {
  const servers = candidates("abcd");
  const selector = new ConsistentHashSelector({ maxLoad: 1.25 });
  for (let i = 0; i < 400; i++) {
    selector.pick(servers, { hashKey: "hot" }).pending++;
  }
  const most = Math.max(...servers.map(({ pending }) => pending));
  assert(most <= Math.ceil(1.25 * 100), `${most} of 400`);
  assertThrows(
    () => new ConsistentHashSelector({ maxLoad: 0.5 }),
    RangeError,
    "Cannot use maxLoad 0.5: it must be at least 1",
  );
});

Deno.test("ConsistentHashSelector.pick() sends calls without a key anywhere", () => {
  const selector = new ConsistentHashSelector({}, random(4));
  const picked = Array.from({ length: 300 }, () => selector.pick(SERVERS, {}));
  for (const count of Object.values(tally(picked))) assert(count > 60);
});

Deno.test("createSelector() knows every name, and each selector refuses an empty list", () => {
  for (const name of NAMES) {
    const selector = createSelector(name);
    assertEquals(SERVERS.includes(selector.pick(SERVERS, {}) as never), true);
    assertThrows(
      () => selector.pick([], {}),
      RangeError,
      "Cannot pick a server: the list is empty",
    );
  }
  for (const name of ["fastest", "constructor", "__proto__"]) {
    assertThrows(
      // As from a program without types.
      () => createSelector(name as SelectorName),
      TypeError,
      `Cannot use selector "${name}": one of "random", "roundRobin"`,
    );
  }
});
