// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import {
  bigint,
  date,
  enumeration,
  integer,
  schema,
  sql,
  table,
  text,
} from "../mod.ts";
import { createSql } from "./create_sql.ts";

const users = table("users", { id: integer().primaryKey().autoIncrement() });
const posts = table("posts", {
  user: integer().references(() => users, { onDelete: "cascade" }),
  n: bigint().default(5n),
  title: text().named("Title").unique().index(),
  state: enumeration(["new", "it's"]).default("new"),
  at: date().createdAt(),
  year: text().default(sql`strftime(${"%Y"}, 'now') -- now`),
  upper: text().nullable().generated(sql`upper(${sql.ref("title")})`),
  version: integer().version(),
}, {
  primaryKey: ["user", "n"],
  unique: [["title", "state"]],
  checks: { "n > 0": sql`${sql.ref("n")} > ${0}` },
  indexes: [{
    on: ["-at", sql`lower(${sql.ref("title")})`],
    unique: true,
    where: "n > 1",
  }],
  strict: true,
  withoutRowId: true,
});

Deno.test("schema() is plain data that JSON keeps in full", () => {
  const data = schema(posts);
  assertEquals(JSON.parse(JSON.stringify(data)), data);
  assertEquals(
    data.columns.map(({ name }) => name).join(),
    [
      "user",
      "n",
      "Title",
      "state",
      "at",
      "year",
      "upper",
      "version",
    ].join(),
  );
  assertEquals(data.columns[5], {
    name: "year",
    property: "year",
    kind: "text",
    type: "TEXT",
    isNullable: false,
    isUnique: false,
    default: "(strftime('%Y', 'now') -- now\n)",
    generated: null,
    values: null,
    role: null,
  });
  assertEquals(data.columns[3]?.values, ["new", "it's"]);
  assertEquals(data.columns[4]?.default, null);
  assertEquals(
    data.columns.map(({ role }) => role).filter((role) => role !== null),
    ["createdAt", "version"],
  );
  assertEquals(data.foreignKeys, [{
    columns: ["user"],
    table: "users",
    to: ["id"],
    onDelete: "cascade",
    onUpdate: "no action",
  }]);
  assertEquals([data.isNumbered, data.isAutoIncrement], [false, false]);
  const { isNumbered, isAutoIncrement } = schema(users);
  assertEquals([isNumbered, isAutoIncrement], [true, true]);
});

Deno.test("createSql() writes a table and its indices", () => {
  assertEquals(createSql(schema(users), sqliteDialect), [
    'CREATE TABLE "users" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)',
  ]);
  assertEquals(createSql(schema(posts), sqliteDialect), [
    'CREATE TABLE "posts" (' + [
      '"user" INTEGER NOT NULL',
      '"n" INTEGER NOT NULL DEFAULT 5',
      '"Title" TEXT NOT NULL UNIQUE',
      "\"state\" TEXT NOT NULL DEFAULT 'new'",
      '"at" INTEGER NOT NULL',
      "\"year\" TEXT NOT NULL DEFAULT (strftime('%Y', 'now') -- now\n)",
      '"upper" TEXT GENERATED ALWAYS AS (upper("Title")) VIRTUAL',
      '"version" INTEGER NOT NULL DEFAULT 1',
      'PRIMARY KEY ("user", "n")',
      'UNIQUE ("Title", "state")',
      "CHECK (\"state\" IN ('new', 'it''s'))",
      'CONSTRAINT "n > 0" CHECK ("n" > 0)',
      'FOREIGN KEY ("user") REFERENCES "users" ("id") ON DELETE CASCADE',
    ].join(", ") + ") STRICT, WITHOUT ROWID",
    'CREATE INDEX "posts_Title_index" ON "posts" ("Title")',
    'CREATE UNIQUE INDEX "posts_at_expression_index" ON "posts" ("at" DESC, (lower("Title"))) WHERE (n > 1)',
  ]);
});
