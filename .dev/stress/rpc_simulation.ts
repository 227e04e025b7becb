// Copyright 2026 the Gee authors. MIT license.
// Many seeds on a virtual clock and network, each a run of its own.
import type { Report } from "./report.ts";
import { World } from "./rpc_world.ts";

/** So many seeds, from one on. */
export async function simulation(
  report: Report,
  count: number,
  first: number,
): Promise<void> {
  report.title(
    `simulation: ${count} seeds from ${first} on; --seed N repeats from N on`,
  );
  const start = performance.now();
  let [calls, succeeded, faults, steps, span, failed] = [0, 0, 0, 0, 0, 0];
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await World.run(seed);
    calls += outcome.calls;
    succeeded += outcome.succeeded;
    faults += outcome.faults;
    steps += outcome.steps;
    span += outcome.span;
    if (outcome.wrong.length === 0) continue;
    if (failed++ < 5) {
      report.note(`seed ${seed}: ${outcome.wrong.slice(0, 4).join("; ")}`);
    }
  }
  const took = performance.now() - start;
  report.note(
    `${calls} calls, ${succeeded} with a value, ${faults} faults, ${steps} steps`,
  );
  report.count("seeds that went wrong", failed, 0);
  report.check("most calls succeeded", succeeded > calls / 2);
  report.figure("virtual time per real time", span / took, "times");
  report.check(
    `virtual time per real time: want at least 10`,
    span > took * 10,
  );
}
