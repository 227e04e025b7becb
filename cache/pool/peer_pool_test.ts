// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ClosedError } from "../errors.ts";
import { BalancedRing } from "../ring/balanced_ring.ts";
import { HashRing } from "../ring/hash_ring.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";
import type { Member } from "./member.ts";
import type { PoolOptions } from "./pool_options.ts";

const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
const crc = { ring: "crc32x50" } as const;

function ownersOf(pool: LocalPool): string[] {
  return keys.map((key) => pool.owner(key));
}

/** A key that a node owns. */
function keyOf(pool: LocalPool, name: string): string {
  const key = keys.find((key) => pool.owner(key) === name);
  assert(key !== undefined, `no key of ${name}`);
  return key;
}

Deno.test("PeerPool() without a list owns every key and picks nobody", () => {
  const pool = new LocalPool("a", new LocalNetwork(), crc);
  assertEquals(pool.owner("x"), "a");
  assertEquals(pool.pickPeer("x"), undefined);
  assertEquals(pool.pickPrevious("x"), undefined);
  assertEquals([pool.peers, pool.others], [[], []]);
});

Deno.test("PeerPool.pickPeer() picks the owner, alike on all nodes", async () => {
  const network = new LocalNetwork();
  const names = ["c", "a", "b"];
  const pools = names.map((name) => new LocalPool(name, network));
  for (const pool of pools) pool.set(...names);
  const reference = new BalancedRing();
  for (const name of names) reference.put(name);
  for (const pool of pools) {
    assertEquals(pool.peers, ["a", "b", "c"]);
    assertEquals(ownersOf(pool), keys.map((key) => reference.owner(key)));
    for (const key of keys) {
      const owner = pool.owner(key);
      const picked = owner === pool.self ? undefined : owner;
      assertEquals(pool.pickPeer(key)?.name, picked);
    }
  }
  for (const pool of pools) await pool.close();
});

Deno.test('PeerPool ring "crc32x50" is the ring of Go nodes, a function any other', () => {
  const reference = new HashRing();
  reference.add("a", "b", "c");
  const rings = ["crc32x50", () => new HashRing()] as const;
  for (const ring of rings) {
    const pool = new LocalPool("a", new LocalNetwork(), { ring });
    pool.set("a", "b", "c");
    assertEquals(ownersOf(pool), keys.map((key) => reference.owner(key)));
  }
});

Deno.test("PeerPool.pickPeer() picks nobody for a key the transport does not carry", () => {
  const pool = new LocalPool("a", new LocalNetwork(), crc);
  pool.set("b");
  assertEquals(pool.pickPeer("carried")?.name, "b");
  assertEquals(pool.pickPeer("uncarried"), undefined);
});

Deno.test("PeerPool.add() and remove() move only the keys of that node", () => {
  const pool = new LocalPool("a", new LocalNetwork());
  pool.set("a", "b", "c");
  const before = ownersOf(pool);
  pool.add("d");
  const after = ownersOf(pool);
  const moved = after.filter((owner, index) => owner !== before[index]);
  assert(moved.length > 0 && moved.length < keys.length / 2);
  assertEquals(new Set(moved), new Set(["d"]));
  assertEquals([pool.remove("d"), pool.remove("d")], [true, false]);
  assertEquals(ownersOf(pool), before);
});

Deno.test("PeerPool.add() changes the weight of a node that is there", () => {
  const pool = new LocalPool("a", new LocalNetwork());
  pool.set("a", { name: "b", weight: 1 });
  const share = () => ownersOf(pool).filter((owner) => owner === "b").length;
  assert(share() < keys.length * 0.6);
  pool.add({ name: "b", weight: 9 });
  assertEquals(pool.peers, ["a", "b"]);
  assert(share() > keys.length * 0.8);
});

Deno.test("PeerPool.set() refuses hostile lists and keeps the one there was", () => {
  const pool = new LocalPool("a", new LocalNetwork(), { ...crc, maxPeers: 3 });
  pool.set("a", "b");
  const before = ownersOf(pool);
  const wrong: [unknown[], ErrorConstructor, string][] = [
    [["a", "b", "a"], RangeError, 'Cannot set peers: "a" is there twice'],
    [
      ["a", "b", "c", "d"],
      RangeError,
      "Cannot set 4 peers: want at most 3",
    ],
    [["a", "b/"], TypeError, 'Cannot use peer "b/": want letters'],
    [["a", ""], TypeError, "Cannot set peers: each needs a name"],
    [[undefined], TypeError, "Cannot set peers: each needs a name"],
    [[{ weight: 2 }], TypeError, "Cannot set peers: each needs a name"],
    [[null], TypeError, "Cannot set peers: each needs a name"],
    [[{ name: { toString: () => "a" } }], TypeError, "each needs a name"],
    [
      [{ name: "b", weight: 0 }],
      RangeError,
      'Cannot set peer "b" with weight 0: want a number above 0 and up to 100',
    ],
    [[{ name: "b", weight: NaN }], RangeError, "with weight NaN"],
    [[{ name: "b", weight: 1e9 }], RangeError, "with weight 1000000000"],
    [[{ name: "b", weight: "2" }], RangeError, "with weight 2"],
  ];
  for (const [list, kind, message] of wrong) {
    // Not what the types allow, but what may come.
    assertThrows(() => pool.set(...list as Member[]), kind, message);
  }
  pool.add("c");
  assertThrows(() => pool.add("d"), RangeError, "Cannot set 4 peers");
  pool.remove("c");
  assertEquals([pool.peers, ownersOf(pool)], [["a", "b"], before]);
});

Deno.test("PeerPool() refuses options out of bounds", () => {
  const wrong: [PoolOptions, string][] = [
    [
      { timeout: 0 },
      "Cannot create a pool with timeout 0: want a finite number above 0, up to 2147483647",
    ],
    [{ timeout: Infinity }, "with timeout Infinity"],
    [{ timeout: 2 ** 31 }, "with timeout 2147483648"],
    [{ grace: -1 }, "Cannot create a pool with grace -1: want 0 to 2147483647"],
    [{ grace: Infinity }, "with grace Infinity"],
    [{ hedgeAfter: NaN }, "with hedgeAfter NaN"],
    [{ maxFailures: 0 }, "with maxFailures 0: want a whole number above 0"],
    [{ maxPeers: 1.5 }, "with maxPeers 1.5"],
    [{ probeAfter: 0 }, "with probeAfter 0"],
    [{ maxProbe: -5 }, "with maxProbe -5"],
  ];
  for (const [options, message] of wrong) {
    assertThrows(
      () => new LocalPool("a", new LocalNetwork(), options),
      RangeError,
      message,
    );
  }
  assertThrows(
    // Not what the types allow, but what may come.
    () => new LocalPool("a", new LocalNetwork(), { ring: "x" as "balanced" }),
    TypeError,
    'Cannot create a pool with ring "x": want "balanced", "crc32x50" or a function',
  );
  assertThrows(
    () => new LocalPool("a/", new LocalNetwork()),
    TypeError,
    'Cannot use peer "a/"',
  );
});

Deno.test("PeerPool.register() gives the group its peers, once per name", () => {
  const pool = new LocalPool("a", new LocalNetwork(), crc);
  const group = new FakeSource();
  pool.register(group);
  assertEquals(group.picker, pool);
  assertEquals([...pool.groups.keys()], ["scores"]);
  assertThrows(
    () => pool.register(new FakeSource()),
    TypeError,
    'Cannot register group "scores": there is one of this name already',
  );
  for (const name of ["", "uncarried"]) {
    assertThrows(
      () => pool.register(new FakeSource(name)),
      TypeError,
      `Cannot register group "${name}": peers cannot be asked for this name`,
    );
  }
});

Deno.test("PeerPool asks the owner, and hands its ttl on only where it is in the list", async () => {
  const network = new LocalNetwork();
  await using owner = new LocalPool("a", network, crc);
  await using asker = new LocalPool("b", network, crc);
  const group = new FakeSource();
  group.values.set("x", "1");
  owner.register(group);
  asker.set("a");
  const bare = await asker.pickPeer("x")?.get("scores", "x");
  assertEquals([String(bare?.view), bare?.ttl], ["1", undefined]);
  asker.set("a", "b");
  const key = keyOf(asker, "a");
  group.values.set(key, "2");
  const full = await asker.pickPeer(key)?.get("scores", key);
  assertEquals([String(full?.view), full?.ttl], ["2", 1000]);
  assertEquals(
    await asker.pickPeer(key)?.get("scores", keyOf(asker, "a") + " none"),
    undefined,
  );
});

Deno.test("PeerPool.close() refuses, picks nobody, and does nothing the second time", async () => {
  const network = new LocalNetwork();
  const pool = new LocalPool("a", network, crc);
  pool.set("a", "b", "c");
  pool.register(new FakeSource());
  const peer = pool.pickPeer(keyOf(pool, "b"));
  network.fault("a", "b", "blackHole");
  const pending = peer?.get("scores", "x");
  const over = assertRejects(() => pending ?? Promise.resolve());
  await pool.close();
  await pool.close();
  await pool[Symbol.asyncDispose]();
  await over;
  for (const key of keys) assertEquals(pool.pickPeer(key), undefined);
  assertEquals(pool.others, []);
  assertEquals(await pool.tellOthers("scores", { kind: "reset" }), ["b", "c"]);
  const message = "the pool is closed";
  assertThrows(() => pool.set("a"), ClosedError, message);
  assertThrows(() => pool.add("d"), ClosedError, message);
  assertThrows(() => pool.remove("b"), ClosedError, message);
  assertThrows(() => pool.register(new FakeSource()), ClosedError, message);
  assertThrows(() => pool.follow(["a"]), ClosedError, message);
});

Deno.test("PeerPool.stats() tells how peers stand, and does not change later", async () => {
  const network = new LocalNetwork();
  await using pool = new LocalPool("a", network, { ...crc, now: () => 5 });
  await using other = new LocalPool("b", network, crc);
  pool.set("a", "b", "c", "d");
  network.makeGo("d");
  other.register(new FakeSource());
  await pool.pickPeer(keyOf(pool, "b"))?.get("scores", "x");
  await pool.tellOthers("scores", { kind: "drop", keys: ["x", "y"] });
  pool.remove("b");
  const stats = pool.stats();
  assertEquals(Object.keys(stats.peers), ["b", "c", "d"]);
  const { b, c, d } = stats.peers;
  assertEquals([b?.state, b?.questions, b?.share], ["leaving", 3, 0]);
  assertEquals([c?.state, c?.failures, c?.pending], ["down", 1, 2]);
  assertEquals(d?.state, "go");
  const shares = stats.share + (d?.share ?? 0);
  assertEquals([stats.self, Math.round(shares * 1e6)], ["a", 1e6]);
  assert(Object.isFrozen(stats) && Object.isFrozen(stats.peers));
  assertEquals(other.stats().answered, 3);
});

Deno.test("PeerPool.answer() finds out that the owner of a key is down, asked for it by others", async () => {
  const network = new LocalNetwork();
  const pool = new LocalPool("a", network, crc);
  const other = new LocalPool("b", network, crc);
  const group = new FakeSource();
  pool.register(group);
  pool.set("a", "b");
  const key = keyOf(pool, "b");
  const ask = async (key: string) => {
    const question = { kind: "get", group: "scores", key } as const;
    await pool.answer({ ...question, mode: "load", isForwarded: true });
    return network.ways("ping");
  };
  network.stop("b");
  // From memory, or a key of its own: that says nothing of the other.
  assertEquals(await ask(key), []);
  group.onAnswer = () => Promise.resolve(undefined);
  assertEquals(await ask(keyOf(pool, "a")), []);
  assertEquals(await ask(key), ["a>b"]);
  assertEquals(pool.owner(key), "a");
  for (const node of [pool, other]) await node.close();
});
