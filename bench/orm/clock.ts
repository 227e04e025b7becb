// Copyright 2026 the Gee authors. MIT license.

import type { Candidate, Operation } from "./candidate.ts";

/** Takes out what was inserted. */
export const RESET = "DELETE FROM tracks WHERE id > 3503";

/**
 * Operations per second. What was inserted is taken out between two looks at the
 * clock, and that time is not counted: in a table that grows the fast ones would
 * soon write to a larger one than the others.
 *
 * @param candidate Who does it.
 * @param operation What it does.
 * @param count How many operations there are between two looks at the clock.
 */
export async function speedOf(
  candidate: Candidate,
  operation: Operation,
  count: number,
): Promise<number> {
  const run = candidate[operation];
  if (run === undefined) throw new Error(`Cannot do "${operation}"`);
  const isInsert = operation === "insert" || operation === "insertMany";
  let i = 0;
  const runFor = async (limit: number) => {
    let done = 0;
    let elapsed = 0;
    while (elapsed < limit) {
      const start = performance.now();
      for (let k = 0; k < count; k++) {
        const pending = run(i++);
        // A synchronous answer is not made to wait.
        if (
          typeof pending === "object" && pending !== null && "then" in pending
        ) await pending;
      }
      elapsed += performance.now() - start;
      done += count;
      if (isInsert) await candidate.exec(RESET);
    }
    return done / elapsed * 1000;
  };
  await runFor(250);
  return await runFor(500);
}
