// Copyright 2026 the Gee authors. MIT license.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { TokenBuckets } from "./token_buckets.ts";

const LIMIT = { tokens: 10, window: 10_000 };

function bucketsAt(maxKeys = 100) {
  const clock = { now: 5000 };
  return { clock, buckets: new TokenBuckets(maxKeys, () => clock.now) };
}

Deno.test("TokenBuckets.take() empties a bucket, which fills steadily", () => {
  const { clock, buckets } = bucketsAt();
  for (let left = 9; left >= 0; left--) {
    const verdict = buckets.take("a", 1, LIMIT);
    assertEquals(verdict, {
      isAllowed: true,
      remaining: left,
      nextIn: 1000,
      retryIn: 0,
    });
  }
  const empty = { isAllowed: false, remaining: 0, nextIn: 1000, retryIn: 1000 };
  assertEquals(buckets.take("a", 1, LIMIT), empty);
  // What was refused took nothing.
  assertEquals(buckets.take("a", 3, LIMIT).retryIn, 3000);
  clock.now += 999;
  assertEquals(buckets.take("a", 1, LIMIT), {
    ...empty,
    nextIn: 1,
    retryIn: 1,
  });
  clock.now += 1;
  assertEquals(buckets.take("a", 1, LIMIT).isAllowed, true);
  assertEquals(buckets.take("a", 1, LIMIT).isAllowed, false);
  assertEquals(buckets.take("b", 10, LIMIT).isAllowed, true);
});

Deno.test("TokenBuckets.take() never gives more than a full bucket", () => {
  const { clock, buckets } = bucketsAt();
  buckets.take("a", 5, LIMIT);
  clock.now += 1e9;
  assertEquals(buckets.take("a", 0, LIMIT).remaining, 10);
  assertEquals(buckets.take("a", 10, LIMIT).isAllowed, true);
  assertEquals(buckets.take("a", 1, LIMIT).isAllowed, false);
});

Deno.test("TokenBuckets.take() gives what a plain count of tokens gives", () => {
  const { clock, buckets } = bucketsAt();
  let tokens = 10;
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  for (let step = 0; step < 5000; step++) {
    const passed = random(40) * 100;
    clock.now += passed;
    tokens = Math.min(10, tokens + passed / 1000);
    const cost = random(4);
    const isAllowed = tokens + 1e-6 >= cost;
    const verdict = buckets.take("a", cost, LIMIT);
    assertEquals(verdict.isAllowed, isAllowed, `step ${step}`);
    if (isAllowed) tokens -= cost;
    assert(Math.abs(verdict.remaining - tokens) < 1 + 1e-6);
    if (!isAllowed) {
      assertAlmostEquals(verdict.retryIn, (cost - tokens) * 1000, 1e-3);
    }
  }
});

Deno.test("TokenBuckets.take() gives all tokens, though fractions are inexact", () => {
  for (const tokens of [3, 7, 49, 1000, 9999]) {
    const { clock, buckets } = bucketsAt();
    clock.now = 123_456_789.123;
    const limit = { tokens, window: 1000 };
    for (let left = tokens - 1; left >= 0; left--) {
      const verdict = buckets.take("a", 1, limit);
      assertEquals([verdict.isAllowed, verdict.remaining], [true, left]);
    }
    assertEquals(buckets.take("a", 1, limit).isAllowed, false);
  }
  const { buckets } = bucketsAt();
  const limit = { tokens: 1e9, window: 60_000 };
  assert(buckets.take("a", 1, limit).remaining <= 1e9);
});

Deno.test("TokenBuckets keeps no more keys than it may", () => {
  const { clock, buckets } = bucketsAt(1000);
  for (let key = 0; key < 100_000; key++) {
    clock.now += 1;
    buckets.take(String(key), 1, LIMIT);
    assert(buckets.size <= 1000);
  }
});

Deno.test("TokenBuckets keeps no full bucket", () => {
  const { clock, buckets } = bucketsAt();
  const full = { isAllowed: true, remaining: 10, nextIn: 0, retryIn: 0 };
  assertEquals(buckets.take("a", 0, LIMIT), full);
  assertEquals(buckets.size, 0);
  buckets.take("a", 10, LIMIT);
  clock.now += 10_000;
  assertEquals(buckets.take("a", 0, LIMIT), full);
  assertEquals(buckets.size, 0);
});

Deno.test("TokenBuckets remembers who is held back through a flood of keys", () => {
  const { clock, buckets } = bucketsAt(100);
  buckets.take("greedy", 10, LIMIT);
  for (let key = 0; key < 5000; key++) {
    clock.now += 0.1;
    buckets.take(`other ${key}`, 1, LIMIT);
  }
  assertEquals(buckets.take("greedy", 10, LIMIT).isAllowed, false);
});

Deno.test("TokenBuckets refuses a bound that is none", () => {
  for (const maxKeys of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => new TokenBuckets(maxKeys, () => 0),
      RangeError,
      `got maxKeys ${maxKeys}, want a whole number from 1 on`,
    );
  }
});
