// Copyright 2026 the Gee authors. MIT license.
// Migrates a database and kills itself at the n-th statement:
// kill_at.ts <folder> <n>

import { Engine, Migrator } from "../mod.ts";
import { sqlite } from "../sqlite.ts";
import { runMigration } from "../driver/run_migration.ts";

const [folder = "", at = "0"] = Deno.args;
const driver = sqlite(`${folder}/gee.db`);
const connection = await driver.open();
let left = Number(at);
const step = () => {
  if (left-- === 0) Deno.kill(Deno.pid, "SIGKILL");
};
connection.migrate = (statements) =>
  runMigration(connection, [...statements, { sql: "SELECT 1", params: [] }], (
    { sql, params },
  ) => {
    step();
    connection.prepare(sql, { bigints: true }).all(params);
  });
await using engine = new Engine(driver, connection);
await new Migrator(engine, { folder }).up();
