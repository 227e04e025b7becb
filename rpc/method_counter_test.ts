// Copyright 2026 the Gee authors. MIT license.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { BatchClock } from "./batch_clock.ts";
import { MethodCounter } from "./method_counter.ts";

/** A clock that is set by hand and says how often it was asked. */
function handClock() {
  const hand = { now: 0, reads: 0 };
  const clock = new BatchClock(() => {
    hand.reads++;
    return hand.now;
  });
  return { hand, clock };
}

Deno.test("MethodCounter counts successes, errors by code, and calls in flight", async () => {
  const counter = new MethodCounter(handClock().clock);
  const started = [counter.begin(), counter.begin(), counter.begin()];
  counter.end(started[0]!, undefined);
  counter.end(started[1]!, "not_found");
  assertEquals(counter.stats(), {
    calls: 2,
    errors: { not_found: 1 },
    inFlight: 1,
    p50: 0,
    p99: 0,
  });
  await Promise.resolve();
});

Deno.test("MethodCounter asks the clock twice for all calls of a batch, which took as long as the batch", async () => {
  const { hand, clock } = handClock();
  const counter = new MethodCounter(clock);
  for (let i = 0; i < 100; i++) {
    const started = counter.begin();
    hand.now += 1;
    counter.end(started, undefined);
  }
  await Promise.resolve();
  assertEquals(hand.reads, 2);
  assertAlmostEquals(counter.stats().p50, 100, 4);
});

Deno.test("MethodCounter measures a call that ends in a later batch by itself", async () => {
  const { hand, clock } = handClock();
  const counter = new MethodCounter(clock);
  const started = counter.begin();
  await Promise.resolve();
  hand.now = 25;
  counter.end(started, undefined);
  await Promise.resolve();
  assertAlmostEquals(counter.stats().p99, 25, 1);
});
