// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  bigint,
  blob,
  boolean,
  BusyError,
  DatabaseError,
  date,
  Engine,
  ForeignKeyError,
  integer,
  json,
  real,
  table,
  text,
} from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";
import { sqliteDialect } from "./sqlite_dialect.ts";
import { sqliteError } from "./sqlite_errors.ts";

const everything = table('every"thing', {
  id: bigint().primaryKey(),
  integer: integer().default(-5),
  bigint: bigint().default(2n ** 63n - 1n),
  real: real().default(0.1),
  infinite: real().default(-Infinity),
  text: text().default("it's; -- \"?"),
  boolean: boolean().default(true),
  blob: blob().default(new Uint8Array([0, 255])),
  date: date().default(new Date(86_400_000)),
  json: json<unknown>().default({ a: 1 }).unique(),
  none: text().nullable(),
});

for (const driver of [sqlite, libsql]) {
  Deno.test(`defaults mean the same in SQL and in an insert, on ${driver.name}`, async () => {
    await using engine = await Engine.open(driver());
    const session = engine.session();
    await session.createTable(everything);
    await session.exec('INSERT INTO "every""thing" (id) VALUES (1)');
    const inSql = await session.model(everything).first();
    await session.model(everything).all().delete();
    assertEquals(await session.insert(everything, {}), {
      affected: 1,
      lastId: 1,
    });
    assertEquals(await session.model(everything).first(), inSql);
    assertEquals(inSql?.text, "it's; -- \"?");
    assertEquals(inSql?.infinite, -Infinity);
  });
}

Deno.test("sqliteDialect.literal() writes every value", () => {
  assertEquals(sqliteDialect.literal(null), "NULL");
  assertEquals(sqliteDialect.literal("a'b"), "'a''b'");
  assertEquals(sqliteDialect.literal(Infinity), "9e999");
  assertEquals(sqliteDialect.literal(5n), "5");
});

Deno.test("sqliteError() knows a code by its family", () => {
  // BUSY_SNAPSHOT, and IOERR_WRITE, which has no class of its own.
  assertInstanceOf(sqliteError(517, "database is locked", null), BusyError);
  // A reference that restricts fails as a trigger, which may also fail by itself.
  const reason = "FOREIGN KEY constraint failed";
  assertInstanceOf(sqliteError(1811, reason, null), ForeignKeyError);
  assertEquals(sqliteError(1811, "no", null).constructor, DatabaseError);
  const error = sqliteError(778, "disk I/O error", null);
  assertEquals(error.constructor, DatabaseError);
  assertEquals(error.message, "Cannot run statement: disk I/O error");
  assertEquals(error.name, "DatabaseError");
});
