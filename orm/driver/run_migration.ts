// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "./sql_value.ts";
import { ForeignKeyError } from "../errors.ts";
import type { Connection, MaybePromise } from "./driver.ts";

/**
 * `Connection.migrate()` for a connection that has nothing better: the order of
 * https://www.sqlite.org/lang_altertable.html#otheralter.
 */
export async function runMigration(
  connection: Omit<Connection, "migrate">,
  statements: readonly SqlText[],
): Promise<void> {
  // Inside of a transaction it would do nothing, and a table that is dropped to
  // be built anew would take the rows that refer to it along.
  await connection.exec("PRAGMA foreign_keys = OFF");
  try {
    await connection.begin();
    await transact(connection, statements);
  } finally {
    await connection.exec("PRAGMA legacy_alter_table = OFF");
    await connection.exec("PRAGMA foreign_keys = ON");
  }
}

async function transact(
  connection: Omit<Connection, "migrate">,
  statements: readonly SqlText[],
): Promise<void> {
  try {
    for (const { sql, params } of statements) {
      await all(connection, sql, params);
    }
    await checkReferences(connection);
    await connection.commit();
  } catch (error) {
    // SQLite may have rolled back by itself.
    if (connection.inTransaction) await connection.rollback();
    throw error;
  }
}

function all(
  connection: Omit<Connection, "migrate">,
  sql: string,
  params: readonly SqlValue[] = [],
): MaybePromise<SqlValue[][]> {
  return connection.prepare(sql, { bigints: true }).all(params);
}

async function checkReferences(
  connection: Omit<Connection, "migrate">,
): Promise<void> {
  const broken = await all(connection, "PRAGMA foreign_key_check");
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
