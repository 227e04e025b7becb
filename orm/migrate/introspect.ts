// Copyright 2026 the Gee authors. MIT license.

import type { Session } from "../session.ts";
import type { DatabaseSchema, StoredTrigger } from "./database_schema.ts";
import { storedTable, type TableCells } from "./stored_table.ts";

interface MasterRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

const MASTER =
  'SELECT type, name, tbl_name AS "table", sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid';
// Tables of virtual tables, which nobody else may touch, are "shadow".
const TABLES =
  "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const COLUMNS =
  `SELECT m.name AS "table", c.name, c.type, c."notnull", c.dflt_value AS "defaultSql", c.pk, c.hidden
  FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c
  WHERE m.type = 'table' ORDER BY m.name, c.cid`;
const INDEXES =
  `SELECT m.name AS "table", i.name, i.seq, i."unique", i.origin, c.seqno, c.name AS "column", c."desc", c.coll
  FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_xinfo(i.name) AS c
  WHERE m.type = 'table' AND c."key" = 1 ORDER BY m.name, i.seq DESC, c.seqno`;
const KEYS =
  `SELECT m.name AS "table", k.id, k."table" AS parent, k."from", k."to", k.on_update AS "onUpdate", k.on_delete AS "onDelete"
  FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k
  WHERE m.type = 'table' ORDER BY m.name, k.id DESC, k.seq`;

/**
 * Reads what is in a database: tables as the same plain data that
 * {@linkcode schema} makes of a `table()`, and views, triggers and virtual tables
 * as they were created.
 *
 * A column's property is its name, and its kind what its declared type
 * suggests: the database knows no other.
 *
 * @param session What reads, for instance `engine.session()`.
 * @returns What is there.
 *
 * @example The tables of a database
 * ```ts
 * import { Engine, introspect } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER CHECK (age > 0))");
 * const { tables } = await introspect(session);
 * assertEquals(tables.map(({ name }) => name), ["users"]);
 * assertEquals(tables[0]?.schema.primaryKey, ["id"]);
 * assertEquals(tables[0]?.schema.checks, [{ name: null, expression: "age > 0" }]);
 * ```
 */
export async function introspect(session: Session): Promise<DatabaseSchema> {
  const master = await session.raw<MasterRow>(MASTER);
  const kinds = new Map(
    (await session.raw<TableCells>(TABLES)).map((row) => [row.name, row]),
  );
  const columns = await byTable<Columns>(session, COLUMNS);
  const indexes = await byTable<Indexes>(session, INDEXES);
  const keys = await byTable<Keys>(session, KEYS);
  const ofType = (...types: string[]) =>
    master.filter(({ name }) => types.includes(kinds.get(name)?.type ?? ""));
  const keyOf = (table: string) =>
    (columns.get(table) ?? []).filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk).map(({ name }) => name);
  // A trigger of a table that was built anew is no other for it.
  const byName = (a: MasterRow, b: MasterRow) => a.name < b.name ? -1 : 1;
  const sqlOf = ({ name, sql }: MasterRow) => ({ name, sql });
  return {
    tables: ofType("table").filter(({ type }) => type === "table").map((row) =>
      storedTable({
        ...kinds.get(row.name)!, // ofType() found it there
        sql: row.sql,
        columns: columns.get(row.name) ?? [],
        indexes: indexes.get(row.name) ?? [],
        keys: keys.get(row.name) ?? [],
        indexSql: new Map(
          master.filter(({ type }) => type === "index")
            .map(({ name, sql }) => [name, sql]),
        ),
      }, keyOf)
    ),
    views: master.filter(({ type }) => type === "view").sort(byName).map(sqlOf),
    triggers: master.filter(({ type }) => type === "trigger").sort(byName).map(
      (row): StoredTrigger => ({ ...sqlOf(row), table: row.table }),
    ),
    virtualTables: ofType("virtual").map(sqlOf),
  };
}

type Columns = TableCells["columns"][number];
type Indexes = TableCells["indexes"][number];
type Keys = TableCells["keys"][number];

async function byTable<T>(
  session: Session,
  sql: string,
): Promise<Map<string, (T & { readonly table: string })[]>> {
  const rows = await session.raw<T & { readonly table: string }>(sql);
  return Map.groupBy(rows, ({ table }) => table);
}
