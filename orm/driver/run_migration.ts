// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import { ForeignKeyError } from "../errors.ts";
import type { Connection, PrepareOptions } from "./driver.ts";

const BIGINTS: PrepareOptions = { bigints: true };

/**
 * `Connection.migrate()` for a connection of this process, in the order of
 * https://www.sqlite.org/lang_altertable.html#otheralter; `run` runs a statement.
 */
export async function runMigration(
  connection: Omit<Connection, "migrate">,
  statements: readonly SqlText[],
  run: (statement: SqlText) => unknown,
): Promise<void> {
  // Inside of a transaction it would do nothing, and a table that is dropped to
  // be built anew would take the rows that refer to it along.
  await connection.exec("PRAGMA foreign_keys = OFF");
  try {
    await connection.begin("immediate");
    await transact(connection, statements, run);
  } finally {
    await connection.exec("PRAGMA legacy_alter_table = OFF");
    await connection.exec("PRAGMA foreign_keys = ON");
  }
}

async function transact(
  connection: Omit<Connection, "migrate">,
  statements: readonly SqlText[],
  run: (statement: SqlText) => unknown,
): Promise<void> {
  try {
    for (const statement of statements) await run(statement);
    await checkReferences(connection);
    await connection.commit();
  } catch (error) {
    // SQLite may have rolled back by itself; and the caller has to learn of the
    // error that came first.
    try {
      if (connection.inTransaction) await connection.rollback();
    } catch {
      throw error;
    }
    throw error;
  }
}

async function checkReferences(
  connection: Omit<Connection, "migrate">,
): Promise<void> {
  const check = connection.prepare("PRAGMA foreign_key_check", BIGINTS);
  const broken = await check.all([]);
  const [first] = broken;
  if (first === undefined) return;
  const [table, row, parent] = first;
  const where = row === null ? "" : ` ${row}`;
  throw new ForeignKeyError(
    `Cannot migrate: row${where} of table "${table}" would refer to a row of table "${parent}" that is not there, and so would ${
      broken.length - 1
    } more`,
  );
}
