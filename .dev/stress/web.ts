// Copyright 2026 the Gee authors. MIT license.
// Puts the server of `web` under stress and prints what came out beside the
// goals. `deno task stress:web` is the short form that CI runs; with `--long`
// the numbers are ten to a hundred times larger. `--seed N` repeats a run,
// names after it choose rigs. Needs Linux, whose accounts it reads.
import { Report } from "./report.ts";
import { deepJson, headers, largeBodies, pipelining } from "./web_flood.ts";
import { fuzz, probes } from "./web_fuzz.ts";
import { hardInputs } from "./web_hard_inputs.ts";
import { idle, never, resets, slowBodies, slowHeaders } from "./web_slow.ts";
import { drain, soak } from "./web_soak.ts";

const args = [...Deno.args];
const isLong = args.includes("--long");
const at = args.indexOf("--seed");
const seed = at === -1 ? Date.now() % 2 ** 31 : Number(args[at + 1]);
const wanted = args.filter((arg, index) =>
  !arg.startsWith("--") && (at === -1 || index !== at + 1)
);

const rigs: Record<string, (report: Report) => Promise<void>> = {
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
