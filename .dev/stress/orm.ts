// Copyright 2026 the Gee authors. MIT license.
// Kills, cuts and starves databases, and checks every history of `orm` by a
// model. `deno task stress:orm` is the short form that CI runs; with `--long` the
// numbers are ten to fifty times larger. `--seed N` repeats a run, names after it
// choose rigs. Needs Linux, whose accounts it reads; with `SQLD` set the server
// it names is under stress too.
import { conditions } from "./orm_conditions.ts";
import { disk } from "./orm_disk.ts";
import { growth } from "./orm_growth.ts";
import { history } from "./orm_history.ts";
import { kill } from "./orm_kill.ts";
import { migration } from "./orm_migration.ts";
import { soak } from "./orm_soak.ts";
import { torn } from "./orm_torn.ts";
import { transfers } from "./orm_transfers.ts";
import { type Rigs, runRigs, stressArgs } from "./run_rigs.ts";

const args = stressArgs(Deno.args);
const { isLong, seed } = args;

const rigs: Rigs = {
  kill: (report) => kill(report, isLong ? 500 : 20, seed),
  torn: (report) => torn(report, isLong ? 10_000 : 300, seed),
  migration,
  disk,
  transfers: (report) => transfers(report, isLong ? 20_000 : 1000),
  history: (report) => history(report, isLong ? 50_000 : 1000, seed),
  conditions: (report) =>
    conditions(report, isLong ? 5_000_000 : 100_000, seed),
  growth,
  soak: (report) => soak(report, isLong ? 10_000_000 : 200_000, seed),
};

await runRigs(rigs, args);
