// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { CircuitBreaker } from "./circuit_breaker.ts";

/** A breaker on a clock that the test turns, with pauses at their longest. */
function breaker(options = {}) {
  const clock = { now: 0 };
  const breaker = new CircuitBreaker(options, () => clock.now, () => 1);
  return { breaker, clock };
}

Deno.test("CircuitBreaker opens after failures in a row, and not before", () => {
  const { breaker: circuit } = breaker({ failures: 3 });
  circuit.fail();
  circuit.fail();
  circuit.succeed();
  circuit.fail();
  circuit.fail();
  assertEquals([circuit.state, circuit.isReady()], ["closed", true]);
  circuit.fail();
  assertEquals([circuit.state, circuit.isReady()], ["open", false]);
});

Deno.test("CircuitBreaker lets one probe through after the pause, and closes when it succeeds", () => {
  const { breaker: circuit, clock } = breaker({ pause: 100 });
  circuit.trip();
  clock.now = 99;
  assertEquals(circuit.isReady(), false);
  clock.now = 100;
  assertEquals(circuit.isReady(), true);
  circuit.begin();
  assertEquals([circuit.state, circuit.isReady()], ["halfOpen", false]);
  circuit.succeed();
  assertEquals([circuit.state, circuit.isReady()], ["closed", true]);
});

Deno.test("CircuitBreaker pauses twice as long after each probe that fails, up to the longest", () => {
  const { breaker: circuit, clock } = breaker({ pause: 100, maxPause: 300 });
  const pauses = [100, 200, 300, 300].map((pause) => {
    circuit.trip();
    const start = clock.now;
    for (; !circuit.isReady(); clock.now++) assert(clock.now < 1e6);
    circuit.begin();
    assertEquals(clock.now - start, pause);
    return pause;
  });
  circuit.succeed();
  circuit.trip();
  clock.now += pauses[0]!;
  assertEquals(circuit.isReady(), true);
});

Deno.test("CircuitBreaker gives the probe to another call when the first one tells nothing", () => {
  const { breaker: circuit, clock } = breaker({ pause: 100 });
  circuit.trip();
  clock.now = 100;
  circuit.begin();
  circuit.abandon();
  assertEquals([circuit.state, circuit.isReady()], ["open", true]);
});

Deno.test("CircuitBreaker does not open longer for calls that were under way when it opened", () => {
  const { breaker: circuit, clock } = breaker({ failures: 1, pause: 100 });
  for (let i = 0; i < 50; i++) circuit.fail();
  clock.now = 100;
  assertEquals(circuit.isReady(), true);
});

Deno.test("CircuitBreaker refuses options that are none", () => {
  assertThrows(
    () => new CircuitBreaker({ failures: 0 }),
    RangeError,
    "Cannot use failures 0: it must be a positive whole number",
  );
  assertThrows(
    () => new CircuitBreaker({ pause: -1 }),
    RangeError,
    "Cannot use pause -1",
  );
});
