// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { OutlierDetector, type OutlierOptions } from "./outlier_detector.ts";

/** A detector of so many servers, on a clock that the test turns. */
function watch(count: number, options: OutlierOptions = {}) {
  const clock = { now: 0 };
  const detector = new OutlierDetector(options, () => clock.now);
  const records = Array.from({ length: count }, () => detector.add());
  const ejected = () =>
    records.flatMap((record, i) => detector.isEjected(record) ? [i] : []);
  const report = (server: number, faults: number, successes = 0) => {
    const record = records[server]!; // the tests name servers that are there
    for (let i = 0; i < successes; i++) detector.report(record, false);
    for (let i = 0; i < faults; i++) detector.report(record, true);
  };
  return { clock, detector, records, ejected, report };
}

Deno.test("OutlierDetector ejects after faults in a row, and lets the server come back", () => {
  const { clock, ejected, report } = watch(3);
  report(1, 4);
  report(1, 0, 1);
  report(1, 4);
  assertEquals(ejected(), []);
  report(1, 1);
  assertEquals(ejected(), [1]);
  clock.now = 29_999;
  assertEquals(ejected(), [1]);
  clock.now = 30_000;
  assertEquals(ejected(), []);
});

Deno.test("OutlierDetector ejects longer each time, and forgives in healthy intervals", () => {
  const { clock, ejected, report } = watch(3, { maxPause: 70_000 });
  const durations = Array.from({ length: 3 }, () => {
    report(0, 5);
    const start = clock.now;
    for (; ejected().length > 0; clock.now += 1000) assert(clock.now < 1e6);
    return clock.now - start;
  });
  assertEquals(durations, [30_000, 60_000, 70_000]);
  for (let i = 0; i < 3; i++) {
    clock.now += 10_000;
    report(1, 0, 1);
  }
  report(0, 5);
  clock.now += 30_000;
  assertEquals(ejected(), []);
});

Deno.test("OutlierDetector ejects no more than its share, one where there are others, none alone", () => {
  const many = watch(20, { maxEjected: 0.25 });
  for (let server = 0; server < 20; server++) many.report(server, 5);
  assertEquals(many.ejected(), [0, 1, 2, 3, 4]);
  const few = watch(2);
  few.report(0, 5);
  few.report(1, 5);
  assertEquals(few.ejected(), [0]);
  const alone = watch(1);
  alone.report(0, 50);
  assertEquals(alone.ejected(), []);
});

Deno.test("OutlierDetector ejects a server whose rate of success is far under the others'", () => {
  const { clock, ejected, report } = watch(6, { failures: 1000 });
  for (let server = 0; server < 5; server++) report(server, 1, 199);
  report(5, 60, 140);
  assertEquals(ejected(), []);
  clock.now = 10_000;
  report(0, 0, 1);
  assertEquals(ejected(), [5]);
});

Deno.test("OutlierDetector compares nothing where calls or servers are too few", () => {
  const quiet = watch(6, { failures: 1000 });
  for (let server = 0; server < 5; server++) quiet.report(server, 0, 99);
  quiet.report(5, 50, 49);
  const few = watch(4, { failures: 1000 });
  for (let server = 0; server < 3; server++) few.report(server, 0, 200);
  few.report(3, 150, 50);
  for (const { clock, report, ejected } of [quiet, few]) {
    clock.now = 10_000;
    report(0, 0, 0);
    report(1, 0, 1);
    assertEquals(ejected(), []);
  }
});

Deno.test("OutlierDetector does not count servers that are gone", () => {
  const { detector, records, ejected, report } = watch(2);
  report(0, 5);
  detector.remove(records[0]!);
  detector.add();
  report(1, 5);
  assertEquals(ejected(), [0, 1]);
});

Deno.test("OutlierDetector refuses options that are none", () => {
  for (
    const [options, message] of [
      [{ failures: 0 }, "Cannot use failures 0"],
      [{ interval: -1 }, "Cannot use interval -1"],
      [{ deviations: 0 }, "Cannot use deviations 0: it must be above 0"],
      [{ maxEjected: 2 }, "Cannot use maxEjected 2: it must be 0 to 1"],
    ] as const
  ) {
    assertThrows(() => new OutlierDetector(options), RangeError, message);
  }
});
