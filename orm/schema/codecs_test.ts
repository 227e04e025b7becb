// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import type { SqlValue } from "../driver/sql_value.ts";
import {
  bigintCodec,
  blobCodec,
  booleanCodec,
  type Codec,
  dateCodec,
  describe,
  integerCodec,
  jsonCodec,
  realCodec,
  textCodec,
} from "./codecs.ts";

Deno.test("Codec.encode() refuses a value of another type", () => {
  const cases: [Codec<unknown>, unknown, string][] = [
    [integerCodec, "1", 'Cannot store "c": got "1", want an integer'],
    [bigintCodec, 1, 'Cannot store "c": got 1, want a bigint'],
    [realCodec, 1n, 'Cannot store "c": got 1n, want a number'],
    [textCodec, 1, 'Cannot store "c": got 1, want a string'],
    [booleanCodec, 1, 'Cannot store "c": got 1, want a boolean'],
    [blobCodec, [1], 'Cannot store "c": got an array, want a Uint8Array'],
    [dateCodec, 0, 'Cannot store "c": got 0, want a Date'],
    [jsonCodec, undefined, 'Cannot store "c": got undefined, want a JSON'],
  ];
  for (const [codec, value, message] of cases) {
    assertThrows(() => codec.encode(value, "c"), TypeError, message);
  }
});

Deno.test("Codec.decode() refuses what it does not store", () => {
  const cases: [Codec<unknown>, SqlValue, string][] = [
    [integerCodec, "x", 'Cannot read "c": got "x", want an integer'],
    [integerCodec, 1.5, 'Cannot read "c": got 1.5, want an integer'],
    [bigintCodec, 1, 'Cannot read "c": got 1, want an integer'],
    [realCodec, "x", 'Cannot read "c": got "x", want a number'],
    [textCodec, 1, 'Cannot read "c": got 1, want text'],
    [booleanCodec, 2, 'Cannot read "c": got 2, want 0 or 1'],
    [blobCodec, "x", 'Cannot read "c": got "x", want bytes'],
    [dateCodec, "x", 'Cannot read "c": got "x", want an integer'],
    [jsonCodec, 1, 'Cannot read "c": got 1, want JSON text'],
  ];
  for (const [codec, stored, message] of cases) {
    assertThrows(() => codec.decode(stored, "c"), TypeError, message);
  }
  assertThrows(
    () => integerCodec.decode(2n ** 53n, "c"),
    RangeError,
    'Cannot read "c": the integer is beyond 2^53, declare the column as bigint()',
  );
});

Deno.test("Codec.decode() reads integers in any form", () => {
  assertEquals(integerCodec.decode(5n, "c"), 5);
  assertEquals(realCodec.decode(5n, "c"), 5);
  assertEquals(booleanCodec.decode(1n, "c"), true);
  assertEquals(dateCodec.decode(5n, "c"), new Date(5));
});

Deno.test("describe() keeps a message short", () => {
  assertEquals(describe("x".repeat(50)), `"${"x".repeat(40)}..."`);
  assertEquals(describe(null), "null");
  assertEquals(describe(Symbol("s")), "Symbol(s)");
  assertEquals(describe(Object.create(null)), "an object");
  assertEquals(describe(new Int8Array()), "an Int8Array");
});

Deno.test("jsonCodec names the column of what is no JSON", () => {
  const circle: { of?: unknown } = {};
  circle.of = circle;
  for (const value of [circle, { a: 1n }]) {
    assertThrows(
      () => jsonCodec.encode(value, "c"),
      TypeError,
      'Cannot store "c": got an object, want a JSON value',
    );
  }
  assertThrows(
    () => jsonCodec.decode("{", "c"),
    TypeError,
    'Cannot read "c": got "{", want JSON text',
  );
});

Deno.test("dateCodec.decode() refuses what no Date can be", () => {
  assertEquals(dateCodec.decode(8.64e15, "c"), new Date(8.64e15));
  assertThrows(
    () => dateCodec.decode(8.64e15 + 2, "c"),
    TypeError,
    'Cannot read "c": got 8640000000000002, want milliseconds since 1970',
  );
});
