// Copyright 2026 the Gee authors. MIT license.
// The short form of a stress run: real processes, real sockets, real signals.

import { assert, assertEquals } from "@std/assert";
import { runProcesses } from "../.dev/stress/cache_process_run.ts";

for (const kind of ["tcp", "http"] as const) {
  Deno.test({
    name:
      `Group never gives what a change made old, while nodes of a cluster over ${kind} are killed, paused and taken off the list`,
    // There are no such signals elsewhere.
    ignore: Deno.build.os === "windows",
    async fn() {
      const seed = Date.now() % 2 ** 31;
      const result = await runProcesses({ kind, ms: 3000, seed });
      const { errors, reads, changes, calls, maxCalls, faults } = result;
      assertEquals(errors, [], `seed ${seed}`);
      assert(calls <= maxCalls, `${calls} calls of the source, seed ${seed}`);
      assert(Math.min(reads, changes) > 0, `no load, seed ${seed}`);
      assert(faults.some((count) => count > 0), `no fault, seed ${seed}`);
    },
  });
}
