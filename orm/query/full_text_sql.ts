// Copyright 2026 the Gee authors. MIT license.

import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import type { Table } from "../schema/table.ts";

function nameOf({ columns }: Table, property: string): string {
  return columns[property]?.definition.name ?? property;
}

/** The statements that create a full-text index, fill it and keep it true. */
export function createIndexSql(
  name: string,
  table: Table,
  properties: readonly string[],
  tokenize: string,
): string[] {
  const { quote, literal } = sqliteDialect;
  const index = quote(name);
  const target = quote(table.name);
  const columns = properties.map((property) => quote(nameOf(table, property)));
  const key = quote(nameOf(table, table.primaryKey[0] ?? ""));
  const names = columns.join(", ");
  const row = (version: string) =>
    [key, ...columns].map((column) => `${version}.${column}`).join(", ");
  const add = `INSERT INTO ${index}(rowid, ${names}) VALUES (${row("new")});`;
  const remove =
    `INSERT INTO ${index}(${index}, rowid, ${names}) VALUES ('delete', ${
      row("old")
    });`;
  const trigger = (event: string, body: string) =>
    `CREATE TRIGGER ${
      quote(`${name}_${event}`)
    } AFTER ${event} ON ${target} BEGIN ${body} END`;
  return [
    `CREATE VIRTUAL TABLE ${index} USING fts5(${names}, content=${
      literal(table.name)
    }, content_rowid=${
      literal(nameOf(table, table.primaryKey[0] ?? ""))
    }, tokenize=${literal(tokenize)})`,
    trigger("insert", add),
    trigger("delete", remove),
    trigger("update", `${remove} ${add}`),
    `INSERT INTO ${index}(${index}) VALUES ('rebuild')`,
  ];
}

/** The statements that drop a full-text index. */
export function dropIndexSql(name: string): string[] {
  const { quote } = sqliteDialect;
  return [
    ...["insert", "delete", "update"].map((event) =>
      `DROP TRIGGER IF EXISTS ${quote(`${name}_${event}`)}`
    ),
    `DROP TABLE IF EXISTS ${quote(name)}`,
  ];
}
