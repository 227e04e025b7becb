// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { defaultCost, ENTRY_OVERHEAD, utf8Length } from "./cost.ts";

Deno.test("utf8Length() counts what TextEncoder writes", () => {
  const encoder = new TextEncoder();
  const units = ["a", "\x7f", "\x80", "ü", "\u07ff", "\u0800", "中", "\uffff"];
  const texts = ["", "Tom", "😀", "a😀b", "\ud800", "\udc00", "\udc00\ud800"];
  for (const unit of units) {
    texts.push(unit, `${unit}\ud83d`, `\ude00${unit}`, `😀${unit}\ud83d😀`);
  }
  for (const text of texts) {
    assertEquals(utf8Length(text), encoder.encode(text).length, text);
  }
});

Deno.test("defaultCost() adds key, value and overhead", () => {
  assertEquals(defaultCost("ü", "中"), 2 + 3 + ENTRY_OVERHEAD);
  assertEquals(defaultCost("k", new Uint8Array(5)), 1 + 5 + ENTRY_OVERHEAD);
  assertEquals(defaultCost("k", new ArrayBuffer(7)), 1 + 7 + ENTRY_OVERHEAD);
});

Deno.test("defaultCost() refuses a value whose size cannot be told", () => {
  assertThrows(
    () => defaultCost("k", { name: "Tom" }),
    TypeError,
    'Cannot size a value of type "object": give a cost function',
  );
});
