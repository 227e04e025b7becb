// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { AdaptiveCache } from "./adaptive.ts";
import { LruCache } from "./lru.ts";
import type { S3FifoCache } from "./s3_fifo.ts";

/** The share of hits over keys that are loaded when they are missing. */
function hitRatio(
  cache: AdaptiveCache<number> | S3FifoCache<number>,
  keys: Iterable<string>,
): number {
  const before = cache.stats();
  for (const key of keys) if (cache.get(key) === undefined) cache.set(key, 1);
  const { hits, misses } = cache.stats();
  return (hits - before.hits) / (hits + misses - before.hits - before.misses);
}

function* loop(length: number, count: number): Generator<string> {
  for (let step = 0; step < count; step++) yield `loop ${step % length}`;
}

/** Three uses close together of keys that never come again. */
function* bursts(count: number): Generator<string> {
  for (let step = 7; step < count; step++) {
    for (const age of [0, 4, 7]) yield `burst ${step - age}`;
  }
}

Deno.test("AdaptiveCache acts as LIRS in a loop and as S3-FIFO after it", () => {
  const cache = new AdaptiveCache<number>({ maxEntries: 100 });
  assert(hitRatio(cache, loop(200, 4000)) > 0.4);
  assertEquals(cache.stats().acting, "lirs");
  hitRatio(cache, bursts(4000));
  assertEquals(cache.stats().acting, "s3fifo");
  hitRatio(cache, loop(200, 8000));
  assertEquals(cache.stats().acting, "lirs");
  assert(hitRatio(cache, loop(200, 4000)) > 0.4);
});

Deno.test("AdaptiveCache loses no entry when its behavior changes", () => {
  const cache = new AdaptiveCache<number>({ maxEntries: 100 });
  let acting = cache.stats().acting;
  let changes = 0;
  const keys = [...loop(200, 3000), ...bursts(3000), ...loop(200, 6000)];
  for (const key of keys) {
    const before = new Map(cache);
    const isHit = cache.get(key) !== undefined;
    if (!isHit) cache.set(key, 1);
    if (cache.stats().acting === acting) continue;
    acting = cache.stats().acting;
    changes++;
    const lost = [...before.keys()].filter((key) => !cache.has(key));
    assert(lost.length <= (isHit ? 0 : 1), `lost ${lost}`);
    assertEquals(new Map(cache).size, cache.size);
  }
  assert(changes >= 2, `${changes} changes`);
});

Deno.test("AdaptiveCache samples large caches and still finds a loop", () => {
  const cache = new AdaptiveCache<number>({ maxEntries: 5000 });
  hitRatio(cache, loop(10_000, 60_000));
  assertEquals(cache.stats().acting, "lirs");
  assert(hitRatio(cache, loop(10_000, 20_000)) > 0.4);
  assertEquals(
    hitRatio(new LruCache<number>({ maxEntries: 5000 }), loop(10_000, 60_000)),
    0,
  );
});

Deno.test("AdaptiveCache goes on when it is resized far up and down", () => {
  const cache = new AdaptiveCache<number>({ maxEntries: 1000 });
  for (const maxEntries of [1000, 10, 3000, 1, 0, 200]) {
    cache.resize({ maxEntries });
    hitRatio(cache, loop(4000, 8000));
    assertEquals(cache.size, maxEntries);
  }
});
