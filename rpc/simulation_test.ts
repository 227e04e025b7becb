// Copyright 2026 the Gee authors. MIT license.
// Runs on a virtual clock and network that once went wrong, and must not again.

import { assertEquals } from "@std/assert";
import { World } from "../.dev/stress/rpc_world.ts";

const SEEDS: Record<string, readonly number[]> = {
  "one time for list and call, no pause that outlasts it": [13, 21, 52],
  "no stream of arguments is sent twice": [25, 36, 45, 58],
};

for (const [what, seeds] of Object.entries(SEEDS)) {
  Deno.test(`A simulated network of servers and clients keeps to its model: ${what}`, async () => {
    for (const seed of seeds) {
      const { wrong } = await World.run(seed);
      assertEquals(wrong, [], `seed ${seed}`);
    }
  });
}
