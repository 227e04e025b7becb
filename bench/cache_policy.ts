// Copyright 2026 the Gee authors. MIT license.
// The policies against their peers: speed at 10,000 entries with the exact byte
// count on (the peers count entries only), and memory.
// Run: deno run -A bench/cache_policy.ts

import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { SieveCache } from "npm:@neophi/sieve-cache@1.5.0";
import flruModule from "npm:flru@1.0.2";
import { LRUCache as NpmLruCache } from "npm:lru-cache@11.2.2";
import { LRUMap } from "npm:mnemonist@0.40.3";
import { createPolicy, type PolicyName } from "../cache/mod.ts";
import { opsPerSecond, runSuite } from "./suite.ts";

/** What every candidate offers. */
interface Cache {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): unknown;
}

// Its types describe a module that only exists for CommonJS.
const flru = flruModule as unknown as (max: number) => Cache;
const ENTRIES = 10_000;
const CANDIDATES: Record<string, (entries: number) => Cache> = {
  "lru-cache": (max) => new NpmLruCache<string, Uint8Array>({ max }),
  "mnemonist LRUMap": (max) => new LRUMap<string, Uint8Array>(max),
  "sieve-cache": (max) => new SieveCache<string, Uint8Array>(max),
  "flru (holds up to twice)": (max) => flru(max),
  "gee s3fifo": (max) => gee("s3fifo", max),
  "gee lru": (max) => gee("lru", max),
  "gee gdsf": (max) => gee("gdsf", max),
  "gee adaptive": (max) => gee("adaptive", max),
};

function gee(name: PolicyName, maxEntries: number): Cache {
  return createPolicy<Uint8Array>(name, { maxBytes: 2 ** 40, maxEntries });
}

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
  // As a server does, which cuts its keys out of requests.
  "get hit, key built anew": (cache) => {
    const random = randomSource();
    const ids = Uint32Array.from(
      { length: 1 << 16 },
      () => random() * ENTRIES,
    );
    return (count) => {
      for (let index = 0; index < count; index++) {
        if (cache.get(`key:${ids[index & 0xffff]}`) === undefined) {
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

/**
 * Entries per byte, so that less memory is a higher figure: filled once, or after
 * as many other keys as fit have passed through.
 */
function entriesPerByte(
  make: (entries: number) => Cache,
  rounds: number,
): number {
  const count = 500_000;
  const names = hashedKeys(count * rounds);
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
  // Otherwise the cache might be collected before it was measured.
  if (names.every((name) => cache.get(name) === undefined)) {
    throw new Error("Cannot miss all");
  }
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
const MEMORY = { "entries per byte, filled": 1, "the same, after churn": 2 };
for (const [cell, rounds] of Object.entries(MEMORY)) {
  cells[cell] = Object.fromEntries(
    Object.entries(CANDIDATES).map((
      [name, make],
    ) => [name, () => entriesPerByte(make, rounds)]),
  );
}

await runSuite(import.meta, {
  name: "cache_policy",
  title: `Policies over ${ENTRIES} entries of 100 bytes`,
  baseline: "lru-cache",
  cells,
  rounds: 5,
  command: "deno task bench:cache",
});
