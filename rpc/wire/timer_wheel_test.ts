// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TimerWheel } from "./timer_wheel.ts";

Deno.test("TimerWheel.set() expires each deadline once, never early, at most 60 ms late", () => {
  using time = new FakeTime(0);
  const wheel = new TimerWheel(Date.now);
  const wanted = [0, 1, 19, 20, 21, 500, 9999, 10_240, 30_000, 61_234];
  const seen = new Map<number, number>();
  time.tick(7);
  for (const ms of wanted) {
    wheel.set(ms, () => {
      assert(!seen.has(ms));
      seen.set(ms, Date.now() - 7);
    });
  }
  for (let i = 0; i < 70_000; i++) time.tick(1);
  assertEquals([...seen.keys()], wanted);
  for (const [ms, at] of seen) {
    assert(at >= ms && at <= ms + 60, `${ms} expired at ${at}`);
  }
  wheel.close();
});

Deno.test("TimerWheel.set() is not early when the event loop was busy", () => {
  using time = new FakeTime(0);
  let now = 0;
  const wheel = new TimerWheel(() => now);
  wheel.set(30_000, () => {});
  now = 5000; // busy: no tick came for 5 s
  let isExpired = false;
  wheel.set(1000, () => isExpired = true);
  time.tick(20);
  assertEquals(isExpired, false);
  for (; now < 6000; now += 20) time.tick(20);
  assertEquals(isExpired, false);
  for (; now < 6100; now += 20) time.tick(20);
  assertEquals(isExpired, true);
  wheel.close();
});

Deno.test("TimerWheel.clear() forgets a deadline at any moment", () => {
  using time = new FakeTime(0);
  const wheel = new TimerWheel(Date.now);
  let count = 0;
  const fresh = wheel.set(100, () => count++);
  wheel.clear(fresh);
  const placed = wheel.set(100, () => count++);
  time.tick(50);
  wheel.clear(placed);
  wheel.clear(placed);
  const expired = wheel.set(0, () => count++);
  time.tick(1000);
  wheel.clear(expired);
  assertEquals(count, 1);
});

Deno.test("TimerWheel stops its timer when idle and starts again", () => {
  using time = new FakeTime(0);
  const wheel = new TimerWheel(Date.now);
  let count = 0;
  wheel.clear(wheel.set(1000, () => count++));
  time.tick(20);
  assertEquals(time.next(), false);
  wheel.set(40, () => count++);
  time.tick(100);
  assertEquals(count, 1);
  assertEquals(time.next(), false);
});

Deno.test("TimerWheel.close() ends everything, from within a deadline too", () => {
  using time = new FakeTime(0);
  const wheel = new TimerWheel(Date.now);
  let count = 0;
  wheel.set(20, () => {
    count++;
    wheel.close();
  });
  wheel.set(20, () => count++);
  time.tick(1000);
  assertEquals(count, 1);
  assertEquals(time.next(), false);
});

Deno.test("TimerWheel lets a deadline set the next one", () => {
  using time = new FakeTime(0);
  const wheel = new TimerWheel(Date.now);
  const seen: number[] = [];
  const again = () => {
    seen.push(Date.now());
    if (seen.length < 3) wheel.set(100, again);
  };
  wheel.set(100, again);
  time.tick(1000);
  assertEquals(seen.length, 3);
  assert(
    seen[0]! >= 100 && seen[1]! >= seen[0]! + 100 && seen[2]! >= seen[1]! + 100,
  );
});
