// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import {
  bigint,
  blob,
  boolean,
  date,
  enumeration,
  integer,
  introspect,
  json,
  real,
  schema,
  sql,
  type Table,
  table,
  type TableSchema,
  text,
  uuid,
} from "../mod.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const authors = table("au'thors", {
  id: integer().primaryKey().autoIncrement(),
  name: text().default("it's -- \"?").index(),
  role: enumeration(["reader", "it's"]).default("reader"),
  big: bigint().default(2n ** 63n - 1n),
  rate: real().default(-Infinity),
  ok: boolean().default(true),
  raw: blob().default(new Uint8Array([0, 255])),
  at: date().default(new Date(5)),
  made: text().default(sql`strftime('%Y', 'now')`).check("made <> ''"),
  upper: text().generated(sql`upper(${sql.ref("name")})`),
  twice: integer().generated("id * 2", { stored: true }),
  key: uuid().nullable().unique(),
  tags: json<string[]>().nullable(),
  bossId: integer().nullable().references((): Table => authors, {
    onDelete: "set null",
    onUpdate: "cascade",
  }),
}, {
  unique: [["name", "big"]],
  checks: { 'a "check"': sql`${sql.ref("big")} > ${0} AND 1 -- so` },
  indexes: [
    { on: ["-name", sql`lower(${sql.ref("role")})`], where: "big > 5" },
    { on: ["at"], unique: true, name: "by at" },
  ],
});
const seats = table("seats", {
  hall: integer(),
  seat: integer(),
  authorId: integer().references((): Table => authors),
  next: integer(),
}, {
  primaryKey: ["hall", "seat"],
  foreignKeys: [{ on: ["hall", "next"], table: (): Table => seats }],
  strict: true,
  withoutRowId: true,
});

/** The part of a table that a database can know. */
function known({ columns, ...rest }: TableSchema) {
  return {
    ...rest,
    columns: columns.map(({ kind: _, role: __, property: ___, ...column }) =>
      column
    ),
  };
}

onEveryDriver(
  "introspect() reads the tables as schema() describes them",
  async (engine) => {
    await engine.migrate(authors, seats);
    const { tables } = await introspect(engine.session());
    assertEquals(tables.map(({ schema }) => known(schema)), [
      known(schema(authors)),
      known(schema(seats)),
    ]);
    assertEquals(tables.flatMap(({ beyond }) => beyond), []);
    assertEquals((await engine.migrate(authors, seats)).steps, []);
  },
);

onEveryDriver(
  "introspect() keeps views, triggers and virtual tables apart",
  async (engine) => {
    const session = engine.session();
    const texts = [
      "CREATE TABLE a (x INTEGER)",
      "CREATE VIEW v AS SELECT x FROM a",
      "CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
      "CREATE VIRTUAL TABLE words USING fts5(word)",
    ];
    for (const text of texts) await session.exec(text);
    const database = await introspect(session);
    const [, view = "", trigger = "", virtual = ""] = texts;
    assertEquals(database.tables.map(({ name }) => name), ["a"]);
    assertEquals(database.views, [{ name: "v", sql: view }]);
    assertEquals(database.triggers, [{ name: "t", sql: trigger, table: "v" }]);
    assertEquals(database.virtualTables, [{ name: "words", sql: virtual }]);
    const a = table("a", { x: integer().nullable().unique() });
    await engine.migrate(a);
    assertEquals((await introspect(session)).virtualTables.length, 1);
    assertEquals((await engine.migrate(a)).steps, []);
  },
);
