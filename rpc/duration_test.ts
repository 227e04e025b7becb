// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  checkMilliseconds,
  formatGoDuration,
  shorterLimit,
} from "./duration.ts";

Deno.test("formatGoDuration() prints as Go does", () => {
  const known: [number, string][] = [
    [0, "0s"],
    [300, "300ms"],
    [1000, "1s"],
    [1500, "1.5s"],
    [60_000, "1m0s"],
    [61_500, "1m1.5s"],
    [3_600_000, "1h0m0s"],
  ];
  for (const [milliseconds, text] of known) {
    assertEquals(formatGoDuration(milliseconds), text);
  }
});

Deno.test("checkMilliseconds() refuses what no timer can hold", () => {
  assertEquals(checkMilliseconds("timeout", 0), 0);
  for (const wrong of [-1, NaN, Infinity, 2 ** 31]) {
    assertThrows(
      () => checkMilliseconds("timeout", wrong),
      RangeError,
      `Cannot use timeout ${wrong}: it must be 0 to 2147483647 milliseconds`,
    );
  }
});

Deno.test("shorterLimit() takes 0 for no limit", () => {
  const cases = [[0, 0, 0], [0, 5, 5], [5, 0, 5], [5, 7, 5], [
    7,
    5,
    5,
  ]] as const;
  for (const [a, b, shorter] of cases) {
    assertEquals(shorterLimit(a, b), shorter);
  }
});
