// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "./http_error.ts";
import { parseJson } from "./json.ts";

Deno.test("parseJson() parses what is harmless", () => {
  assertEquals(parseJson('{"a":[1,"\\u0041"],"constructor":1}'), {
    a: [1, "A"],
    constructor: 1,
  });
  assertEquals(
    parseJson("[".repeat(64) + "]".repeat(64)) instanceof Array,
    true,
  );
  const text = '"' + "[".repeat(100) + '\\""';
  assertEquals(parseJson(text), "[".repeat(100) + '"');
});

Deno.test("parseJson() refuses keys that pollute prototypes", () => {
  for (
    const text of [
      '{"__proto__":{"x":1}}',
      '[{"a":{"__proto__":null}}]',
      '{"\\u005f_proto__":{}}',
      '{"constructor":{"prototype":{"x":1}}}',
    ]
  ) {
    const error = assertThrows(() => parseJson(text), HttpError);
    assertEquals(error.status, 400);
    assertEquals(
      /^JSON holds the forbidden key "\w+"$/.test(error.message),
      true,
    );
  }
});

Deno.test("parseJson() refuses malformed text and deep nesting with 400", () => {
  const reasons: [text: string, message: string][] = [
    ["{", "The body is not valid JSON"],
    ["", "The body is not valid JSON"],
    ["[".repeat(900_000), "JSON nests deeper than 64 levels"],
    ['{"a":'.repeat(65), "JSON nests deeper than 64 levels"],
  ];
  for (const [text, message] of reasons) {
    const error = assertThrows(() => parseJson(text), HttpError, message);
    assertEquals(error.status, 400);
  }
});
