// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { integer, table, text } from "../mod.ts";

Deno.test("table() refuses names that cannot be told apart", () => {
  const cases: [() => unknown, string][] = [
    [() => table("t", {}), 'Cannot define table "t": it has no columns'],
    [() => table("", { a: text() }), 'Cannot define table "": a name is empty'],
    [
      () => table("t", { a: text().named("") }),
      'Cannot define table "t": a name is empty',
    ],
    [
      () => table("t", { a: text(), b: text().named("A") }),
      'Cannot define table "t": two columns are named "A"',
    ],
    [
      () => table("t", { or: text() }),
      'Cannot define table "t": "or" cannot name a property, use named()',
    ],
    [
      () => table("t", { ["__proto__"]: text() }),
      'Cannot define table "t": "__proto__" cannot name a property',
    ],
    [
      () => table("t", { "-a": text() }),
      'Cannot define table "t": "-a" cannot name a property',
    ],
    [
      () => table("t", { a: integer().primaryKey(), b: text().primaryKey() }),
      'Cannot define table "t": "a" and "b" are both the primary key',
    ],
  ];
  for (const [define, message] of cases) {
    assertThrows(define, TypeError, message);
  }
  assertThrows(() => table("a\0", { a: text() }), RangeError, "a NUL in it");
});

Deno.test("table() returns what nobody can change", () => {
  const columns = { id: integer().primaryKey().named("ID") };
  const users = table("users", columns);
  assertEquals(Object.isFrozen(users) && Object.isFrozen(users.columns), true);
  assertEquals(users.columns.id.definition.name, "ID");
  assertEquals(Object.isFrozen(users.columns.id.definition), true);
});

Deno.test("Column.default() refuses a value of another type", () => {
  assertThrows(
    () => integer().default(0.5),
    RangeError,
    'Cannot store "default": 0.5 is not an integer within 2^53',
  );
});
