// Copyright 2026 the Gee authors. MIT license.
// Puts the server of `web` under stress and prints what came out beside the
// goals. `deno task stress:web` is the short form that CI runs; with `--long`
// the numbers are ten to a hundred times larger. `--seed N` repeats a run,
// names after it choose rigs. Needs Linux, whose accounts it reads.
import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";
import { deepJson, headers, largeBodies, pipelining } from "./web_flood.ts";
import { fuzz, probes } from "./web_fuzz.ts";
import { hardInputs } from "./web_hard_inputs.ts";
import { idle, never, resets, slowBodies, slowHeaders } from "./web_slow.ts";
import { drain, soak } from "./web_soak.ts";

const args = stressArgs(Deno.args);
const { isLong, seed } = args;

const rigs: Rigs = {
  probes,
  idle: (report) => idle(report, isLong ? 5000 : 1000),
  slowBodies: (report) => slowBodies(report, 500),
  slowHeaders: (report) => slowHeaders(report, 500),
  never: (report) => never(report, 1000),
  largeBodies: (report) => largeBodies(report, 20),
  deepJson: (report) => deepJson(report, isLong ? 200 : 40),
  hardInputs,
  headers: (report) => headers(report, isLong ? 20_000 : 4000),
  pipelining: (report) => pipelining(report, isLong ? 100_000 : 20_000),
  resets: (report) => resets(report, 3000),
  drain,
  fuzz: (report) => fuzz(report, isLong ? 10_000_000 : 100_000, seed),
  soak: (report) => soak(report, isLong ? 10_000_000 : 200_000, seed),
};

await runRigs(rigs, args);
