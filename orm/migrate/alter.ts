// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import { addColumnSql, type AddedColumn } from "../schema/create_sql.ts";
import type { ColumnSchema, TableSchema } from "../schema/table_schema.ts";
import { isEmpty, type TableDifference } from "./diff_table.ts";
import { mentions, sameName } from "./normalize.ts";

/**
 * The statements that make one table of another by ALTER TABLE, or `undefined`
 * when SQLite cannot do it so and the table has to be built anew. Indices are
 * not its business.
 */
export function alterSql(
  before: TableSchema,
  after: TableSchema,
  difference: TableDifference,
  dialect: Dialect,
): string[] | undefined {
  const { columns, changed, checks, foreignKeys, uniques, others } = difference;
  const isBeyond = changed.length > 0 || others.length > 0 ||
    checks.dropped.length > 0 || foreignKeys.dropped.length > 0 ||
    !isEmpty(uniques);
  if (isBeyond || !columns.dropped.every((one) => canDrop(before, one))) {
    return undefined;
  }
  const additions = additionsOf(difference);
  if (additions === undefined || !additions.every(canAdd)) return undefined;
  const table = dialect.quote(before.name);
  return [
    ...additions.map((added) => addColumnSql(after, added, dialect)),
    ...columns.dropped.map(({ name }) =>
      `ALTER TABLE ${table} DROP COLUMN ${dialect.quote(name)}`
    ),
  ];
}

/** New columns with the constraints that are new with them, if all are. */
function additionsOf(
  { columns, checks, foreignKeys }: TableDifference,
): AddedColumn[] | undefined {
  const additions = columns.added.map((column) => ({
    column,
    // One that several new columns are in comes with the last of them.
    checks: checks.added.filter(({ expression }) =>
      columns.added.findLast(({ name }) => mentions(expression, name)) ===
        column
    ),
    reference: foreignKeys.added.find((key) =>
      key.columns.length === 1 && sameName(key.columns[0] ?? "", column.name)
    ),
  }));
  const count = additions.reduce(
    (sum, { checks, reference }) =>
      sum + checks.length + (reference === undefined ? 0 : 1),
    0,
  );
  return count === checks.added.length + foreignKeys.added.length
    ? additions
    : undefined;
}

/** The rules of https://www.sqlite.org/lang_altertable.html#alter_table_add_column */
function canAdd({ column, reference }: AddedColumn): boolean {
  const { isNullable, isUnique, generated } = column;
  // Without a value for the rows that are there, an empty table alone can have
  // it; so the table is built anew, which is nothing for an empty one.
  if (isUnique || (generated !== null && generated.isStored)) return false;
  if (generated !== null) return true;
  if (reference !== undefined && column.default !== null) return false;
  if (column.default === null) return isNullable;
  // integrity_check of SQLite 3.45, which libsql has, takes the real that the
  // old rows get for NULL.
  if (/REAL/i.test(column.type) && !isNullable) return false;
  return !column.default.startsWith("(");
}

/** The rules of https://www.sqlite.org/lang_altertable.html#alter_table_drop_column */
function canDrop(
  table: TableSchema,
  { name, isUnique }: ColumnSchema,
): boolean {
  const { primaryKey, uniques, checks, columns, foreignKeys } = table;
  const isNamed = [
    primaryKey,
    ...uniques,
    ...foreignKeys.map(({ columns }) => columns),
  ].some((names) => names.some((other) => sameName(other, name)));
  const expressions = [
    ...checks.map(({ expression }) => expression),
    ...columns.map(({ generated }) => generated?.expression ?? ""),
  ];
  return !isUnique && !isNamed &&
    !expressions.some((expression) => mentions(expression, name));
}
