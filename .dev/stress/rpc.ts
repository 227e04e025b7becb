import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";
import { faults } from "./rpc_faults.ts";
import { processes } from "./rpc_processes.ts";
import { simulation } from "./rpc_simulation.ts";
const args = stressArgs(Deno.args);
const { isLong, seed } = args;
const rigs: Rigs = {
  processes: (report) => processes(report, 6, seed),
  faults: (report) => faults(report, seed),
  simulation: (report) =>
    simulation(report, Number(Deno.env.get("N") ?? 1000), seed),
};
await runRigs(rigs, args);
