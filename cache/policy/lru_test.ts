// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ENTRY_OVERHEAD } from "./cost.ts";
import { LruCache } from "./lru.ts";
import type { EvictionReason } from "./policy.ts";

type Eviction = [key: string, value: string, reason: EvictionReason];

/** A cache whose entries cost what the original counts: key and value. */
function plainCache(maxBytes: number, evicted: Eviction[] = []) {
  return new LruCache<string>({
    maxBytes,
    overhead: 0,
    onEvicted: (...eviction) => evicted.push(eviction),
  });
}

function keys(cache: Iterable<[string, unknown]>): string {
  return [...cache].map(([key]) => key).join("");
}

Deno.test("LruCache.get() finds what set() stored and tells a miss from an empty value", () => {
  const cache = new LruCache<string>({ maxBytes: 1000 });
  cache.set("empty", "");
  assertEquals(cache.get("empty"), "");
  assertEquals(cache.get("missing"), undefined);
  const nulls = new LruCache<null>({ maxEntries: 1 });
  nulls.set("null", null);
  assertEquals(nulls.get("null"), null);
});

Deno.test("LruCache.set() evicts the entry used longest ago", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(6, evicted);
  for (const key of ["a", "b", "c"]) cache.set(key, "1");
  cache.get("a");
  cache.set("d", "1");
  assertEquals(evicted, [["b", "1", "evicted"]]);
  assertEquals(keys(cache), "dac");
});

Deno.test("LruCache.set() fills the budget to the last byte", () => {
  const cache = plainCache(4);
  cache.set("a", "1");
  cache.set("b", "2");
  assertEquals([cache.size, cache.bytes], [2, 4]);
});

Deno.test("LruCache.set() counts keys as UTF-8 and adds the overhead", () => {
  const cache = new LruCache<string>({ maxBytes: 1000 });
  cache.set("中", "ü");
  assertEquals(cache.bytes, 3 + 2 + ENTRY_OVERHEAD);
  cache.delete("中");
  assertEquals(cache.bytes, 0);
});

Deno.test("LruCache.set() of a stored key changes the byte count once and reports the old value", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(100, evicted);
  cache.set("a", "12");
  cache.set("b", "1");
  cache.set("a", "12345");
  assertEquals([cache.size, cache.bytes, keys(cache)], [2, 8, "ab"]);
  assertEquals(evicted, [["a", "12", "replaced"]]);
});

Deno.test("LruCache.set() of a stored key that grew evicts others to make room", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(6, evicted);
  for (const key of ["a", "b", "c"]) cache.set(key, "1");
  assert(cache.set("c", "123"));
  assertEquals([cache.bytes, keys(cache)], [6, "cb"]);
  assertEquals(evicted, [["c", "1", "replaced"], ["a", "1", "evicted"]]);
});

Deno.test("LruCache.set() refuses an entry larger than the budget and evicts nothing", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(4, evicted);
  cache.set("a", "1");
  assertFalse(cache.set("big", "12"));
  assertEquals([keys(cache), cache.bytes, evicted], ["a", 2, []]);
});

Deno.test("LruCache.set() of an oversize value drops the older value of the key", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(4, evicted);
  cache.set("a", "1");
  cache.set("b", "1");
  assertFalse(cache.set("a", "12345"));
  assertEquals([keys(cache), cache.bytes], ["b", 2]);
  assertEquals(evicted, [["a", "1", "replaced"]]);
});

Deno.test("LruCache.set() keeps at most maxEntries entries of any kind", () => {
  const cache = new LruCache<{ id: number }>({ maxEntries: 2 });
  for (const key of ["a", "b", "c"]) cache.set(key, { id: 1 });
  assertEquals([keys(cache), cache.bytes], ["cb", 2 * (1 + ENTRY_OVERHEAD)]);
});

Deno.test("LruCache.set() keeps nothing in a budget of 0", () => {
  assertFalse(new LruCache<string>({ maxBytes: 0 }).set("a", ""));
  assertFalse(new LruCache<string>({ maxEntries: 0 }).set("a", ""));
});

Deno.test("LruCache.set() refuses sizes that are no whole numbers", () => {
  for (const size of [-1, 0.5, NaN, Infinity]) {
    const cache = new LruCache<string>({ maxBytes: 10, sizeOf: () => size });
    assertThrows(
      () => cache.set("a", ""),
      RangeError,
      `Cannot store "a": its size must be a whole number of bytes, got ${size}`,
    );
  }
});

Deno.test("LruCache.set() refuses an entry of 4 GiB, fresh or as a replacement", () => {
  let size = 1;
  const cache = new LruCache<string>({
    maxBytes: 2 ** 40,
    overhead: 0,
    sizeOf: () => size,
  });
  cache.set("a", "");
  size = 2 ** 32 - 1;
  assertFalse(cache.set("a", ""));
  assertFalse(cache.set("b", ""));
  size = 2 ** 32 - 2;
  assert(cache.set("a", "") && cache.set("b", ""));
  assertEquals(cache.bytes, 2 * (2 ** 32 - 1));
});

Deno.test("LruCache() refuses negative limits and no limit at all", () => {
  for (const overhead of [-1, 0.5, NaN, Infinity]) {
    assertThrows(
      () => new LruCache({ maxBytes: 1, overhead }),
      RangeError,
      `Cannot create a cache with overhead ${overhead}: want a whole number of bytes`,
    );
  }
  for (const limit of [-1, NaN]) {
    assertThrows(
      () => new LruCache({ maxBytes: limit }),
      RangeError,
      `Cannot create a cache with maxBytes ${limit}: it must not be negative`,
    );
    assertThrows(
      () => new LruCache({ maxEntries: limit }),
      RangeError,
      `Cannot create a cache with maxEntries ${limit}: it must not be negative`,
    );
  }
  assertThrows(
    () => new LruCache({}),
    RangeError,
    "Cannot create a cache without a limit: give maxBytes or maxEntries",
  );
});

Deno.test("LruCache.peek() leaves the order as it is", () => {
  const cache = plainCache(4);
  cache.set("a", "1");
  cache.set("b", "2");
  assertEquals([cache.peek("a"), cache.peek("c")], ["1", undefined]);
  assertEquals(keys(cache), "ba");
});

Deno.test("LruCache.delete() removes one entry and says whether it was there", () => {
  const evicted: Eviction[] = [];
  const cache = plainCache(10, evicted);
  cache.set("a", "1");
  assertEquals([cache.delete("a"), cache.delete("a")], [true, false]);
  assertEquals(evicted, [["a", "1", "deleted"]]);
});

Deno.test("LruCache.clear() reports every entry once the cache is empty", () => {
  const seen: [string, number][] = [];
  const cache: LruCache<string> = new LruCache<string>({
    maxEntries: 9,
    onEvicted: (key, _value, reason) => {
      seen.push([`${key} ${reason}`, cache.size]);
    },
  });
  cache.set("a", "1");
  cache.set("b", "2");
  cache.clear();
  assertEquals(seen, [["b cleared", 0], ["a cleared", 0]]);
  cache.set("c", "3");
  assertEquals(keys(cache), "c");
});

Deno.test("LruCache[Symbol.iterator]() goes over what was there when it began", () => {
  const cache = plainCache(100);
  for (const key of ["a", "b", "c"]) cache.set(key, "1");
  const seen: string[] = [];
  for (const [key] of cache) {
    cache.delete(key);
    cache.set(`new ${key}`, "1");
    seen.push(key);
  }
  assertEquals(seen, ["c", "b", "a"]);
});

Deno.test("LruCache keeps keys of Object.prototype apart", () => {
  const cache = plainCache(100);
  cache.set("__proto__", "1");
  assertEquals([cache.get("__proto__"), cache.get("constructor")], [
    "1",
    undefined,
  ]);
});

Deno.test("LruCache.set() keeps its limits when onEvicted uses the cache", () => {
  const cache: LruCache<string> = new LruCache<string>({
    maxBytes: 6,
    overhead: 0,
    onEvicted: (key, _value, reason) => {
      if (key === "a" && reason === "evicted") {
        cache.set("x", "1");
        cache.delete("b");
        cache.set("d", "old");
      }
    },
  });
  for (const key of ["a", "b", "c"]) cache.set(key, "1");
  assert(cache.set("d", "1"));
  assertEquals([cache.get("d"), keys(cache), cache.bytes], ["1", "d", 2]);
});

Deno.test("LruCache.set() keeps its limits when onEvicted throws", () => {
  const cache = new LruCache<string>({
    maxBytes: 4,
    overhead: 0,
    onEvicted: () => {
      throw new Error("Cannot report");
    },
  });
  cache.set("a", "1");
  cache.set("b", "1");
  assertThrows(() => cache.set("c", "123"), Error, "Cannot report");
  assertEquals([keys(cache), cache.bytes], ["b", 2]);
});

Deno.test("LruCache does as a plain model does over random operations", () => {
  let seed = 20261122;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  // Without a listener an entry takes over the slot of the one that leaves.
  const silent = new LruCache<string>({ maxBytes: 60, overhead: 0 });
  const cache = plainCache(60);
  let model: [string, string][] = []; // most recent first
  const bytes = () =>
    model.reduce((sum, [k, v]) => sum + k.length + v.length, 0);
  for (let step = 0; step < 20_000; step++) {
    const key = `k${random(30)}`;
    const found = model.find(([name]) => name === key);
    const rest = model.filter(([name]) => name !== key);
    const action = random(10);
    if (action < 4) {
      assertEquals([cache.get(key), silent.get(key)], [found?.[1], found?.[1]]);
      if (found !== undefined) model = [found, ...rest];
    } else if (action < 9) {
      const value = "v".repeat(random(12));
      cache.set(key, value);
      silent.set(key, value);
      model = [[key, value], ...rest];
      while (bytes() > 60) model.pop();
    } else {
      assertEquals(cache.delete(key), found !== undefined);
      silent.delete(key);
      model = rest;
    }
    assertEquals([cache.bytes, silent.bytes], [bytes(), bytes()]);
  }
  assertEquals([[...cache], [...silent]], [model, model]);
});
