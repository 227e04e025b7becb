// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "../dialect/dialect.ts";
import { sqliteError } from "../dialect/sqlite_errors.ts";
import { DatabaseError } from "../errors.ts";
import { createTableSql } from "../schema/create_sql.ts";
import type { ColumnSchema, TableSchema } from "../schema/table_schema.ts";
import { foldName, sameName } from "./normalize.ts";

/** What is to be built anew. */
export interface Rebuild {
  readonly before: TableSchema;
  readonly after: TableSchema;
  /** A name that nothing in the database has. */
  readonly temporary: string;
  readonly dialect: Dialect;
}

/**
 * The statements that build a table anew with its rows, in the only order that
 * keeps what refers to it: create, copy, drop, rename. Renamed away first, the
 * old table would take the references of other tables with it. Its indices and
 * triggers are gone afterwards.
 */
export function rebuildSql(rebuild: Rebuild): string[] {
  const { before, after, temporary, dialect } = rebuild;
  const table = dialect.quote(after.name);
  const copy = dialect.quote(temporary);
  return [
    createTableSql({ ...after, name: temporary }, dialect),
    copySql(rebuild),
    ...sequenceSql(rebuild),
    `DROP TABLE ${dialect.quote(before.name)}`,
    // Otherwise every view and trigger would have to be valid, also those that
    // have nothing to do with the table.
    "PRAGMA legacy_alter_table = ON",
    `ALTER TABLE ${copy} RENAME TO ${table}`,
    "PRAGMA legacy_alter_table = OFF",
  ];
}

const RENAMED =
  /^ALTER TABLE "(gee_new_(?:[^"]|"")*)" RENAME TO "((?:[^"]|"")*)"$/;

/**
 * The error of a migration by the names of the tables it is about: rows fail
 * while they are copied, when a table that is built anew has its temporary name.
 */
export function rebuildError(
  error: unknown,
  statements: readonly SqlText[],
): unknown {
  if (!(error instanceof DatabaseError) || error.code === undefined) {
    return error;
  }
  let { message } = error;
  for (const { sql } of statements) {
    const [temporary, table] = (RENAMED.exec(sql) ?? []).slice(1)
      .map((name) => name.replaceAll('""', '"'));
    if (temporary === undefined) continue;
    message = message.replaceAll(`${temporary}.`, `${table}.`);
  }
  if (message === error.message) return error;
  const reason = message.slice(message.indexOf(": ") + 2);
  return sqliteError(error.code, reason, error);
}

function copySql({ before, after, temporary, dialect }: Rebuild): string {
  const pairs = after.columns.flatMap((column) => {
    const value = valueOf(column, before, dialect);
    return value === undefined || column.generated !== null
      ? []
      : [[dialect.quote(column.name), value]];
  });
  const rowId = rowIdOf(before, after);
  if (rowId !== undefined) {
    pairs.unshift(rowId.map((name) => dialect.quote(name)));
  }
  const names = pairs.map(([name]) => name).join(", ");
  const values = pairs.map(([, value]) => value).join(", ");
  const copy = dialect.quote(temporary);
  const table = dialect.quote(before.name);
  if (pairs.length === 0) {
    throw new TypeError(
      `Cannot migrate table "${after.name}": none of its columns stays, drop the table instead`,
    );
  }
  return `INSERT INTO ${copy} (${names}) SELECT ${values} FROM ${table}`;
}

/** What a row of the new table has in a column, `undefined` for its default. */
function valueOf(
  column: ColumnSchema,
  before: TableSchema,
  dialect: Dialect,
): string | undefined {
  const old = before.columns.find(({ name }) => sameName(name, column.name));
  if (old === undefined) return undefined;
  const name = dialect.quote(old.name);
  const isFilled = old.isNullable && !column.isNullable &&
    column.default !== null;
  return isFilled ? `coalesce(${name}, ${column.default})` : name;
}

/**
 * The columns that carry the row id over, of the new table and of the old, if
 * no column does that already.
 */
function rowIdOf(
  before: TableSchema,
  after: TableSchema,
): readonly [string, string] | undefined {
  if (before.isWithoutRowId || after.isWithoutRowId) return undefined;
  const old = rowIdName(before);
  const [key = ""] = after.isNumbered ? after.primaryKey : [];
  const isCarried = before.columns.some(({ name }) => sameName(name, key));
  const young = after.isNumbered ? key : rowIdName(after);
  if (isCarried || old === undefined || young === undefined) return undefined;
  return [young, old];
}

/** A name of the row id that no column takes for itself. */
function rowIdName({ columns }: TableSchema): string | undefined {
  const names = new Set(columns.map(({ name }) => foldName(name)));
  return ["rowid", "_rowid_", "oid"].find((name) => !names.has(name));
}

/** Carries over the highest number that was ever given. */
function sequenceSql(
  { before, after, temporary, dialect }: Rebuild,
): string[] {
  if (!before.isAutoIncrement || !after.isAutoIncrement) return [];
  const copy = dialect.literal(temporary);
  return [
    `DELETE FROM sqlite_sequence WHERE name = ${copy}`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${copy}, seq FROM sqlite_sequence WHERE name = ${
      dialect.literal(before.name)
    }`,
  ];
}
