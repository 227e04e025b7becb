// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LocalNetwork, LocalPool } from "../testdata/local_transport.ts";
import type { Member } from "./member.ts";

function setUp() {
  const errors: string[] = [];
  const pool = new LocalPool("a", new LocalNetwork(), {
    ring: "crc32x50",
    onError: (error) => errors.push((error as Error).message),
  });
  return { pool, errors };
}

/** Lists that come when a test says so. */
class Feed implements AsyncIterable<readonly Member[]> {
  isReturned = false;
  readonly #waiting: PromiseWithResolvers<IteratorResult<Member[]>>[] = [];

  [Symbol.asyncIterator](): AsyncIterator<readonly Member[]> {
    return {
      next: () => {
        const next = Promise.withResolvers<IteratorResult<Member[]>>();
        this.#waiting.push(next);
        return next.promise;
      },
      return: () => {
        this.isReturned = true;
        // As a generator that waits for its next list.
        return new Promise(() => {});
      },
    };
  }

  async push(...list: Member[]): Promise<void> {
    this.#waiting.shift()?.resolve({ done: false, value: list });
    await settled();
  }

  end(): void {
    this.#waiting.shift()?.resolve({ done: true, value: undefined });
  }

  fail(error: Error): void {
    this.#waiting.shift()?.reject(error);
  }
}

/** Lets promises that are settled run their reactions. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("PeerPool.follow() takes a list, once", async () => {
  const { pool, errors } = setUp();
  await pool.follow(["b", { name: "a", weight: 2 }]);
  assertEquals([pool.peers, errors], [["a", "b"], []]);
});

Deno.test("PeerPool.follow() calls a function now and then", async () => {
  using time = new FakeTime();
  const { pool, errors } = setUp();
  const lists: (Member[] | Error)[] = [
    ["a"],
    ["a", "b"],
    new Error("registry is down"),
    ["a", "c"],
  ];
  const following = pool.follow(() => {
    const list = lists.shift() ?? [];
    if (list instanceof Error) throw list;
    return Promise.resolve(list);
  }, { interval: 100 });
  const seen: (readonly string[])[] = [];
  for (let step = 0; step < 5; step++) {
    await time.tickAsync(step === 0 ? 0 : 100);
    seen.push(pool.peers);
  }
  assertEquals(seen, [
    ["a"],
    ["a", "b"],
    ["a", "b"],
    ["a", "c"],
    ["a", "c"],
  ]);
  assertEquals(errors, [
    "registry is down",
    "Cannot follow members: the list is empty",
  ]);
  await pool.close();
  await following;
  assertEquals(time.next(), false);
});

Deno.test("PeerPool.follow() takes nothing for a list that is none", async () => {
  using time = new FakeTime();
  const { pool, errors } = setUp();
  pool.set("a");
  const lists: unknown[] = ["abc", null, { length: 1, 0: "b" }];
  // Not what the types allow, but what may come.
  const following = pool.follow(() => lists.shift() as string[], {
    interval: 100,
  });
  await time.tickAsync(299);
  assertEquals([pool.peers, errors], [["a"], [
    "Cannot set peers: want a list, got string",
    "Cannot set peers: want a list, got object",
    "Cannot set peers: want a list, got object",
  ]]);
  await pool.close();
  await following;
});

Deno.test("PeerPool.follow() takes lists as they come, and leaves the old one for a bad one", async () => {
  const { pool, errors } = setUp();
  const feed = new Feed();
  const following = pool.follow(feed);
  await settled();
  await feed.push("a", "b");
  await feed.push("a", "a");
  await feed.push();
  await feed.push("a", "b/");
  // Not what the types allow, but what may come.
  await feed.push(undefined as unknown as string);
  assertEquals(pool.peers, ["a", "b"]);
  assertEquals(errors, [
    'Cannot set peers: "a" is there twice',
    "Cannot follow members: the list is empty",
    'Cannot use peer "b/": want letters',
    "Cannot set peers: each needs a name",
  ]);
  await feed.push("c");
  assertEquals(pool.peers, ["c"]);
  feed.end();
  await following;
  await pool.close();
});

Deno.test("PeerPool.follow() reports lists that fail, and ends", async () => {
  const { pool, errors } = setUp();
  const feed = new Feed();
  const following = pool.follow(feed);
  await settled();
  feed.fail(new Error("gone"));
  await following;
  assertEquals(errors, ["gone"]);
});

Deno.test("PeerPool.follow() asks a discovery again that failed, until it has no more", async () => {
  using time = new FakeTime();
  const { pool, errors } = setUp();
  const feeds: Feed[] = [];
  const following = pool.follow({
    servers() {
      const feed = new Feed();
      feeds.push(feed);
      // It gives names only, as those of an RPC client.
      return feed as AsyncIterable<string[]>;
    },
  }, { interval: 100 });
  await time.tickAsync(0);
  await feeds[0]?.push("a", "b");
  feeds[0]?.fail(new Error("gone"));
  await time.tickAsync(99);
  assertEquals(feeds.length, 1);
  await time.tickAsync(1);
  await feeds[1]?.push("a", "c");
  assertEquals([pool.peers, errors], [["a", "c"], ["gone"]]);
  feeds[1]?.end();
  await following;
  assertEquals(time.next(), false);
});

Deno.test("PeerPool.follow() ends with the signal or the pool, and takes no later list", async () => {
  using time = new FakeTime();
  for (const end of ["signal", "pool"]) {
    const { pool, errors } = setUp();
    const controller = new AbortController();
    const { signal } = controller;
    const feed = new Feed();
    const late = Promise.withResolvers<string[]>();
    const all = Promise.all([
      pool.follow(feed, { signal }),
      pool.follow(() => late.promise, { signal }),
      pool.follow(() => ["a"], { signal }),
    ]);
    await time.tickAsync(0);
    if (end === "signal") controller.abort();
    else await pool.close();
    await all;
    late.resolve(["b"]);
    await feed.push("c");
    assertEquals([pool.peers, errors], [["a"], []]);
    assertEquals([feed.isReturned, time.next()], [true, false]);
    await pool.close();
  }
  const { pool } = setUp();
  await pool.follow(["b"], { signal: AbortSignal.abort() });
  assertEquals(pool.peers, []);
});

Deno.test("PeerPool.follow() refuses an interval out of bounds", () => {
  const { pool } = setUp();
  for (const interval of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => pool.follow(() => ["a"], { interval }),
      RangeError,
      `Cannot follow members with interval ${interval}: want a finite number above 0`,
    );
  }
});
