import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";
import { abuse } from "./rpc_abuse.ts";
import { faults } from "./rpc_faults.ts";
import { fuzz } from "./rpc_fuzz.ts";
import { idle } from "./rpc_idle.ts";
import { processes } from "./rpc_processes.ts";
import { simulation } from "./rpc_simulation.ts";
const args = stressArgs(Deno.args);
const { isLong, seed } = args;
const rigs: Rigs = {
  abuse: (report) => abuse(report, 1000),
  idle: (report) => idle(report, 10000),
  fuzz: (report) => fuzz(report, Number(Deno.env.get("N") ?? 100_000), seed),
  processes: (report) => processes(report, 6, seed),
  faults: (report) => faults(report, seed),
  simulation: (report) =>
    simulation(report, Number(Deno.env.get("N") ?? 1000), seed),
};
await runRigs(rigs, args);
