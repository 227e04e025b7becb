// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import type {
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
  for (const { name, expression } of schema.checks) {
    const constraint = name === null
      ? ""
      : `CONSTRAINT ${dialect.quote(name)} `;
    parts.push(`${constraint}CHECK (${expression})`);
  }
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

function referenceSql(
  { columns, table, to, onDelete, onUpdate }: ForeignKeySchema,
  dialect: Dialect,
): string {
  const list = listWith(dialect);
  const actions = [["DELETE", onDelete], ["UPDATE", onUpdate]]
    .filter(([, action]) => action !== "no action")
    .map(([event, action]) => ` ON ${event} ${action?.toUpperCase()}`);
  return `FOREIGN KEY (${list(columns)}) REFERENCES ${dialect.quote(table)} (${
    list(to)
  })${actions.join("")}`;
}
