// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { date, defineModel, integer, json, schema, text } from "../mod.ts";

Deno.test("defineModel() parses fields in their order, as GeeORM does", () => {
  class User {
    Name = "";
    Age = 0;
    Rate = 0.5;
    Big = 0n;
    IsActive = false;
    Photo = new Uint8Array();
    Born = new Date(0);
    hello = () => "a function is no column";
    greet(): string {
      return this.Name;
    }
  }
  const { name, columns } = schema(defineModel(User));
  assertEquals(name, "User");
  assertEquals(
    columns.map(({ name, kind, default: value }) => [name, kind, value]),
    [
      ["Name", "text", "''"],
      ["Age", "integer", "0"],
      ["Rate", "real", "0.5"],
      ["Big", "bigint", "0"],
      ["IsActive", "boolean", "0"],
      ["Photo", "blob", "X''"],
      ["Born", "date", "0"],
    ],
  );
});

Deno.test("defineModel() takes the name and columns that it is told", () => {
  class Note {
    static tableName = "notes";
    static columns = { id: integer().primaryKey(), tags: json<string[]>() };
    id = 0;
    tags: string[] = [];
    at: Date | null = null;
  }
  const notes = defineModel(Note, { columns: { at: date().softDelete() } });
  assertEquals([notes.name, notes.primaryKey], ["notes", ["id"]]);
  assertEquals(Object.keys(notes.columns), ["id", "tags", "at"]);
  const columns = { at: date().nullable(), id: text().primaryKey() };
  const others = defineModel(Note, { name: "others", columns });
  assertEquals(others.name, "others");
  assertEquals(others.columns.id.definition.codec.kind, "text");
});

Deno.test("defineModel() refuses what tells no kind", () => {
  const cases: [new () => object, string][] = [
    [
      class T {
        a = null;
      },
      'Cannot define model "T": "a" is null, which tells no kind; give its column in "columns"',
    ],
    [
      class T {
        a: string | undefined;
      },
      '"a" is undefined, which tells no kind',
    ],
    [
      class T {
        a = [1];
      },
      '"a" is an array, which tells no kind',
    ],
    [
      class T {
        a = {};
      },
      '"a" is an object, which tells no kind',
    ],
    [
      class T {
        a = NaN;
      },
      'Cannot store "default": got NaN, want a number',
    ],
    [class T {}, 'Cannot define table "T": it has no columns'],
  ];
  for (const [model, message] of cases) {
    assertThrows(() => defineModel(model), TypeError, message);
  }
  class Model {
    a = 0;
  }
  assertThrows(
    () => defineModel(Model, { columns: { b: text() } }),
    TypeError,
    'Cannot define model "Model": it has no field "b"',
  );
});
