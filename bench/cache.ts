// Copyright 2026 the Gee authors. MIT license.
// The cache against its peers: the LRU policy with its exact byte count on
// (the peers count entries only), its memory, and the look-up in the ring.
// Run: deno run -A bench/cache.ts

import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { LRUCache as NpmLruCache } from "npm:lru-cache@11.2.2";
import { LRUMap } from "npm:mnemonist@0.40.3";
import { LruCache } from "../cache/mod.ts";
import { opsPerSecond, runSuite } from "./suite.ts";

/** What every candidate offers. */
interface Cache {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): unknown;
}

/** The trap: recency by `delete` and `set` on a `Map`. */
class MapLru implements Cache {
  readonly #map = new Map<string, Uint8Array>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): Uint8Array | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  set(key: string, value: Uint8Array): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#max) return;
    for (const oldest of this.#map.keys()) {
      this.#map.delete(oldest);
      return;
    }
  }
}

const ENTRIES = 10_000;
const CANDIDATES: Record<string, (entries: number) => Cache> = {
  "lru-cache": (max) => new NpmLruCache<string, Uint8Array>({ max }),
  "mnemonist LRUMap": (max) => new LRUMap<string, Uint8Array>(max),
  "Map as LRU": (max) => new MapLru(max),
  "gee LruCache (bytes)": (maxEntries) =>
    new LruCache<Uint8Array>({ maxBytes: 2 ** 40, maxEntries }),
};

const value = new Uint8Array(100);
const keys = Array.from({ length: ENTRIES * 4 }, (_, index) => `key:${index}`);

/** xorshift32, so that every candidate meets the same keys. */
function randomSource(): () => number {
  let state = 20261122;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function uniformOrder(): string[] {
  const random = randomSource();
  return Array.from(
    { length: 1 << 16 },
    () => keys[Math.floor(random() * ENTRIES)]!, // below the length of keys
  );
}

/** Keys by Zipf's law (0.99) over four times as many as fit, shuffled. */
function zipfOrder(): string[] {
  const random = randomSource();
  let sum = 0;
  const sums = keys.map((_, rank) => sum += 1 / (rank + 1) ** 0.99);
  return Array.from({ length: 1 << 16 }, () => {
    const point = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return keys[low * 7919 % keys.length]!; // 7919 is coprime to the length
  });
}

function filled(make: (entries: number) => Cache): Cache {
  const cache = make(ENTRIES);
  for (const key of keys.slice(0, ENTRIES)) cache.set(key, value);
  return cache;
}

const BODIES: Record<
  string,
  (cache: Cache) => (count: number) => void
> = {
  "get hit": (cache) => {
    const order = uniformOrder();
    return (count) => {
      for (let index = 0; index < count; index++) {
        if (cache.get(order[index & 0xffff]!) === undefined) {
          throw new Error("Cannot miss");
        }
      }
    };
  },
  "set existing": (cache) => {
    const order = uniformOrder();
    return (count) => {
      for (let index = 0; index < count; index++) {
        cache.set(order[index & 0xffff]!, value);
      }
    };
  },
  "evict-heavy set": (cache) => {
    let next = 0;
    return (count) => {
      for (let index = 0; index < count; index++) {
        cache.set(keys[next]!, value);
        if (++next === keys.length) next = 0;
      }
    };
  },
  "Zipf 0.99, 90/10": (cache) => {
    const order = zipfOrder();
    return (count) => {
      for (let index = 0; index < count; index++) {
        const key = order[index & 0xffff]!;
        if (index % 10 === 9 || cache.get(key) === undefined) {
          cache.set(key, value);
        }
      }
    };
  },
};

const COUNT = 1 << 16;

/** Keys whose hashes are known, so that no candidate pays for them. */
function hashedKeys(count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `key:${index}`);
  for (const name of names) new Set([name]);
  return names;
}

/** Entries per byte, so that less memory is a higher figure. */
function entriesPerByte(make: (entries: number) => Cache): number {
  const count = 500_000;
  const names = hashedKeys(count);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    collect();
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const cache = make(count);
  for (const name of names) cache.set(name, value);
  const bytes = (used() - before) / count;
  if (cache.get(names[0]!) === undefined) throw new Error("Cannot miss");
  console.error(`${bytes.toFixed(1)} bytes per entry`);
  return 1 / bytes;
}

const cells: Record<string, Record<string, () => number | Promise<number>>> =
  {};
for (const [cell, body] of Object.entries(BODIES)) {
  cells[cell] = Object.fromEntries(
    Object.entries(CANDIDATES).map(([name, make]) => [
      name,
      () =>
        opsPerSecond(body(filled(make)), {
          count: COUNT,
          warmup: 300,
          ms: 400,
        }),
    ]),
  );
}
cells["entries per byte (500,000)"] = Object.fromEntries(
  Object.entries(CANDIDATES).map((
    [name, make],
  ) => [name, () => entriesPerByte(make)]),
);

await runSuite(import.meta, {
  name: "cache",
  title: `LRU of ${ENTRIES} entries of 100 bytes`,
  baseline: "lru-cache",
  cells,
  rounds: 5,
  command: "deno task bench:cache",
});
