// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import * as gob from "./mod.ts";
import { toValue, Types, VECTORS } from "./testdata/vectors.ts";

const GOOD = VECTORS.filter(({ items }) =>
  items.every(({ error }) => error === undefined)
);
// Shapes are registered for one stream alone, and are read without a type. Go gives
// a pointer's marshaler two ids, of which readers ignore one.
const UNTYPED = ["iface_shapes"];
const OTHER_BYTES = ["marshalers_struct"];

Deno.test("GobDecoder reads what Go wrote without a type, to the last byte", () => {
  assertEquals(GOOD.length, 92);
  for (const { name, hex, items } of GOOD) {
    const decoder = new gob.GobDecoder();
    decoder.push(Uint8Array.fromHex(hex));
    if (name === "string_invalid_utf8") {
      assertThrows(() => decoder.next(), SyntaxError, "a string is not UTF-8");
      continue;
    }
    const values = items.map(() => decoder.next());
    assertEquals(values.includes(undefined), false, name);
    assertEquals([decoder.buffered, decoder.next()], [0, undefined], name);
  }
});

Deno.test("GobDecoder reads what Go wrote in chunks of any size", () => {
  for (const { name, hex, items } of GOOD) {
    if (name === "string_invalid_utf8") continue;
    const bytes = Uint8Array.fromHex(hex);
    const whole = new gob.GobDecoder();
    whole.push(bytes);
    const wanted = items.map(() => whole.next());
    for (const size of [1, 2, 3, 7]) {
      const decoder = new gob.GobDecoder();
      const values: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        decoder.push(bytes.subarray(at, at + size));
        for (;;) {
          const value = decoder.next();
          if (value === undefined) break;
          values.push(value);
        }
      }
      assertEquals(values, wanted, name);
    }
  }
});

Deno.test("GobEncoder writes what Go wrote, which GobDecoder reads by its type", () => {
  for (const { name, hex, items } of GOOD) {
    if (UNTYPED.includes(name)) continue;
    const types = new Types();
    const encoder = new gob.GobEncoder();
    const decoder = new gob.GobDecoder();
    decoder.push(Uint8Array.fromHex(hex));
    let written = "";
    for (const { schema, value } of items) {
      const type = types.of(schema);
      const wanted = toValue(value, schema);
      written += encoder.encode(type, wanted).toHex();
      assertEquals(decoder.next(type), wanted, name);
    }
    if (!OTHER_BYTES.includes(name)) assertEquals(written, hex, name);
  }
});

Deno.test("GobDecoder passes over what Go wrote", () => {
  for (const { name, hex, items } of GOOD) {
    const decoder = new gob.GobDecoder();
    decoder.push(Uint8Array.fromHex(hex));
    for (const _ of items) assertEquals(decoder.skip(), true, name);
    assertEquals([decoder.buffered, decoder.skip()], [0, false], name);
  }
});
