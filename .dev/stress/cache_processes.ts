// Copyright 2026 the Gee authors. MIT license.
// Nodes in processes of their own, killed, paused and taken off the list.
import {
  CHANGE_LIMIT,
  NODES,
  READ_LIMIT,
  runProcesses,
} from "./cache_process_run.ts";
import type { Report } from "./report.ts";

/** Clusters over each pool. */
export async function processes(
  report: Report,
  ms: number,
  seed: number,
): Promise<void> {
  report.title(
    `processes: ${NODES} nodes, killed, paused and taken off the list for ${ms} ms, seed ${seed}`,
  );
  for (const kind of ["tcp", "http"] as const) {
    const result = await runProcesses({ kind, ms, seed });
    const { errors, reads, changes, missed, faults, late, longest } = result;
    const [kills, pauses, lists] = faults;
    report.note(
      `${kind}: ${reads} reads, ${changes} changes, ${missed} times a node missed one; ` +
        `${kills} kills, ${pauses} pauses, ${lists} changes of the list`,
    );
    for (const error of errors.slice(0, 5)) report.note(error);
    report.count(
      `${kind}, wrong reads and errors`,
      errors.length,
      0,
    );
    const { calls, maxCalls } = result;
    report.check(
      `${kind}, source calls: ${calls}, want at most ${maxCalls}`,
      calls <= maxCalls,
    );
    report.figure(`${kind}, late requests`, late, "", 0);
    report.figure(`${kind}, longest read`, longest[0], "ms", READ_LIMIT);
    report.figure(`${kind}, longest change`, longest[1], "ms", CHANGE_LIMIT);
  }
}
