// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { S3FifoCache } from "./s3_fifo.ts";

Deno.test("S3FifoCache keeps what is in use through a scan", () => {
  const cache = new S3FifoCache<number>({ maxEntries: 100 });
  for (let id = 0; id < 50; id++) cache.set(`hot ${id}`, id);
  for (let id = 0; id < 100; id++) cache.get(`hot ${id % 50}`);
  for (let id = 0; id < 10_000; id++) cache.set(`scan ${id}`, id);
  for (let id = 0; id < 50; id++) assertEquals(cache.peek(`hot ${id}`), id);
});

Deno.test("S3FifoCache lets go what was used once only", () => {
  const cache = new S3FifoCache<number>({ maxEntries: 100 });
  cache.set("once", 1);
  cache.get("once");
  for (let id = 0; id < 200; id++) cache.set(`scan ${id}`, id);
  assertFalse(cache.has("once"));
});

Deno.test("S3FifoCache keeps what comes back soon after it left", () => {
  const cache = new S3FifoCache<number>({ maxEntries: 100 });
  const scan = (from: number, to: number) => {
    for (let id = from; id < to; id++) cache.set(`scan ${id}`, id);
  };
  scan(0, 150);
  assertFalse(cache.has("scan 49"));
  cache.set("scan 49", 49);
  scan(150, 1000);
  assert(cache.has("scan 49"), "it came back to the main queue");
  scan(1000, 2000);
  cache.set("scan 1", 1);
  scan(2000, 3000);
  assertFalse(cache.has("scan 1"), "it came back too late");
});

Deno.test("S3FifoCache lets go of what was popular once", () => {
  const cache = new S3FifoCache<number>({ maxEntries: 200 });
  for (let id = 0; id < 200; id++) cache.set(`old ${id}`, id);
  for (let id = 0; id < 2000; id++) cache.get(`old ${id % 200}`);
  for (let round = 0; round < 20_000; round++) {
    const key = `new ${round % 200}`;
    if (cache.get(key) === undefined) cache.set(key, round);
  }
  // The small queue of twenty may keep some until it is full again.
  const old = [...cache].filter(([key]) => key.startsWith("old"));
  assert(old.length <= 40, `${old.length} old ones are left`);
});

Deno.test("S3FifoCache is not turned by keys that share a hash with nothing", () => {
  // 100,000 strangers: a hash of 32 bits mistakes a few for known ones at most.
  const cache = new S3FifoCache<number>({ maxEntries: 1000 });
  for (let id = 0; id < 900; id++) cache.set(`${id * 4096}`, id);
  for (let id = 0; id < 1800; id++) cache.get(`${id % 900 * 4096}`);
  for (let id = 0; id < 100_000; id++) cache.set(`${id * 4096 + 1}`, id);
  let kept = 0;
  for (let id = 0; id < 900; id++) if (cache.has(`${id * 4096}`)) kept++;
  assert(kept > 890, `only ${kept} of 900 are left`);
});
