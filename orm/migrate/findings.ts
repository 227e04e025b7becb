// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import type { ColumnSchema, TableSchema } from "../schema/table_schema.ts";
import type { StoredTable } from "./database_schema.ts";
import { sameName } from "./normalize.ts";
import type { ChangedColumn, TableDifference } from "./diff_table.ts";

/** Something that may be lost or in the way: it is when rows are concerned. */
export interface PossibleFinding {
  readonly isProblem: boolean;
  readonly table: string;
  readonly column: string | null;
  readonly reason: string;
  /** Counts the rows it is about; `null` when it is true of no rows too. */
  readonly countSql: string | null;
}

/** What may be lost or in the way when a table is changed. */
export function findingsOf(
  { name: table, schema: before, beyond }: StoredTable,
  after: TableSchema,
  difference: TableDifference,
  { dialect, isRebuilt }: {
    readonly dialect: Dialect;
    readonly isRebuilt: boolean;
  },
): PossibleFinding[] {
  const count = countWith(table, dialect);
  const { columns, changed } = difference;
  return [
    ...columns.dropped.filter(({ generated }) => generated === null).map(
      ({ name }) => ({
        isProblem: false,
        table,
        column: name,
        reason: "the column is dropped",
        countSql: count(`${dialect.quote(name)} IS NOT NULL`),
      }),
    ),
    ...columns.added.filter((column) => isDemanding(column, after)).map(
      ({ name }) => ({
        isProblem: true,
        table,
        column: name,
        reason:
          "the new column is not nullable and has no default for the rows that are there",
        countSql: count(),
      }),
    ),
    ...changed.flatMap((change) => changeFindings(change, { table, dialect })),
    ...uniqueFindings(before, difference, dialect),
    ...beyond.filter(() => isRebuilt).map((what) => ({
      isProblem: false,
      table,
      column: null,
      reason: `${what} is dropped, which table() cannot describe`,
      countSql: null,
    })),
  ];
}

/** What is lost with a table. */
export function dropFinding(
  table: string,
  dialect: Dialect,
): PossibleFinding {
  return {
    isProblem: false,
    table,
    column: null,
    reason: "the table is dropped",
    countSql: countWith(table, dialect)(),
  };
}

/** Rows that have in common what no two may have any longer. */
function uniqueFindings(
  { name: table, columns }: TableSchema,
  { uniques, indexes }: TableDifference,
  dialect: Dialect,
): PossibleFinding[] {
  const lists = [
    ...uniques.added,
    ...indexes.added.filter(({ isUnique, where }) => isUnique && where === null)
      .map(({ on }) => on.map(({ column }) => column ?? "")),
  ];
  // Of new columns and expressions the database itself will tell.
  const known = lists.filter((list) =>
    list.every((column) => columns.some(({ name }) => sameName(name, column)))
  );
  return known.map((list) => {
    const names = list.map((name) => dialect.quote(name));
    const isThere = names.map((name) => `${name} IS NOT NULL`).join(" AND ");
    return {
      isProblem: true,
      table,
      column: list.length === 1 ? list[0] ?? null : null,
      reason: `values of "${list.join('", "')}" are there more than once`,
      countSql:
        `SELECT coalesce(sum(count), 0) AS rows FROM (SELECT count(*) AS count FROM ${
          dialect.quote(table)
        } WHERE ${isThere} GROUP BY ${names.join(", ")} HAVING count(*) > 1)`,
    };
  });
}

function countWith(
  table: string,
  dialect: Dialect,
): (condition?: string) => string {
  const count = `SELECT count(*) AS rows FROM ${dialect.quote(table)}`;
  return (condition) =>
    condition === undefined ? count : `${count} WHERE ${condition}`;
}

/** Whether every row needs a value that nothing gives it. */
function isDemanding(column: ColumnSchema, after: TableSchema): boolean {
  const { name, isNullable, generated } = column;
  const isKey = after.isNumbered && after.primaryKey[0] === name;
  return !isNullable && column.default === null && generated === null && !isKey;
}

function changeFindings(
  { before, after }: ChangedColumn,
  { table, dialect }: { readonly table: string; readonly dialect: Dialect },
): PossibleFinding[] {
  if (after.generated !== null) return [];
  const count = countWith(table, dialect);
  const name = dialect.quote(before.name);
  const findings: PossibleFinding[] = [];
  if (before.isNullable && !after.isNullable && after.default === null) {
    findings.push({
      isProblem: true,
      table,
      column: after.name,
      reason: "the column is no longer nullable and has no default for NULL",
      countSql: count(`${name} IS NULL`),
    });
  }
  const unfit = unfitSql(after.type, name);
  if (before.type !== after.type && unfit !== undefined) {
    findings.push({
      isProblem: false,
      table,
      column: after.name,
      reason: `values do not fit ${after.type || "the new type"} exactly`,
      countSql: count(`${name} IS NOT NULL AND NOT (${unfit})`),
    });
  }
  return findings;
}

/** What is true of the values that a type stores as they are. */
function unfitSql(type: string, name: string): string | undefined {
  const kind = `typeof(${name})`;
  const cast = (to: string) => `CAST(${name} AS ${to})`;
  const isWhole = `${kind} = 'integer' OR ${kind} = 'real' AND ${
    cast("INTEGER")
  } = ${name} OR ${kind} = 'text' AND CAST(${
    cast("INTEGER")
  } AS TEXT) = ${name}`;
  if (/INT|BOOL|DATE/i.test(type)) return isWhole;
  if (/CHAR|CLOB|TEXT/i.test(type)) {
    return `${kind} IN ('text', 'integer') OR ${kind} = 'real' AND CAST(${
      cast("TEXT")
    } AS REAL) = ${name}`;
  }
  if (/REAL|FLOA|DOUB/i.test(type)) {
    return `${kind} = 'real' OR ${kind} = 'integer' AND CAST(${
      cast("REAL")
    } AS INTEGER) = ${name} OR ${kind} = 'text' AND (CAST(${
      cast("REAL")
    } AS TEXT) = ${name} OR CAST(${cast("INTEGER")} AS TEXT) = ${name})`;
  }
  return /BLOB/i.test(type) ? `${kind} = 'blob'` : undefined;
}
