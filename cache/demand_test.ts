// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { Demand } from "./demand.ts";

Deno.test("Demand.count() finds the few that are asked for often among many", () => {
  const demand = new Demand(() => 0);
  let seed = 11;
  const random = () => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };
  let wrong = 0;
  for (let round = 0; round < 2000; round++) {
    for (const key of ["hot 1", "hot 2"]) {
      const count = demand.count(key);
      assert(count >= Math.min(255, round + 1), `${key} counted ${count}`);
    }
    // A stranger each time.
    if (demand.count(`cold ${random()}`) >= 8) wrong++;
  }
  assert(wrong < 200, `${wrong} of 2000 strangers passed for hot`);
});

Deno.test("Demand.count() forgets half every ten seconds, and all after a step back", () => {
  let now = 5000;
  const demand = new Demand(() => now);
  for (let call = 0; call < 100; call++) demand.count("k");
  now += 10_000;
  assertEquals(demand.count("k"), 51);
  now += 20_000;
  assertEquals(demand.count("k"), 13);
  now = 0;
  assertEquals(demand.count("k"), 1);
  now += 10_000_000;
  assertEquals(demand.count("k"), 1);
});

Deno.test("Demand.count() stops at 255", () => {
  const demand = new Demand(() => 0);
  for (let call = 0; call < 300; call++) demand.count("k");
  assertEquals(demand.count("k"), 255);
});
