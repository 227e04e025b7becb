// Copyright 2026 the Gee authors. MIT license.
// Migrates a database and kills itself at the n-th statement:
// kill_at.ts <folder> <n> [sqlite|libsql]

import { type Driver, Engine, Migrator } from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";
import { runMigration } from "../driver/run_migration.ts";

/** Opens an engine that calls `stop` at the n-th statement of its migrations. */
export async function openStopping(
  driver: Driver,
  n: number,
  stop: () => void,
): Promise<Engine> {
  const connection = await driver.open();
  let left = n;
  // One more statement than there are: all of them may have run.
  connection.migrate = (statements) =>
    runMigration(connection, [...statements, { sql: "SELECT 1", params: [] }], (
      { sql, params },
    ) => {
      if (left-- === 0) stop();
      // As each driver does it: libsql does not reset what answers.
      if (params.length === 0) return connection.exec(sql);
      return connection.prepare(sql, { bigints: true }).all(params);
    });
  return new Engine(driver, connection);
}

if (import.meta.main) {
  const [folder = "", at = "0", name] = Deno.args;
  const open = name === "libsql" ? libsql : sqlite;
  await using engine = await openStopping(
    open(`${folder}/gee.db`),
    Number(at),
    () => Deno.kill(Deno.pid, "SIGKILL"),
  );
  await new Migrator(engine, { folder }).up();
}
