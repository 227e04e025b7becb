// Copyright 2026 the Gee authors. MIT license.
// How changes reach every node, whatever the network does.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import { PeerError } from "../errors.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";
import type { PoolOptions } from "./pool_options.ts";

const DROP: Change = { kind: "drop", keys: ["x"] };

/** Nodes with the same list and one group each. */
class Cluster implements AsyncDisposable {
  readonly network = new LocalNetwork();
  readonly pools = new Map<string, LocalPool>();
  readonly groups = new Map<string, FakeSource>();

  constructor(names: readonly string[], options: PoolOptions = {}) {
    for (const name of names) this.start(name, options);
    for (const pool of this.pools.values()) pool.set(...names);
  }

  start(name: string, options: PoolOptions = {}): LocalPool {
    const pool = new LocalPool(name, this.network, {
      ring: "crc32x50",
      timeout: 1000,
      random: () => 0,
      ...options,
    });
    const group = new FakeSource();
    pool.register(group);
    this.pools.set(name, pool);
    this.groups.set(name, group);
    return pool;
  }

  pool(name: string): LocalPool {
    const pool = this.pools.get(name);
    assert(pool !== undefined);
    return pool;
  }

  /** What a node was told, as texts. */
  told(name: string): string[] {
    return (this.groups.get(name)?.applied ?? []).map((change) => {
      if ("keys" in change) return `${change.kind} ${change.keys.join()}`;
      return change.kind;
    });
  }

  state(of: string, seenBy: string): string | undefined {
    return this.pool(seenBy).stats().peers[of]?.state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of this.pools.values()) await pool.close();
  }
}

Deno.test("PeerPool.tellOthers() tells every other node but the one that knows", async () => {
  await using cluster = new Cluster(["a", "b", "c", "d"]);
  const a = cluster.pool("a");
  const except = a.others.find(({ name }) => name === "c");
  assertEquals(await a.tellOthers("scores", DROP, except), []);
  assertEquals(["a", "b", "c", "d"].map((name) => cluster.told(name)), [
    [],
    ["drop x"],
    [],
    ["drop x"],
  ]);
});

Deno.test("PeerPool.tellOthers() has those told by others whom this node cannot reach", async () => {
  await using cluster = new Cluster(["a", "b", "c", "d"]);
  cluster.network.between("a", "c", "cut");
  assertEquals(await cluster.pool("a").tellOthers("scores", DROP), []);
  assert(cluster.told("c").length > 0);
  assertEquals([cluster.state("c", "a"), cluster.state("c", "b")], [
    "down",
    "up",
  ]);
  // Those that know of it already are told no more than who is to be told.
  assertEquals(new Set(cluster.told("b")), new Set(["drop x"]));
  // It is down now: one round is enough.
  const before = cluster.network.ways("tell").length;
  assertEquals(await cluster.pool("a").tellOthers("scores", DROP), []);
  assertEquals(cluster.network.ways("tell").slice(before).sort(), [
    "a>b",
    "a>d",
    "b>c",
    "d>c",
  ]);
});

Deno.test("PeerPool.tellOthers() names whom nobody could tell; all hold it back from asking them", async () => {
  await using cluster = new Cluster(["a", "b", "c", "d"]);
  cluster.network.stop("c");
  assertEquals(await cluster.pool("a").tellOthers("scores", DROP), ["c"]);
  for (const name of ["a", "b", "d"]) {
    assertEquals(cluster.state("c", name), "down");
    assertEquals(cluster.pool(name).stats().peers.c?.pending, 1);
  }
});

Deno.test("PeerPool.tellOthers() waits for a silent node no longer than the time limit and a half", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "c"]);
  cluster.network.fault("*", "c", "blackHole");
  let missed: readonly string[] | undefined;
  const told = cluster.pool("a").tellOthers("scores", DROP).then((names) => {
    missed = names;
  });
  await time.tickAsync(1499);
  assertEquals(missed, undefined);
  await time.tickAsync(1);
  await told;
  assertEquals(missed, ["c"]);
  // The one that told in the stead of another is not taken for dead.
  assertEquals([cluster.state("b", "a"), cluster.state("c", "b")], [
    "up",
    "down",
  ]);
});

Deno.test("PeerPool tells a peer what it missed before it asks it again", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const { network } = cluster;
  const a = cluster.pool("a");
  network.between("a", "b", "cut");
  const change: Change = { kind: "set", key: "x", view: new ByteView("1") };
  const [peer] = a.others;
  await assertRejects(
    () => peer?.tell("scores", change) ?? Promise.resolve(),
    PeerError,
    'Cannot tell "set" of group "scores" at "b": Connection refused',
  );
  assertEquals([a.owner("x"), a.others], ["a", []]);
  assertEquals(
    await a.tellOthers("scores", { kind: "drop", keys: ["y"] }),
    ["b"],
  );
  await assertRejects(
    () => peer?.tell("scores", DROP) ?? Promise.resolve(),
    PeerError,
    "it is down",
  );
  network.between("a", "b", "none");
  const gate = Promise.withResolvers<void>();
  network.delay = ({ question }) =>
    question.kind === "tell" ? gate.promise : undefined;
  await time.tickAsync(500);
  assertEquals(network.ways("ping"), ["a>b"]);
  // A change that comes while it is being told does not wait for that, but "b"
  // is named all the same: it may not have heard yet of what was before.
  const telling = a.tellOthers("scores", { kind: "reset" });
  assertEquals([a.others, cluster.state("b", "a")], [[], "down"]);
  gate.resolve();
  await time.tickAsync(0);
  assertEquals(await telling, ["b"]);
  assertEquals(cluster.told("b"), ["remove x,y", "reset"]);
  assertEquals([a.others, cluster.state("b", "a")], [[peer], "up"]);
  assertEquals([a.stats().peers.b?.pending, time.next()], [0, false]);
});

Deno.test("PeerPool tells a returning peer who missed the changes as well", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "c", "d"]);
  for (const one of ["a", "b"]) {
    for (const other of ["c", "d"]) cluster.network.between(one, other, "cut");
  }
  assertEquals(await cluster.pool("a").tellOthers("scores", DROP), ["c", "d"]);
  cluster.network.between("a", "c", "none");
  await time.tickAsync(500);
  // It could have taken an old value from there.
  assertEquals([cluster.told("d"), cluster.told("c")], [
    ["remove x"],
    ["remove x"],
  ]);
  cluster.network.stop("d");
  await cluster.pool("a").tellOthers("scores", DROP);
  assertEquals(cluster.state("d", "c"), "down");
});

Deno.test("PeerPool tells the owner of a key who is down", async () => {
  await using cluster = new Cluster(["a", "b", "c"]);
  cluster.network.between("a", "c", "cut");
  const a = cluster.pool("a");
  await a.tellOthers("scores", DROP);
  const [owner] = a.others;
  await owner?.tell("scores", { kind: "remove", keys: ["y"] });
  assertEquals([owner?.name, cluster.told("c").at(-1)], ["b", "remove y"]);
});

Deno.test("PeerPool.tellOthers() has the owner hear of those that were lost only now", async () => {
  await using cluster = new Cluster(["a", "b", "c"]);
  const a = cluster.pool("a");
  const owner = a.others.find(({ name }) => name === "b");
  cluster.network.between("a", "c", "cut");
  assertEquals(await a.tellOthers("scores", DROP, owner), []);
  assertEquals(cluster.told("c"), ["remove x"]);
});

Deno.test("PeerPool keeps a peer off the ring that answers pings but takes no changes", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const group = cluster.groups.get("b");
  assert(group !== undefined);
  group.onApply = () => Promise.reject(new Error("second tier"));
  const a = cluster.pool("a");
  assertEquals(await a.tellOthers("scores", DROP), ["b"]);
  await time.tickAsync(5000);
  assertEquals([cluster.state("b", "a"), a.others], ["down", []]);
  group.onApply = undefined;
  await time.tickAsync(1000);
  assertEquals([cluster.state("b", "a"), cluster.told("b").at(-1)], [
    "up",
    "remove x",
  ]);
});

Deno.test("PeerPool tells a returning peer a reset where there was too much to tell", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  cluster.network.between("a", "b", "cut");
  const a = cluster.pool("a");
  const keys = Array.from({ length: 1001 }, (_, index) => `key ${index}`);
  await a.tellOthers("scores", { kind: "drop", keys });
  assertEquals(a.stats().peers.b?.pending, 1);
  cluster.network.between("a", "b", "none");
  await time.tickAsync(500);
  assertEquals(cluster.told("b"), ["reset"]);
});

Deno.test("PeerPool tells a node that left for twice the grace period, then forgets it", async () => {
  let now = 0;
  await using cluster = new Cluster(["a", "b", "c"], { now: () => now });
  const a = cluster.pool("a");
  a.remove("c");
  for (now of [0, 19_999]) await a.tellOthers("scores", DROP);
  assertEquals(cluster.told("c"), ["drop x", "drop x"]);
  assertEquals(cluster.state("c", "a"), "leaving");
  now = 20_000;
  await a.tellOthers("scores", DROP);
  assertEquals([cluster.told("c").length, cluster.state("c", "a")], [
    2,
    undefined,
  ]);
  // A clock that went back says nothing about the age.
  a.remove("b");
  now = 10_000;
  await a.tellOthers("scores", DROP);
  assertEquals(cluster.told("b").length, 3);
});

Deno.test("PeerPool does not name a node that left and is gone, nor try it for ever", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "c"]);
  cluster.network.stop("c");
  for (const name of ["a", "b"]) cluster.pool(name).remove("c");
  assertEquals(await cluster.pool("a").tellOthers("scores", DROP), []);
  await time.tickAsync(60_000);
  assertEquals(time.next(), false);
  assertEquals(cluster.pool("b").stats().peers.c, undefined);
});

Deno.test("PeerPool takes a node back that left, with what it missed", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const a = cluster.pool("a");
  a.remove("b");
  cluster.network.between("a", "b", "cut");
  await a.tellOthers("scores", DROP);
  a.add("b");
  assertEquals([a.others, cluster.state("b", "a")], [[], "down"]);
  cluster.network.between("a", "b", "none");
  await time.tickAsync(2000);
  assertEquals([cluster.told("b"), cluster.state("b", "a")], [
    ["remove x"],
    "up",
  ]);
});

Deno.test("PeerPool tells a node it hears of late what it changed a short while ago", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const a = cluster.pool("a");
  cluster.start("late");
  await a.tellOthers("scores", { kind: "drop", keys: ["old"] });
  await time.tickAsync(20_000);
  await a.tellOthers("scores", { kind: "drop", keys: ["x"] });
  await time.tickAsync(5_000);
  a.add("late");
  // It may hold old values: it is not asked before it has been told.
  assertEquals(a.others.map(({ name }) => name), ["b"]);
  await time.tickAsync(0);
  assertEquals(cluster.told("late"), ["remove x"]);
  assertEquals(cluster.state("late", "a"), "up");
});

Deno.test("PeerPool has a node drop everything that was out of the list for long", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const a = cluster.pool("a");
  // The node itself never saw a list without it.
  a.remove("b");
  await time.tickAsync(20_000);
  await a.tellOthers("scores", DROP);
  await time.tickAsync(20_000);
  a.add("b");
  assertEquals(a.others, []);
  await time.tickAsync(0);
  assertEquals([cluster.told("b"), cluster.state("b", "a")], [["reset"], "up"]);
});

Deno.test("PeerPool drops what it holds a grace period after it left the list", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const b = cluster.pool("b");
  b.remove("b");
  await time.tickAsync(9_999);
  b.add("b");
  b.remove("b");
  await time.tickAsync(9_999);
  assertEquals(cluster.told("b"), []);
  await time.tickAsync(1);
  assertEquals([cluster.told("b"), time.next()], [["reset"], false]);
  await time.tickAsync(60_000);
  assertEquals(cluster.told("b"), ["reset"]);
  // While it is alone it loads and keeps: nobody told it of changes meanwhile.
  b.set();
  assertEquals(cluster.told("b"), ["reset"]);
  b.set("a");
  assertEquals(cluster.told("b"), ["reset", "reset"]);
});

Deno.test("PeerPool leaves no timer when it is closed after it left the list", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const b = cluster.pool("b");
  b.remove("b");
  await b.close();
  assertEquals(time.next(), false);
});

Deno.test("PeerPool owes nothing to a Go node it hears of late", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const a = cluster.pool("a");
  cluster.network.makeGo("go");
  cluster.network.listen("go", cluster.pool("b").answer);
  await a.tellOthers("scores", DROP);
  a.add("go");
  await time.tickAsync(500);
  assertEquals([cluster.state("go", "a"), a.stats().peers.go?.pending], [
    "go",
    0,
  ]);
});

Deno.test("PeerPool.tellOthers() always names Go nodes, and takes them for up", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "go"]);
  cluster.network.makeGo("go");
  const a = cluster.pool("a");
  assertEquals(await a.tellOthers("scores", DROP), ["go"]);
  assertEquals([cluster.state("go", "a"), time.next()], ["go", false]);
  assertEquals(cluster.network.ways("tell"), ["a>b"]);
});

Deno.test("PeerPool tells in the stead of another first, and then drops what it has itself", async () => {
  await using cluster = new Cluster(["a", "b", "c"]);
  const order: string[] = [];
  for (const [name, group] of cluster.groups) {
    group.onApply = () => void order.push(name);
  }
  const answer = await cluster.pool("b").answer({
    kind: "tell",
    group: "scores",
    change: DROP,
    missed: ["c", "c", "nobody", "b"],
    ids: undefined,
    hops: 0,
  });
  assertEquals(order, ["c", "b"]);
  assertEquals(answer, { kind: "done", missed: ["nobody", "b"] });
});

Deno.test("PeerPool.pickPrevious() finds who had a key before this node joined", async () => {
  let now = 0;
  await using cluster = new Cluster(["a", "b"], { now: () => now });
  const c = cluster.start("c", { now: () => now });
  c.set("a", "b", "c");
  const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
  const before = (key: string) => cluster.pool("a").owner(key);
  const own = keys.filter((key) => c.owner(key) === "c");
  assert(own.length > 20);
  for (const key of own) assertEquals(c.pickPrevious(key)?.name, before(key));
  const others = keys.filter((key) => c.owner(key) !== "c");
  for (const key of others) assertEquals(c.pickPrevious(key), undefined);
  now = 10_000;
  for (const key of own) assertEquals(c.pickPrevious(key), undefined);
});

Deno.test("PeerPool.pickPrevious() finds a node that left, within its grace period and while it is up", async () => {
  for (const ring of ["crc32x50", "balanced"] as const) {
    let now = 0;
    const options = { ring, now: () => now, maxFailures: 1, onError() {} };
    await using cluster = new Cluster(["a", "b", "c"], options);
    const a = cluster.pool("a");
    now = 50_000;
    const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`)
      .filter((key) => a.owner(key) === "b");
    a.remove("b");
    const moved = keys.find((key) => a.owner(key) === "a");
    const key = moved ?? "";
    assertEquals(a.pickPrevious(key)?.name, "b");
    // Changes that follow keep what they do not touch.
    now = 55_000;
    a.add("d");
    if (a.owner(key) === "a") assertEquals(a.pickPrevious(key)?.name, "b");
    a.remove("d");
    const peer = a.pickPrevious(key);
    assertEquals(peer?.name, "b");
    now = 60_000;
    assertEquals(a.pickPrevious(key), undefined);
    now = 59_999;
    cluster.network.stop("b");
    await assertRejects(
      () => peer?.get("scores", key, { mode: "held" }) ?? Promise.resolve(),
      PeerError,
    );
    assertEquals(a.pickPrevious(key), undefined);
  }
});

Deno.test("PeerPool.pickPrevious() is nobody for a Go node and where nothing moved", async () => {
  let now = 0;
  await using cluster = new Cluster(["a", "b"], { now: () => now });
  cluster.network.makeGo("b");
  now = 20_000;
  const a = cluster.pool("a");
  const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
  a.remove("b");
  for (const key of keys) assertEquals(a.pickPrevious(key), undefined);
  now = 40_000;
  // The same list again is no change.
  a.set("a");
  for (const key of keys) assertEquals(a.pickPrevious(key), undefined);
});

Deno.test("PeerPool.tellOthers() ends when the pool is closed meanwhile", async () => {
  await using cluster = new Cluster(["a", "b"]);
  cluster.network.between("a", "b", "blackHole");
  const a = cluster.pool("a");
  const telling = a.tellOthers("scores", DROP);
  await a.close();
  assertEquals(await telling, ["b"]);
});

Deno.test("PeerPool takes a peer back to which changes come all the time", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b"]);
  const { network } = cluster;
  const a = cluster.pool("a");
  network.between("a", "b", "cut");
  await a.tellOthers("scores", DROP);
  network.between("a", "b", "none");
  network.delay = () => new Promise((resolve) => setTimeout(resolve, 5));
  const tellings: Promise<readonly string[]>[] = [];
  for (let ms = 0; ms < 600; ms++) {
    tellings.push(a.tellOthers("scores", { kind: "drop", keys: [`k${ms}`] }));
    await time.tickAsync(1);
  }
  assertEquals(cluster.state("b", "a"), "up");
  await time.tickAsync(10);
  assertEquals(await tellings.at(-1), []);
});

Deno.test("PeerPool tells who was back before another one was lost", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "c"]);
  const { network } = cluster;
  const a = cluster.pool("a");
  network.between("a", "b", "cut");
  await a.tellOthers("scores", { kind: "drop", keys: ["w"] });
  network.between("a", "b", "none");
  network.fault("a", "c", "cut");
  const gate = Promise.withResolvers<void>();
  network.delay = ({ to, question }) =>
    question.kind === "tell" && to === "c" ? gate.promise : undefined;
  const told = cluster.told("b").length;
  const telling = a.tellOthers("scores", DROP);
  await time.tickAsync(500);
  assertEquals(cluster.state("b", "a"), "up");
  assertEquals(cluster.told("b").slice(told), ["remove w,x"]);
  // By now "b" may have asked "c" for the old value; it has to drop it again.
  gate.resolve();
  assertEquals(await telling, []);
  assertEquals(cluster.told("c").at(-1), "remove x");
  assertEquals(cluster.told("b").at(-1), "drop x");
});

Deno.test("PeerPool tells who went down after it was told that another one was lost", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster(["a", "b", "c"]);
  const { network } = cluster;
  const a = cluster.pool("a");
  const [b] = a.others;
  network.fault("a", "c", "cut");
  network.between("b", "c", "cut");
  const gate = Promise.withResolvers<void>();
  network.delay = ({ from, to }) =>
    from === "a" && to === "c" ? gate.promise : undefined;
  const telling = a.tellOthers("scores", DROP);
  await time.tickAsync(0);
  network.fault("a", "b", "cut");
  await assertRejects(() => b?.tell("scores", DROP) ?? Promise.resolve());
  network.fault("a", "b", "none");
  gate.resolve();
  assertEquals(await telling, ["b", "c"]);
  await time.tickAsync(500);
  assertEquals(cluster.state("b", "a"), "up");
  assertEquals(cluster.told("b").at(-1), "remove x");
  assertEquals(cluster.state("c", "b"), "down");
});
