// Copyright 2026 the Gee authors. MIT license.
// What the Go original promises, as far as the tests beside the sources leave it
// out: its own unit tests told anew, its demo, its rings seen from a pool.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import golden from "./testdata/ring_golden.json" with { type: "json" };
import { Group } from "./group.ts";
import { LruCache } from "./policy/lru.ts";
import { HttpPool } from "./pool/http_pool.ts";
import { mix32 } from "./ring/hash.ts";
import { HashRing } from "./ring/hash_ring.ts";
import { SingleFlight } from "./single_flight.ts";

/** Counts as the original does: the bytes of key and value. */
function originalLru(maxBytes: number, evicted: string[] = []) {
  return new LruCache<string>({
    maxBytes,
    overhead: 0,
    onEvicted: (key, _value, reason) => {
      if (reason === "evicted") evicted.push(key);
    },
  });
}

Deno.test("LruCache does what the tests of the original want of it", () => {
  const lru = originalLru(1000);
  lru.set("key1", "1234");
  assertEquals([lru.get("key1"), lru.get("key2")], ["1234", undefined]);

  // TestRemoveoldest: room for two of three.
  const full = originalLru("key1key2value1value2".length);
  full.set("key1", "value1");
  full.set("key2", "value2");
  full.set("k3", "v3");
  assertEquals([full.has("key1"), full.size], [false, 2]);

  // TestOnEvicted.
  const evicted: string[] = [];
  const small = originalLru(10, evicted);
  small.set("key1", "123456");
  for (const number of ["2", "3", "4"]) small.set(`k${number}`, `k${number}`);
  assertEquals(evicted, ["key1", "k2"]);

  // TestAdd: a value in place of another counts once.
  lru.set("key", "1");
  lru.set("key", "111");
  assertEquals(lru.bytes, "key1".length + 4 + "key".length + 3);
});

Deno.test("LruCache.resize() lets the oldest go one by one, and nothing of an empty cache", () => {
  const evicted: string[] = [];
  const lru = originalLru(Infinity, evicted);
  for (const key of ["a", "b", "c"]) lru.set(key, "1");
  lru.get("a");
  while (lru.size > 0) lru.resize({ maxEntries: lru.size - 1 });
  assertEquals([evicted, lru.bytes], [["b", "c", "a"], 0]);
  lru.resize({ maxEntries: 0 });
  assertEquals(evicted.length, 3);
});

Deno.test("Group gives the answers of the demo of the original", async () => {
  const db = new Map([["Tom", "630"], ["Jack", "589"], ["Sam", "567"]]);
  const searched: string[] = [];
  await using scores = new Group("scores", (key) => {
    searched.push(key);
    const score = db.get(key);
    if (score === undefined) throw new Error(`${key} not exist`);
    return score;
  }, { maxBytes: 2 << 10 });
  for (const [name, score] of [...db, ...db]) {
    assertEquals(String(await scores.get(name)), score);
  }
  assertEquals(searched, ["Tom", "Jack", "Sam"]);
  await assertRejects(() => scores.get("unknown"), Error, "unknown not exist");
});

Deno.test("Group.get() hands on the very error of the getter and keeps nothing of it", async () => {
  const error = new Error("Cannot reach the database");
  const answers: unknown[] = [error, "630"];
  await using group = new Group("g", () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return String(answer);
  }, { retryAfter: 0 });
  assertEquals(await group.get("Tom").catch((reason) => reason), error);
  assertEquals(group.stats().entries, 0);
  assertEquals(String(await group.get("Tom")), "630");
});

Deno.test("Group() of a name in use is another group, and a pool takes one of them", async () => {
  await using first = new Group("scores", () => "1");
  await using second = new Group("scores", () => "2");
  assertEquals(String(await first.get("Tom")), "1");
  assertEquals(String(await second.get("Tom")), "2");
  await using pool = new HttpPool("http://127.0.0.1:1");
  pool.register(first);
  assertThrows(
    () => pool.register(second),
    TypeError,
    'Cannot register group "scores"',
  );
});

Deno.test("SingleFlight.do() passes the value of one run to all and keeps none", async () => {
  const flights = new SingleFlight<string>();
  let runs = 0;
  const load = () => Promise.resolve(`bar ${++runs}`);
  const all = Array.from({ length: 10 }, () => flights.do("key", load));
  assertEquals(new Set(await Promise.all(all)), new Set(["bar 1"]));
  assertEquals(await flights.do("key", load), "bar 2");
  assertEquals(flights.size, 0);
});

Deno.test("HashRing gives each node the share it has in the original", () => {
  const total = 50_000;
  for (const { peers, Share: shares } of golden.rings) {
    const ring = new HashRing();
    ring.add(...peers);
    const counts = new Map<string | undefined, number>();
    for (let index = 0; index < total; index++) {
      // Spread first: keys that follow one another lie in line for CRC-32.
      const owner = ring.owner(`${mix32(index)}`);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    for (const [peer, share] of Object.entries(shares)) {
      const ours = (counts.get(peer) ?? 0) / total;
      assert(Math.abs(ours - share) < 0.015, `${peer}: ${ours}, not ${share}`);
    }
  }
});

Deno.test("HttpPool.pickPeer() is this node's answer exactly where the original's ring says so", async () => {
  for (const { peers, owners } of golden.rings) {
    for (const self of peers) {
      await using pool = new HttpPool(self, { ring: "crc32x50" });
      await pool.set(...peers);
      for (const [key, owner] of Object.entries(owners)) {
        // Go nodes have an owner for "" too, but refuse to answer for it.
        if (key === "") continue;
        const isOurs = pool.pickPeer(key) === undefined;
        assertEquals(isOurs, owner === self, `"${key}" of ${peers.length}`);
      }
    }
  }
});
