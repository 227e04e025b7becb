// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { BloomFilter } from "./bloom_filter.ts";
import { crc32 } from "./ring/hash.ts";
import { crcTwins } from "./testdata/hostile_keys.ts";

Deno.test("BloomFilter misses none and lets few strangers pass", () => {
  for (const falsePositives of [0.1, 0.01, 0.001]) {
    const filter = new BloomFilter({ expectedKeys: 5000, falsePositives });
    for (let key = 0; key < 5000; key++) filter.add(`key ${key}`);
    let passed = 0;
    for (let key = 0; key < 5000; key++) {
      assertEquals(filter.has(`key ${key}`), true);
    }
    for (let key = 0; key < 20_000; key++) {
      if (filter.has(`stranger ${key}`)) passed++;
    }
    assert(
      passed / 20_000 < falsePositives * 1.5 + 0.0005,
      `${passed} passed, want ${falsePositives * 20_000}`,
    );
  }
});

Deno.test("BloomFilter lets no keys pass that were made to look like a known one", () => {
  const [known = "", ...twins] = crcTwins(5000);
  assertEquals(new Set(twins.map(crc32)), new Set([crc32(known)]));
  const filter = new BloomFilter({ expectedKeys: 1000 });
  filter.add(known);
  const passed = twins.filter((key) => filter.has(key)).length;
  assert(passed < 50, `${passed} of ${twins.length} passed`);
});

Deno.test("BloomFilter refuses sizes that make no sense", () => {
  const bad = [
    [{ expectedKeys: 0 }, "for 0 keys"],
    [{ expectedKeys: 1.5 }, "for 1.5 keys"],
    [{ expectedKeys: 10, falsePositives: 1 }, "with 1 false positives"],
    [{ expectedKeys: 2 ** 40 }, "want at most 4294967296"],
  ] as const;
  for (const [options, message] of bad) {
    assertThrows(() => new BloomFilter(options), RangeError, message);
  }
});
