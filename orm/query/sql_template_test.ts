// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { integer, type Sql, sql, table } from "../mod.ts";
import { bindSql } from "./sql_template.ts";

const users = table('us"ers', { id: integer(), name: integer().named("n") });

function write(piece: Sql): { sql: string; params: readonly unknown[] } {
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  return bindSql(piece, [], { quote }, (name) => `<${name}>`);
}

Deno.test("sql binds values and takes pieces as they are", () => {
  const inner = sql`b = ${"x"} AND ${sql.ref("c")} > ${0}`;
  assertEquals(write(sql`a = ${1} OR (${inner}) OR ${true}`), {
    sql: "a = ? OR (b = ? AND <c> > ?) OR ?",
    params: [1n, "x", 0n, 1n],
  });
  assertEquals(write(sql`${inner}${inner}`).params, ["x", 0n, "x", 0n]);
  assertEquals(write(sql``), { sql: "", params: [] });
  assertEquals(write(sql`${null}`), { sql: "?", params: [null] });
  assertEquals(Object.isFrozen(inner) && Object.isFrozen(inner.texts), true);
});

Deno.test("sql.ref() quotes tables and columns", () => {
  const { id, name } = users.columns;
  assertEquals(
    write(sql`${sql.ref(users)} ${sql.ref(id)} ${sql.ref(name)}`).sql,
    '"us""ers" "us""ers"."id" "us""ers"."n"',
  );
  assertThrows(
    () => sql.ref(integer()),
    TypeError,
    "Cannot refer to column: it is in no table yet",
  );
});

Deno.test("sql.list() writes values and pieces with commas", () => {
  assertEquals(write(sql`(${sql.list([1, sql`f(${2})`, "x"])})`), {
    sql: "(?, f(?), ?)",
    params: [1n, 2n, "x"],
  });
  assertEquals(write(sql.list([5])), { sql: "?", params: [5n] });
  assertThrows(() => sql.list([]), TypeError, "Cannot make list: it is empty");
});

Deno.test("sql refuses values that no database knows", () => {
  for (const value of [undefined, {}, [1], NaN, () => 1, Symbol("s")]) {
    assertThrows(
      () => sql`a = ${value as string}`,
      TypeError,
      "Cannot bind value 1 of the template: got ",
    );
  }
  assertThrows(() => sql`${"a\0"}`, RangeError, "a NUL in it");
  assertThrows(
    () => bindSql(sql`a`, [1], { quote: String }, String),
    TypeError,
    "Cannot bind values: those of a template stand in the template",
  );
});
