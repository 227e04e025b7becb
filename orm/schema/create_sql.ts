// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "./table_schema.ts";

/**
 * The statements that create a table and its indices.
 *
 * @param schema The table.
 * @param dialect What quotes names.
 */
export function createSql(schema: TableSchema, dialect: Dialect): string[] {
  return [
    createTableSql(schema, dialect),
    ...schema.indexes.map((index) => createIndexSql(schema, index, dialect)),
  ];
}

/** The statement that creates a table without its indices. */
export function createTableSql(schema: TableSchema, dialect: Dialect): string {
  const { columns, primaryKey, isStrict, isWithoutRowId } = schema;
  const list = listWith(dialect);
  const parts = columns.map((column) => columnSql(schema, column, dialect));
  if (primaryKey.length > 1) parts.push(`PRIMARY KEY (${list(primaryKey)})`);
  for (const unique of schema.uniques) parts.push(`UNIQUE (${list(unique)})`);
  for (const check of schema.checks) parts.push(checkSql(check, dialect));
  for (const key of schema.foreignKeys) parts.push(referenceSql(key, dialect));
  const options = [
    ...(isStrict ? ["STRICT"] : []),
    ...(isWithoutRowId ? ["WITHOUT ROWID"] : []),
  ].join(", ");
  return `CREATE TABLE ${dialect.quote(schema.name)} (${parts.join(", ")})${
    options === "" ? "" : ` ${options}`
  }`;
}

/** The statement that creates an index of a table. */
export function createIndexSql(
  { name: table }: TableSchema,
  { name, on, isUnique, where }: IndexSchema,
  dialect: Dialect,
): string {
  const parts = on.map(({ column, expression, isDescending }) => {
    const part = column === null ? `(${expression})` : dialect.quote(column);
    return isDescending ? `${part} DESC` : part;
  });
  const create = isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
  const condition = where === null ? "" : ` WHERE (${where})`;
  return `${create} ${dialect.quote(name)} ON ${dialect.quote(table)} (${
    parts.join(", ")
  })${condition}`;
}

/** What comes with a column that is added to a table. */
export interface AddedColumn {
  readonly column: ColumnSchema;
  readonly checks: readonly CheckSchema[];
  readonly reference: ForeignKeySchema | undefined;
}

/** The statement that adds a column to a table that is there. */
export function addColumnSql(
  schema: TableSchema,
  { column, checks, reference }: AddedColumn,
  dialect: Dialect,
): string {
  const parts = [
    columnSql(schema, column, dialect),
    ...checks.map((check) => checkSql(check, dialect)),
    ...(reference === undefined ? [] : [targetSql(reference, dialect)]),
  ];
  return `ALTER TABLE ${dialect.quote(schema.name)} ADD COLUMN ${
    parts.join(" ")
  }`;
}

function listWith(dialect: Dialect): (names: readonly string[]) => string {
  return (names) => names.map((name) => dialect.quote(name)).join(", ");
}

function columnSql(
  { primaryKey, isNumbered, isAutoIncrement }: TableSchema,
  column: ColumnSchema,
  dialect: Dialect,
): string {
  const { name, type, isNullable, isUnique, generated } = column;
  const isKey = primaryKey.length === 1 && primaryKey[0] === name;
  const parts = [dialect.quote(name), type];
  if (isKey) parts.push("PRIMARY KEY");
  if (isKey && isAutoIncrement) parts.push("AUTOINCREMENT");
  if (!isNullable && !(isKey && isNumbered)) parts.push("NOT NULL");
  if (isUnique) parts.push("UNIQUE");
  if (column.default !== null) parts.push(`DEFAULT ${column.default}`);
  if (generated !== null) {
    const { expression, isStored } = generated;
    const kept = isStored ? "STORED" : "VIRTUAL";
    parts.push(`GENERATED ALWAYS AS (${expression}) ${kept}`);
  }
  return parts.join(" ");
}

function checkSql({ name, expression }: CheckSchema, dialect: Dialect): string {
  const constraint = name === null ? "" : `CONSTRAINT ${dialect.quote(name)} `;
  return `${constraint}CHECK (${expression})`;
}

function referenceSql(key: ForeignKeySchema, dialect: Dialect): string {
  const list = listWith(dialect);
  return `FOREIGN KEY (${list(key.columns)}) ${targetSql(key, dialect)}`;
}

function targetSql(
  { table, to, onDelete, onUpdate }: ForeignKeySchema,
  dialect: Dialect,
): string {
  const actions = [["DELETE", onDelete], ["UPDATE", onUpdate]]
    .filter(([, action]) => action !== "no action")
    .map(([event, action]) => ` ON ${event} ${action?.toUpperCase()}`);
  return `REFERENCES ${dialect.quote(table)} (${listWith(dialect)(to)})${
    actions.join("")
  }`;
}
