// Copyright 2026 the Gee authors. MIT license.
// Scalars and lengths at the edges of the ways they are written and read in.

import { assertEquals, assertThrows } from "@std/assert";
import { Inference } from "./infer.ts";
import * as gob from "./mod.ts";

/** An unsigned integer as the format says, by way of its digits. */
function uintBytes(value: bigint): string {
  if (value < 128n) return value.toString(16).padStart(2, "0");
  const digits = value.toString(16);
  const hex = digits.padStart(digits.length + 1 & ~1, "0");
  return (256 - hex.length / 2).toString(16) + hex;
}

Deno.test("integers of every size are written as gob has them", () => {
  for (let bits = 0n; bits < 64n; bits++) {
    for (const near of [-1n, 0n, 1n]) {
      const value = (1n << bits) + near;
      const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER);
      const one = isSafe ? Number(value) : value;
      const signed = [BigInt.asIntN(64, value), -value].filter((int) =>
        int >= -(1n << 63n)
      );
      const uint = gob.encode(gob.uint64, one);
      assertEquals(uint.slice(3).toHex(), uintBytes(value));
      assertEquals(gob.decode(uint, gob.uint64), one);
      for (const int of signed) {
        const bytes = gob.encode(gob.int64, isSafe ? Number(int) : int);
        const zigzag = int < 0n ? ~int << 1n | 1n : int << 1n;
        assertEquals(bytes.slice(3).toHex(), uintBytes(zigzag), `${int}`);
        assertEquals(gob.decode(bytes, gob.bigint), int);
        assertEquals(
          gob.decode(gob.encode(gob.bigint, int)),
          gob.decode(bytes),
        );
      }
    }
  }
});

Deno.test("texts of every length and script are written as UTF-8", () => {
  const lengths = [...Array(140).keys(), 255, 256, 8191, 8192, 8193, 70_000];
  for (const length of lengths) {
    for (const last of ["x", "\x7f", "\x80", "é", "€", "🌍"]) {
      const text = "x".repeat(Math.max(length - 1, 0)) + last;
      const bytes = gob.encode(gob.string, text);
      const utf8 = new TextEncoder().encode(text);
      const sent = gob.encode(gob.byteString, utf8);
      assertEquals(bytes.toHex() === sent.toHex(), true, `${length} ${last}`);
      assertEquals(gob.decode(bytes, gob.string) === text, true);
    }
    const half = "x".repeat(length) + "\ud83c";
    assertThrows(
      () => gob.encode(gob.string, half),
      TypeError,
      "want a string without lone surrogates",
    );
  }
});

Deno.test("names that are no UTF-8 are written as what is nearest", () => {
  const odd = "N\ud83c";
  const event = gob.struct(odd, {
    [odd]: gob.int,
    Any: gob.any({ [odd]: gob.slice(gob.int, odd) }),
  });
  const value = { [odd]: 1, Any: { name: odd, value: [2] } };
  // The types of both are known; that names are computed is not.
  const bytes = gob.encode(event as gob.GobType<unknown>, value);
  assertEquals(gob.decode(bytes), {
    "N\ufffd": 1,
    Any: { name: "N\ufffd", value: [2] },
  });
});

Deno.test("keys of maps are read as they are, whatever was read before", () => {
  const type = gob.map(gob.string, gob.int);
  const keys = ["", "a", "é", "x".repeat(32), "x".repeat(33), "🌍".repeat(20)];
  // Names with one hash: "Aa" and "BB" are the same to it.
  keys.push("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa", "\x00", "\x00\x00");
  for (let index = 0; index < 2000; index++) keys.push(`key${index}`);
  const value = new Map(keys.map((key, index) => [key, index]));
  const bytes = gob.encode(type, value);
  for (let times = 0; times < 2; times++) {
    assertEquals(gob.decode(bytes, type), value);
    assertEquals(gob.decode(bytes), value);
  }
  const raw = gob.map(gob.byteString, gob.int);
  const odd = new Map([[new Uint8Array([255]), 1]]);
  const bad = gob.encode(raw, odd);
  assertEquals([...gob.decode(bad, raw)], [...odd]);
  assertThrows(() => gob.decode(bad, type), SyntaxError, "is not UTF-8");
});

Deno.test("GobEncoder writes values of changing lengths", () => {
  const encoder = new gob.GobEncoder();
  const decoder = new gob.GobDecoder();
  const lengths = [0, 124, 125, 126, 5, 300, 70_000, 120, 1 << 20, 1, 252, 253];
  for (const length of lengths) {
    const value = new Uint8Array(length).fill(length);
    decoder.push(encoder.encode(gob.bytes, value));
    assertEquals(decoder.next(gob.bytes), value);
    assertEquals(decoder.buffered, 0);
  }
});

Deno.test("GobDecoder.skip() passes over values of any length in any chunks", () => {
  const encoder = new gob.GobEncoder();
  const decoder = new gob.GobDecoder();
  const point = gob.struct("Point", { X: gob.int, Y: gob.bytes });
  for (const length of [0, 3 << 20, 5]) {
    const bytes = encoder.encode(point, { X: 0, Y: new Uint8Array(length) });
    decoder.push(bytes.subarray(0, 3));
    assertEquals(decoder.skip(), false);
    decoder.push(bytes.subarray(3));
    assertEquals([decoder.skip(), decoder.skip()], [true, false]);
    decoder.push(encoder.encode(gob.int, length));
    assertEquals([decoder.next(), decoder.buffered], [length, 0]);
  }
});

Deno.test("GobEncoder.encodeShared() gives the bytes until the next call", () => {
  const encoder = new gob.GobEncoder();
  const kept = new gob.GobEncoder();
  const point = gob.struct("Point", { X: gob.int });
  for (let X = 0; X < 3; X++) {
    const bytes = encoder.encodeShared(point, { X });
    assertEquals(bytes, kept.encode(point, { X }));
  }
});

Deno.test("GobEncoder refuses a value that encodes into the same stream", () => {
  const encoder = new gob.GobEncoder();
  let isNested = true;
  const type = gob.struct("S", {
    A: gob.int,
    B: gob.marshaler("main.B", {
      encode: () => isNested ? encoder.encode(gob.int, 1) : new Uint8Array(1),
      decode: () => 0,
      zero: () => 0,
    }),
  });
  assertThrows(
    () => encoder.encode(type, { A: 1, B: 2 }),
    TypeError,
    "S.B: a value encodes another one into its own stream",
  );
  isNested = false;
  const wanted = new gob.GobEncoder().encode(type, { A: 1, B: 2 });
  assertEquals(encoder.encode(type, { A: 1, B: 2 }), wanted);
});

Deno.test("structs are written and read alike in any order of fields", () => {
  const type = gob.struct("S", {
    A: gob.int,
    B: gob.string,
    C: gob.slice(gob.int),
  });
  const value = { A: 1, B: "b", C: [1] };
  const bytes = gob.encode(type, value);
  const others: gob.ValueOf<typeof type>[] = [
    { C: [1], B: "b", A: 1 },
    { A: 1, C: [1], B: "b" },
    Object.assign(Object.create({ A: 1 }), { B: "b", C: [1] }),
    Object.assign({}, value, { D: 1 }),
    Object.assign({ D: 1 }, value),
  ];
  for (const other of others) assertEquals(gob.encode(type, other), bytes);
  assertThrows(
    () => gob.encode(type, Object.assign({}, value, { B: undefined })),
    TypeError,
    "Cannot encode gob: S.B: got undefined, want a string",
  );
  const turned = gob.struct("T", {
    C: gob.slice(gob.int),
    N: gob.int,
    A: gob.int,
  });
  assertEquals(Object.entries(gob.decode(bytes, turned)), [
    ["C", [1]],
    ["N", 0],
    ["A", 1],
  ]);
  const wider = gob.struct("W", {
    N: gob.bytes,
    A: gob.int,
    M: gob.bool,
    C: gob.slice(gob.int),
  });
  assertEquals(Object.entries(gob.decode(bytes, wider)), [
    ["N", new Uint8Array()],
    ["A", 1],
    ["M", false],
    ["C", [1]],
  ]);
});

Deno.test("Inference finds one type for values of one shape", () => {
  const inference = new Inference();
  const point = inference.of({ X: 1, Y: { Z: [1] } });
  assertEquals(inference.of({ X: 2, Y: { Z: [3, 4] } }) === point, true);
  const null0 = Object.assign(Object.create(null), { X: 1, Y: { Z: [1] } });
  assertEquals(inference.of(null0) === point, true);
  const others = [{ X: 1 }, { X: 1, Y: { Z: [0.5] } }, { Y: { Z: [1] }, X: 1 }];
  for (const other of others) {
    assertEquals(inference.of(other) === point, false);
    assertEquals(inference.of(other) === inference.of({ ...other }), true);
  }
  const map = inference.of(new Map([["a", [1]]]));
  assertEquals(inference.of(new Map([["b", [2]]])) === map, true);
  assertEquals(inference.of(new Map([["b", ["2"]]])) === map, false);
});
