// Copyright 2026 the Gee authors. MIT license.
// Puts `cache` under stampedes, outages and attacks and prints what came out
// beside the goals. `deno task stress:cache` is the short form that CI runs; with
// `--long` the numbers are ten to fifty times larger. `--seed N` repeats a run,
// names after it choose rigs. Needs Linux, whose accounts it reads.
import { clusters } from "./cache_cluster.ts";
import { faults } from "./cache_faults.ts";
import { flooding } from "./cache_flooding.ts";
import { million } from "./cache_million.ts";
import { model } from "./cache_model.ts";
import { processes } from "./cache_processes.ts";
import { outages } from "./cache_outage.ts";
import { penetration } from "./cache_penetration.ts";
import { nodeRestart } from "./cache_restart.ts";
import { soak } from "./cache_soak.ts";
import { cold, down, restart } from "./cache_stampede.ts";
import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";

const args = stressArgs(Deno.args);
const { isLong, seed } = args;

const rigs: Rigs = {
  cold,
  restart,
  down,
  outages,
  model: (report) => model(report, isLong ? 1_000_000 : 100_000, seed),
  clusters: (report) => clusters(report, isLong ? 1000 : 40, seed),
  penetration: (report) =>
    penetration(report, isLong ? 10_000_000 : 1_000_000, seed),
  flooding: (report) => flooding(report, seed),
  processes: (report) => processes(report, isLong ? 300_000 : 10_000, seed),
  proxy: (report) => faults(report, isLong ? 200_000 : 10_000, seed),
  nodeRestart: (report) => nodeRestart(report, seed),
  million: (report) => million(report, isLong ? 10_000_000 : 200_000, seed),
  soak: (report) => soak(report, isLong ? 10_000_000 : 200_000, seed),
};

await runRigs(rigs, args);
