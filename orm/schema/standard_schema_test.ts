// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import * as v from "npm:valibot@1.5.0";
import { z } from "npm:zod@4.6.7";
import { type StandardSchema, ValidationError } from "../mod.ts";
import { validated } from "./standard_schema.ts";

Deno.test("validated() takes validators of any maker", () => {
  const schemas: StandardSchema<{ a: number }>[] = [
    z.object({ a: z.number() }),
    v.object({ a: v.number() }),
  ];
  for (const schema of schemas) {
    assertEquals(validated(schema, { a: 1, b: 2 }, "c"), { a: 1 });
    const error = assertThrows(
      () => validated(schema, { a: "x" }, "c"),
      ValidationError,
      'Cannot store "c": a: Invalid',
    );
    assertEquals(error.name, "ValidationError");
    assertEquals([error.column, error.issues.length], ["c", 1]);
  }
});

Deno.test("validated() refuses what validates asynchronously", () => {
  const failing: StandardSchema<string> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => Promise.reject(new Error("nobody waits for this one")),
    },
  };
  const later = z.string().refine(() => Promise.resolve(true));
  for (const schema of [failing, later]) {
    assertThrows(
      () => validated(schema, "x", "c"),
      TypeError,
      'Cannot store "c": its schema validates asynchronously',
    );
  }
});

Deno.test("ValidationError says where each issue is", () => {
  const error = new ValidationError("c", [
    { message: "wrong" },
    { message: "bad", path: ["a", { key: 0 }, Symbol.iterator] },
  ]);
  assertEquals(
    error.message,
    'Cannot store "c": wrong; a.0.Symbol(Symbol.iterator): bad',
  );
});
