// Copyright 2026 the Gee authors. MIT license.
// What a process holds, for the rigs that look for what is left.
import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { sleep } from "./report.ts";

/** The open descriptors by the account of the operating system. */
export function descriptors(pid: number | "self" = "self"): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** What the heap holds after everything else is collected. */
export async function heapUsed(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await sleep(100);
  for (let round = 0; round < 3; round++) collect();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
