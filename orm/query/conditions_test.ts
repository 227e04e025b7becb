// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import { integer, json, type SqlValue, table, text } from "../mod.ts";
import { conditionSql } from "./conditions.ts";
import { TablePlan } from "./plan.ts";

const plan = new TablePlan(
  table('us"ers', {
    id: integer().primaryKey(),
    name: text().named('na"me'),
    meta: json().nullable(),
  }),
  sqliteDialect,
);

function write(where: unknown): { sql: string; params: SqlValue[] } {
  const params: SqlValue[] = [];
  return { sql: conditionSql(plan, where as object, params), params };
}

Deno.test("conditionSql() quotes names and binds values", () => {
  assertEquals(write({ name: "x' OR 1=1 --", id: { gt: 1, lt: 5 } }), {
    sql: '"us""ers"."na""me" = ? AND "us""ers"."id" > ? AND "us""ers"."id" < ?',
    params: ["x' OR 1=1 --", 1, 5],
  });
});

Deno.test("conditionSql() refuses what parsed JSON may hold", () => {
  const cases: [unknown, string][] = [
    [null, "Cannot use condition: got null, want an object or SQL"],
    [[], "Cannot use condition: got an array, want an object or SQL"],
    [5, "Cannot use condition: got 5, want an object or SQL"],
    [{ "1=1 --": 1 }, 'Cannot find column "1=1 --" of table "us"ers"'],
    [{ constructor: 1 }, 'Cannot find column "constructor"'],
    [JSON.parse('{"__proto__":{"id":1}}'), 'Cannot find column "__proto__"'],
    [{ id: undefined }, '"id": "eq" is undefined, want a value or null'],
    [{ id: { gt: undefined } }, '"id": "gt" is undefined'],
    [{ id: { gt: null } }, '"id": "gt" is null, want a value'],
    [{ id: {} }, '"id": there is no operator in it'],
    [{ id: [1] }, '"id": got an array, want { in: [...] }'],
    [{ id: { near: 1 } }, '"id": unknown operator "near", want one of eq, ne'],
    [{ id: { toString: 1 } }, 'unknown operator "toString"'],
    [{ name: { eq: { gt: "" } } }, 'Cannot store "name": got an object'],
    [{ name: { eq: ["a"] } }, 'Cannot store "name": got an array'],
    [{ id: { in: 1 } }, '"id": "in" wants an array'],
    [{ id: { in: [1, null] } }, 'Cannot store "id": got null'],
    [{ id: { between: [1] } }, '"between" wants an array of two values'],
    [{ id: { like: "1%" } }, '"id": "like" is for text'],
    [{ id: { isNull: "no" } }, '"id": got "no", want true or false'],
    [
      { meta: { eq: "{}" } },
      '"meta": a JSON column knows null, "isNull" and "path"',
    ],
    [{ or: { id: 1 } }, '"or": got an object, want an array'],
    [{ or: [] }, '"or": the array is empty'],
    [{ and: [] }, '"and": the array is empty'],
    [{ or: [{ id: 1 }, {}] }, '"or": an object in it is empty'],
    [{ not: {} }, '"not": an object in it is empty'],
    [{ not: null }, "Cannot use condition: got null"],
  ];
  for (const [where, message] of cases) {
    assertThrows(() => write(where), TypeError, message);
  }
});

Deno.test("conditionSql() takes no inherited condition", () => {
  for (const where of [Object.create({ id: 1 }), Promise.resolve({ id: 1 })]) {
    assertThrows(
      () => write(where),
      TypeError,
      `Cannot use condition: got ${
        where instanceof Promise ? "a Promise" : "an object"
      }, want an object or SQL`,
    );
  }
  assertEquals(write({}).sql + write(Object.create(null)).sql, "");
});
