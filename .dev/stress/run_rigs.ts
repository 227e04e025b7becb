// Copyright 2026 the Gee authors. MIT license.
import { Report } from "./report.ts";

/** Something that is put under stress, by name. */
export type Rigs = Readonly<Record<string, (report: Report) => Promise<void>>>;

/** What a run was told on its command line. */
export interface StressArgs {
  /** Whether it is the form for the night. */
  readonly isLong: boolean;
  /** The seed that repeats the run. */
  readonly seed: number;
  /** The names of the rigs to run; none for all. */
  readonly wanted: readonly string[];
}

/** Reads `--long`, `--seed N` and the names of rigs. */
export function stressArgs(args: readonly string[]): StressArgs {
  const at = args.indexOf("--seed");
  return {
    isLong: args.includes("--long"),
    seed: at === -1 ? Date.now() % 2 ** 31 : Number(args[at + 1]),
    wanted: args.filter((arg, index) =>
      !arg.startsWith("--") && (at === -1 || index !== at + 1)
    ),
  };
}

/**
 * Runs rigs one after another, prints what came out, and ends the process.
 *
 * @param rigs All there are.
 * @param args Which of them, and the seed.
 */
export async function runRigs(
  rigs: Rigs,
  { wanted, seed }: StressArgs,
): Promise<never> {
  if (Deno.build.os !== "linux") {
    console.log("Skipped: the stress run reads the accounts of Linux");
    Deno.exit(0);
  }
  const unknown = wanted.filter((name) => !Object.hasOwn(rigs, name));
  if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
    console.log(`Cannot run ${unknown.join(", ")} by seed ${seed}`);
    Deno.exit(2);
  }
  const report = new Report();
  for (const [name, rig] of Object.entries(rigs)) {
    if (wanted.length === 0 || wanted.includes(name)) await rig(report);
  }
  Deno.exit(report.end());
}
