// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  bigint,
  blob,
  boolean,
  custom,
  date,
  enumeration,
  integer,
  json,
  real,
  type Sql,
  sql,
  table,
  type TableOptions,
  text,
} from "../mod.ts";

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
    [
      () => table("SQLite_t", { a: text() }),
      'Cannot define table "SQLite_t": names like "SQLite_t" are the database',
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

Deno.test("table() refuses columns that contradict themselves", () => {
  const cases: [() => unknown, string][] = [
    [
      () => table("t", { a: text().nullable().primaryKey() }),
      '"a" is in the primary key and nullable',
    ],
    [
      () => table("t", { a: date().nullable() }, { primaryKey: ["a"] }),
      '"a" is in the primary key and nullable',
    ],
    [
      () => table("t", { a: integer().version().nullable() }),
      '"a" is the version and nullable',
    ],
    [
      () => table("t", { a: integer().version(), b: integer().version() }),
      '"a" and "b" are both of version()',
    ],
    [
      () => table("t", { a: date().softDelete(), b: date().softDelete() }),
      '"a" and "b" are both of softDelete()',
    ],
    [
      () => table("t", { a: text().generated("1") }),
      "every column is generated",
    ],
    [
      () => table("t", { a: text(), b: text().default("x").generated("a") }),
      '"b" is generated, it has no default and is no key',
    ],
    [
      () => table("t", { a: text(), b: text().generated("a").primaryKey() }),
      '"b" is generated, it has no default and is no key',
    ],
    [
      () => table("t", { a: text(), b: text().default(sql`${sql.ref("a")}`) }),
      'the default of "b" refers to a column, want generated()',
    ],
    [
      () =>
        table("t", { a: integer().primaryKey().autoIncrement() }, {
          withoutRowId: true,
        }),
      'a table without row ids cannot number "a"',
    ],
    [
      () => table("t", { a: integer() }, { withoutRowId: true }),
      "a table without row ids wants a primary key",
    ],
  ];
  for (const [define, message] of cases) {
    assertThrows(define, TypeError, `Cannot define table "t": ${message}`);
  }
});

Deno.test("table() refuses options that name nothing", () => {
  const define = (options: unknown) =>
    table(
      "t",
      { name: text(), size: integer().primaryKey() },
      options as object,
    );
  const cases: [TableOptions | object, string][] = [
    [{ primaryKey: [] }, '"primaryKey" wants an array of properties'],
    [{ primaryKey: "name" }, '"primaryKey" wants an array of properties'],
    [{ primaryKey: ["name"] }, '"size" and "name" are both the primary key'],
    [{ unique: ["name"] }, '"unique" wants an array of properties'],
    [{ unique: [["name", "name"]] }, '"unique" has "name" twice'],
    [
      { unique: [["nmae"]] },
      'it has no column "nmae" (did you mean "name"?)',
    ],
    [{ indexes: [{ on: [] }] }, 'an index wants an array in "on"'],
    [
      { indexes: [{ on: ["-sise"] }] },
      'no column "sise" (did you mean "size"?)',
    ],
    [{ indexes: [{ on: [5] }] }, "an expression is 5, want SQL"],
    [{ indexes: [{ on: ["name"], name: "" }] }, "a name is empty"],
    [{ indexes: [{ on: ["name"], name: 5 }] }, "a name is 5, want a string"],
    [{ indexes: [{ on: ["name"], name: "sqlite_x" }] }, "are the database"],
    [{ foreignKeys: [{ on: ["name"] }] }, "a reference wants a function"],
    [
      {
        foreignKeys: [{
          on: ["name"],
          table: () => undefined,
          onDelete: "cascade; DROP TABLE x",
        }],
      },
      '"onDelete" is "cascade; DROP TABLE x", want one of cascade, restrict',
    ],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => define(options), TypeError, message);
  }
});

Deno.test("table() refuses SQL that is no expression", () => {
  const other = table("other", { a: integer() });
  const cases: [string | Sql, string][] = [
    ["", "it is empty"],
    ["a > 0; DROP TABLE x", "it is more than one statement"],
    ["a > 0;", 'there is a ";" in it'],
    ["a > 0) --", "its parentheses are not in pairs"],
    ["1) OR (1", "its parentheses are not in pairs"],
    ["(a > 0", "its parentheses are not in pairs"],
    ["a > ?", 'there is a "?" in it, or a value inside of quotes'],
    [sql`a = '${"x"}'`, 'there is a "?" in it, or a value inside of quotes'],
    [sql`a = ? OR a = ${1}`, 'there is a "?" in it, or a value inside of'],
    [sql`${sql.ref("b")} > 0`, 'it has no column "b"'],
    [sql`${sql.ref(other.columns.a)} > 0`, 'an expression refers to "other"'],
    [sql`${sql.ref(other)}.a > 0`, 'an expression refers to "other"'],
  ];
  for (const [expression, message] of cases) {
    assertThrows(
      () => table("t", { a: integer().check(expression) }),
      TypeError,
      message,
    );
    assertThrows(
      () => table("t", { a: integer() }, { checks: { c: expression } }),
      TypeError,
      message,
    );
    assertThrows(
      () => table("t", { a: integer(), c: integer().generated(expression) }),
      TypeError,
      message,
    );
  }
});

Deno.test("columns refuse what makes no kind", () => {
  const cases: [() => unknown, string][] = [
    [() => enumeration([]), "Cannot define enumeration: it has no values"],
    [
      () => enumeration(["a", "b", "a"]),
      'Cannot define enumeration: "a" is in it twice',
    ],
    [
      () => date({ as: "iso" as "text" }),
      'Cannot store dates as "iso": want "integer" or "text"',
    ],
  ];
  for (const [define, message] of cases) {
    assertThrows(define, TypeError, message);
  }
});

Deno.test("a column of a table can be a column of another", () => {
  const users = table("users", {
    id: integer().primaryKey(),
    label: text().named("Label"),
  });
  const others = table("others", { ...users.columns, id: text().primaryKey() });
  assertEquals(others.columns.label.definition.of, {
    table: "others",
    property: "label",
  });
  assertEquals(users.columns.label.definition.of?.table, "users");
  assertEquals(others.columns.id.definition.isPrimaryKey, true);
  const copied = table("copied", { name: users.columns.id });
  assertEquals(copied.primaryKey, ["name"]);
});

Deno.test("only what a kind can do is in its modifiers", () => {
  // Each modifier keeps the kind.
  const kinds = [
    integer(),
    bigint(),
    real(),
    text(),
    boolean(),
    blob(),
    date(),
    json<unknown>(),
    custom({ as: text(), encode: String, decode: String }),
  ];
  for (const column of kinds) {
    const changed = column.unique().index().nullable().named("x").check("1");
    assertEquals(changed.definition.codec, column.definition.codec);
    assertEquals(column.definition.isUnique, false);
  }
});
