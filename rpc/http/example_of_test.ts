// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { exampleOf } from "./example_of.ts";

Deno.test("exampleOf() begins with what a schema says, and ends where schemas nest", () => {
  const nested = { type: "object", properties: {} as Record<string, unknown> };
  nested.properties.self = nested;
  const rows: readonly (readonly [Record<string, unknown>, unknown])[] = [
    [{}, null],
    [{ default: 7, examples: [8] }, 7],
    [{ examples: [8], const: 9 }, 8],
    [{ const: null }, null],
    [{ enum: ["x", "y"] }, "x"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, ""],
    [{ type: ["integer", "null"], minimum: 2 }, 2],
    [{ type: "number", minimum: -1 }, 0],
    [{ type: "boolean" }, false],
    [{ type: "array", items: {} }, []],
    [{ type: "object" }, {}],
    [{ type: "object", properties: { a: true } }, { a: null }],
    [nested, { self: { self: { self: { self: { self: {} } } } } }],
  ];
  for (const [schema, wanted] of rows) assertEquals(exampleOf(schema), wanted);
});
