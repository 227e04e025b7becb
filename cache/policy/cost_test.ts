// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { byteLength, utf8Length } from "./cost.ts";

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

Deno.test("byteLength() sizes text and bytes", () => {
  assertEquals(byteLength("ü中"), 2 + 3);
  assertEquals(byteLength(new Uint8Array(5)), 5);
  assertEquals(byteLength(new ArrayBuffer(7)), 7);
});

Deno.test("byteLength() refuses a value whose size cannot be told", () => {
  assertThrows(
    () => byteLength({ name: "Tom" }),
    TypeError,
    'Cannot size a value of type "object": give a sizeOf function',
  );
});
