// Copyright 2026 the Gee authors. MIT license.
// Cuts, kills, floods and lies to servers and clients of `rpc`, on a virtual network
// and on a real one. `deno task stress:rpc` is the short form that CI runs; with
// `--long` the numbers are five to a thousand times larger. `--seed N` repeats a run,
// names after it choose rigs. Needs Linux, whose accounts it reads.
import { abuse } from "./rpc_abuse.ts";
import { faults } from "./rpc_faults.ts";
import { fuzz } from "./rpc_fuzz.ts";
import { idle } from "./rpc_idle.ts";
import { processes } from "./rpc_processes.ts";
import { simulation } from "./rpc_simulation.ts";
import { soak } from "./rpc_soak.ts";
import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";

const args = stressArgs(Deno.args);
const { isLong, seed } = args;

const rigs: Rigs = {
  simulation: (report) => simulation(report, isLong ? 1_000_000 : 1000, seed),
  faults: (report) => faults(report, seed),
  fuzz: (report) => fuzz(report, isLong ? 5_000_000 : 100_000, seed),
  abuse: (report) => abuse(report, 1000),
  idle: (report) => idle(report, 10_000),
  processes: (report) => processes(report, isLong ? 100 : 6, seed),
  soak: (report) => soak(report, isLong ? 1_000_000 : 200_000, seed),
};

await runRigs(rigs, args);
