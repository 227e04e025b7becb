// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { KeyHash } from "./key_hash.ts";

function hashes(hash: KeyHash, keys: string[]): number[] {
  return keys.map((key) => hash.of(key));
}

Deno.test("KeyHash.of() is one function per seed and another per instance", () => {
  const seed = Uint32Array.of(1, 2);
  const keys = ["", "a", "b", "ab", "ba", "a\0", "中"];
  const known = hashes(new KeyHash(seed), keys);
  assertEquals(hashes(new KeyHash(seed), keys), known);
  assertEquals(new Set(known).size, keys.length);
  assertNotEquals(hashes(new KeyHash(), keys), hashes(new KeyHash(), keys));
});

Deno.test("KeyHash.of() counts the key in UTF-8 and never gives 0", () => {
  const encoder = new TextEncoder();
  const hash = new KeyHash();
  fc.assert(fc.property(fc.string({ unit: "binary" }), (key) => {
    const value = hash.of(key);
    assertNotEquals(value, 0);
    assertEquals(value, value | 0);
    assertEquals([hash.last, hash.bytes], [value, encoder.encode(key).length]);
  }));
});

Deno.test("KeyHash.of() keeps keys apart that collide in simpler hashes", () => {
  // Sums, and words of Thue and Morse, which collide in every polynomial.
  const morse = (length: number, first: string, second: string) =>
    Array.from({ length }, (_, index) => {
      const ones = index.toString(2).replaceAll("0", "").length;
      return ones % 2 === 0 ? first : second;
    }).join("");
  const high = String.fromCharCode(0x8061);
  const hash = new KeyHash();
  for (let length = 2; length <= 1024; length *= 2) {
    for (const [a, b] of [["a", "b"], ["a", high]] as const) {
      assertNotEquals(
        hash.of(morse(length, a, b)),
        hash.of(morse(length, b, a)),
      );
    }
  }
});

Deno.test("KeyHash.of() spreads similar keys over low and high bits", () => {
  const hash = new KeyHash();
  for (const shift of [0, 8, 20]) {
    const counts = new Uint32Array(1024);
    for (let id = 0; id < 65_536; id++) {
      counts[hash.of(`user:${id * 64}`) >>> shift & 1023]!++;
    }
    // 64 are expected; by chance more than 128 never come.
    const most = Math.max(...counts);
    assert(most < 128, `${most} keys share bits ${shift} and up`);
  }
});
