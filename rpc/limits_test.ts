// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { CLIENT_LIMITS, resolveLimits } from "./limits.ts";

Deno.test("resolveLimits() fills in defaults and refuses what is no limit", () => {
  assertEquals(resolveLimits({ maxInFlight: 1 }, CLIENT_LIMITS), {
    ...CLIENT_LIMITS,
    maxInFlight: 1,
  });
  for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => resolveLimits({ maxMessageBytes: wrong }, CLIENT_LIMITS),
      RangeError,
      `Cannot use maxMessageBytes ${wrong}: it must be a positive whole number`,
    );
  }
});
