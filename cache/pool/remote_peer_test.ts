// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LoadError, OverloadError, PeerError } from "../errors.ts";
import type { PeerGetter, PeerMode, PeerValue } from "../peer.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
  peerValue,
} from "../testdata/local_transport.ts";
import type { PoolOptions } from "./pool_options.ts";

const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);

/** Three nodes with the same list; "a" is the one that asks. */
class Cluster implements AsyncDisposable {
  readonly network = new LocalNetwork();
  readonly errors: unknown[] = [];
  readonly a: LocalPool;
  readonly groups: Record<string, FakeSource> = {};
  readonly #pools: LocalPool[] = [];

  constructor(options: PoolOptions = {}) {
    for (const name of ["a", "b", "c"]) {
      const pool = new LocalPool(name, this.network, {
        ring: "crc32x50",
        timeout: 1000,
        random: () => 0,
        ...name === "a"
          ? { ...options, onError: (error: unknown) => this.errors.push(error) }
          : {},
      });
      pool.set("a", "b", "c");
      const group = new FakeSource();
      group.onAnswer = (key) => peerValue(`${key} of ${name}`);
      pool.register(group);
      this.groups[name] = group;
      this.#pools.push(pool);
    }
    // There are three, or the loop above is wrong.
    this.a = this.#pools[0] as LocalPool;
  }

  /** A key of a node, and that of another where the first is of no use. */
  key(owner: string, next: string): string {
    const key = keys.find((key) => {
      if (this.a.owner(key) !== owner) return false;
      this.a.remove(owner);
      const second = this.a.owner(key);
      this.a.add(owner);
      return second === next;
    });
    assert(key !== undefined);
    return key;
  }

  peer(key: string): PeerGetter {
    const peer = this.a.pickPeer(key);
    assert(peer !== undefined);
    return peer;
  }

  get(key: string, mode: PeerMode = "load"): Promise<PeerValue | undefined> {
    return this.peer(key).get("scores", key, { mode });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of this.#pools) await pool.close();
  }
}

Deno.test("RemotePeer.get() asks as one who forwards, in the mode it is told", async () => {
  await using cluster = new Cluster();
  const key = cluster.key("b", "c");
  for (const mode of ["load", "held", "refresh"] as const) {
    const value = await cluster.get(key, mode);
    assertEquals(String(value?.view), `${key} of b`);
    const { question } = cluster.network.sent.at(-1) ?? {};
    assertEquals(question, {
      kind: "get",
      group: "scores",
      key,
      mode,
      isForwarded: true,
    });
  }
  assertEquals(cluster.errors, []);
});

Deno.test("RemotePeer.get() gives a failed load as LoadError, which is no failure of the peer", async () => {
  await using cluster = new Cluster({ maxFailures: 1 });
  const key = cluster.key("b", "c");
  const causes: [unknown, string][] = [
    [new Error("secret"), "failed to load it"],
    [new OverloadError("full"), "has no room or time to load it"],
  ];
  for (const [cause, message] of causes) {
    const { b } = cluster.groups;
    assert(b !== undefined);
    b.onAnswer = () => Promise.reject(cause);
    await assertRejects(
      () => cluster.get(key),
      LoadError,
      `Cannot get "${key}" of group "scores": its owner "b" ${message}`,
    );
  }
  assertEquals([cluster.errors, cluster.a.owner(key)], [[], "b"]);
  assertEquals(cluster.a.stats().peers.b?.failures, 0);
});

Deno.test("RemotePeer.get() asks the next owner where the peer is of no use, and reports it", async () => {
  await using cluster = new Cluster();
  cluster.network.stop("b");
  const key = cluster.key("b", "c");
  assertEquals(String((await cluster.get(key))?.view), `${key} of c`);
  const [error] = cluster.errors;
  assertInstanceOf(error, PeerError);
  assertEquals(
    [error.peer, error.message],
    [
      "b",
      `Cannot get "${key}" of group "scores" at "b": Connection refused`,
    ],
  );
  assertEquals((error.cause as Error).message, "Connection refused");
});

Deno.test("RemotePeer.get() rejects with PeerError when this node is the next owner", async () => {
  await using cluster = new Cluster();
  cluster.network.stop("b");
  await assertRejects(() => cluster.get(cluster.key("b", "a")), PeerError);
  assertEquals(cluster.network.ways("get"), ["a>b"]);
});

Deno.test("RemotePeer.get() asks two nodes at most, and only one for what is held", async () => {
  await using cluster = new Cluster();
  cluster.network.stop("b");
  cluster.network.stop("c");
  const key = cluster.key("b", "c");
  const peer = cluster.peer(key);
  await assertRejects(() => cluster.get(key), PeerError, 'at "c"');
  assertEquals(cluster.network.ways("get"), ["a>b", "a>c"]);
  await assertRejects(
    () => peer.get("scores", key, { mode: "held" }),
    PeerError,
    'at "b"',
  );
  assertEquals(cluster.network.ways("get").length, 3);
});

Deno.test("RemotePeer.get() of an unknown group asks the next owner; the peer stays up", async () => {
  await using cluster = new Cluster({ maxFailures: 1 });
  const key = cluster.key("b", "c");
  await assertRejects(
    () => cluster.peer(key).get("other", key),
    PeerError,
    'Cannot get "' + key + '" of group "other" at "c": it answered "unknown',
  );
  assertEquals(cluster.network.ways("get"), ["a>b", "a>c"]);
  assertEquals(cluster.a.owner(key), "b");
});

Deno.test("RemotePeer.get() ends with the signal, which is no failure of the peer", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster({ maxFailures: 1 });
  cluster.network.between("a", "b", "blackHole");
  const key = cluster.key("b", "c");
  const controller = new AbortController();
  const { signal } = controller;
  const answer = cluster.peer(key).get("scores", key, { signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await assertRejects(() => answer), reason);
  assertEquals(cluster.network.ways("get"), ["a>b"]);
  assertEquals([cluster.errors, cluster.a.owner(key)], [[], "b"]);
  assertEquals(time.next(), false);
});

Deno.test("RemotePeer is down after maxFailures, leaves the ring, and comes back", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster();
  const { a, network } = cluster;
  const key = cluster.key("b", "c");
  network.between("a", "b", "cut");
  const peer = cluster.peer(key);
  for (let failure = 1; failure <= 3; failure++) {
    assertEquals(a.owner(key), "b");
    assertEquals(String((await cluster.get(key))?.view), `${key} of c`);
  }
  assertEquals(a.owner(key), "c");
  assertEquals(a.others.map(({ name }) => name), ["c"]);
  assertEquals(a.stats().peers.b?.state, "down");
  assertEquals(a.peers, ["a", "b", "c"]);
  await time.tickAsync(1500);
  assertEquals(network.ways("ping"), ["a>b", "a>b"]);
  network.between("a", "b", "none");
  await time.tickAsync(1000);
  assertEquals([a.owner(key), a.pickPeer(key)], ["b", peer]);
  assertEquals(a.stats().peers.b?.failures, 0);
  assertEquals(time.next(), false);
});

Deno.test("RemotePeer that does not answer is asked no more after three waits", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster();
  const key = cluster.key("b", "a");
  cluster.network.fault("a", "b", "blackHole");
  const waits = [1, 2, 3, 4].map(() =>
    assertRejects(() => cluster.get(key), PeerError, "Too slow")
  );
  await time.tickAsync(1000);
  await Promise.all(waits);
  assertEquals(cluster.a.owner(key), "a");
  assertEquals(cluster.errors.length, 4);
});

Deno.test("RemotePeer.get() asks the next owner as well after hedgeAfter", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster({ hedgeAfter: 20 });
  const { network } = cluster;
  const key = cluster.key("b", "c");
  network.fault("a", "b", "blackHole");
  const answer = cluster.get(key);
  await time.tickAsync(19);
  assertEquals(network.ways("get"), ["a>b"]);
  await time.tickAsync(1);
  assertEquals(String((await answer)?.view), `${key} of c`);
  assertEquals(network.ways("get"), ["a>b", "a>c"]);
  // The loser ends by itself; its failure counts.
  await time.tickAsync(1000);
  assertEquals(cluster.a.stats().peers.b?.failures, 1);
  const held = assertRejects(() => cluster.get(key, "refresh"), PeerError);
  network.stop("c");
  await time.tickAsync(999);
  assertEquals(network.ways("get").slice(2), ["a>b"]);
  await time.tickAsync(1);
  await held;
});

Deno.test("RemotePeer.get() with hedgeAfter leaves no timer after a fast answer", async () => {
  using time = new FakeTime();
  await using cluster = new Cluster({ hedgeAfter: 20 });
  const key = cluster.key("b", "c");
  assertEquals(String((await cluster.get(key))?.view), `${key} of b`);
  assertEquals(time.next(), false);
  // Nobody is asked where this node is the next owner.
  const own = cluster.key("b", "a");
  cluster.network.fault("a", "b", "blackHole");
  const answer = assertRejects(() => cluster.get(own), PeerError);
  await time.tickAsync(1000);
  await answer;
  assertEquals(cluster.network.ways("get"), ["a>b", "a>b"]);
});

Deno.test("RemotePeer.handOver() gives what the peer holds of the keys of this node", async () => {
  await using cluster = new Cluster();
  const own = cluster.key("a", "b");
  const { b } = cluster.groups;
  assert(b !== undefined);
  for (const key of [own, cluster.key("b", "c")]) b.values.set(key, "1");
  const peer = cluster.peer(cluster.key("b", "c"));
  const text = async (maxBytes: number) =>
    new TextDecoder().decode(await peer.handOver("scores", { maxBytes }));
  assertEquals([await text(99), await text(3)], [own, own.slice(0, 3)]);
  await assertRejects(
    () => peer.handOver("other", { maxBytes: 1 }),
    PeerError,
    'Cannot take over keys of group "other" at "b": it answered "unknownGroup"',
  );
});

Deno.test("RemotePeer of Go is asked but not told, and a foreign ring is reported once", async () => {
  for (const ring of ["balanced", "crc32x50"] as const) {
    await using cluster = new Cluster({ ring });
    cluster.network.makeGo("b");
    const key = cluster.key("b", "c");
    await cluster.get(key);
    await cluster.get(key);
    const change = { kind: "remove", keys: [key] } as const;
    await assertRejects(
      () => cluster.peer(key).tell("scores", change),
      PeerError,
      'Cannot tell "remove" of group "scores" at "b": it is a Go node',
    );
    assertEquals(cluster.a.stats().peers.b?.state, "go");
    const expected = ring === "crc32x50" ? [] : [
      'Cannot share the ring with "b": it is a Go node, which wants ring "crc32x50", got "balanced"',
    ];
    const messages = cluster.errors.map((error) => (error as Error).message);
    assertEquals(messages, expected);
  }
});
