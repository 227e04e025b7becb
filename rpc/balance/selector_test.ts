// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { RandomSelector } from "./random.ts";
import { RoundRobinSelector } from "./round_robin.ts";

const SERVERS = ["a", "b", "c"];

Deno.test("RandomSelector.pick() gives every server the same share of the numbers", () => {
  const numbers = [0, 0.33, 0.34, 0.66, 0.67, 0.999];
  const selector = new RandomSelector(() => numbers.shift() ?? 0);
  const picked = Array.from({ length: 6 }, () => selector.pick(SERVERS));
  assertEquals(picked, ["a", "a", "b", "b", "c", "c"]);
  assertEquals(SERVERS.includes(new RandomSelector().pick(SERVERS)), true);
});

Deno.test("RoundRobinSelector.pick() goes round from a random start, lists of any length", () => {
  const selector = new RoundRobinSelector(() => 1 / 2 ** 20);
  const picked = Array.from({ length: 4 }, () => selector.pick(SERVERS));
  assertEquals(picked, ["b", "c", "a", "b"]);
  assertEquals(selector.pick(["only"]), "only");
  assertEquals(SERVERS.includes(new RoundRobinSelector().pick(SERVERS)), true);
});

Deno.test("Selectors refuse an empty list", () => {
  for (const selector of [new RandomSelector(), new RoundRobinSelector()]) {
    assertThrows(
      () => selector.pick([]),
      RangeError,
      "Cannot pick a server: the list is empty",
    );
  }
});
