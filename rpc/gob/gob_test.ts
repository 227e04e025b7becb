// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import * as gob from "./mod.ts";

const point = gob.struct("Point", { X: gob.int, Y: gob.int });
const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));
const back = <T>(type: gob.GobType<T>, value: T) =>
  gob.decode(gob.encode(type, value), type);

Deno.test("encode() and decode() give values back, the extreme ones too", () => {
  const cases: [gob.GobType<unknown>, unknown][] = [
    [gob.int, Number.MAX_SAFE_INTEGER],
    [gob.int, Number.MIN_SAFE_INTEGER],
    [gob.int, -(2 ** 30)],
    [gob.int, 2 ** 30],
    [gob.int, 2 ** 31],
    [gob.int, -(2 ** 31) - 1],
    [gob.int64, 2n ** 63n - 1n],
    [gob.int64, -(2n ** 63n)],
    [gob.int64, 5],
    [gob.bigint, 5n],
    [gob.bigint, -(2n ** 62n)],
    [gob.uint64, 2n ** 64n - 1n],
    [gob.uint32, 2 ** 32 - 1],
    [gob.uint, 2 ** 32],
    [gob.float, -0],
    [gob.float, NaN],
    [gob.float, 5e-324],
    [gob.float, -Infinity],
    [gob.float32, Math.fround(0.1)],
    [gob.complex, { re: -1, im: NaN }],
    [gob.string, "\ufeffh\u00e9 \0 \ud83c\udf0d".repeat(50)],
    [gob.byteString, new Uint8Array([0xff, 0])],
    [gob.bytes, new Uint8Array(300).fill(7)],
    [gob.array(gob.slice(gob.string), 2), [["a"], []]],
    [gob.map(gob.string, point), new Map([["__proto__", { X: 1, Y: 0 }]])],
    [gob.bigInt, 0n],
    [gob.bigInt, -(2n ** 200n) + 1n],
    [gob.date, new Date(-1)],
    [gob.date, new Date(8.64e15)],
    [gob.time, { seconds: -5n, nanoseconds: 999_999_999, offset: -3661 }],
    [gob.time, { seconds: 0n, nanoseconds: 1, offset: undefined }],
    [gob.struct("", {}), {}],
    [gob.struct("S", { "": gob.int, toString: gob.int }), {
      "": 1,
      toString: 2,
    }],
  ];
  for (const [type, value] of cases) assertEquals(back(type, value), value);
});

Deno.test("encode() refuses what its type does not have, and names the field", () => {
  const line = gob.struct("Line", { From: point, Tags: gob.slice(gob.string) });
  const cases: [() => unknown, typeof Error, string][] = [
    [
      () => gob.encode(point, { X: 1.5, Y: 0 }),
      TypeError,
      'Cannot encode gob: Point.X: got 1.5, want a whole number for "int"',
    ],
    [
      () => gob.encode(point, { X: 1 } as never),
      TypeError,
      "Cannot encode gob: Point.Y: got undefined, want a whole number",
    ],
    [
      () => gob.encode(line, { From: { X: "1", Y: 0 }, Tags: [] } as never),
      TypeError,
      'Cannot encode gob: Line.From: Point.X: got "1", want a whole number',
    ],
    [
      () => gob.encode(line, { From: { X: 1, Y: 0 }, Tags: ["\ud800"] }),
      TypeError,
      "want a string without lone surrogates",
    ],
    [
      () => gob.encode(gob.int8, 128),
      RangeError,
      '128 does not fit into "int8"',
    ],
    [
      () => gob.encode(gob.uint, -1),
      RangeError,
      'Cannot encode gob: -1 does not fit into "uint"',
    ],
    [
      () => gob.encode(gob.uint64, 2n ** 64n),
      RangeError,
      'does not fit into "uint64"',
    ],
    [() => gob.encode(gob.float32, 1e300), RangeError, "1e+300 does not fit"],
    [
      () => gob.encode(gob.array(gob.int, 2), [1]),
      RangeError,
      'got 1 items, want 2 for "[2]int"',
    ],
    [
      () => gob.encode(gob.slice(gob.nullable(point)), [null]),
      TypeError,
      "got null, want a value, which only a field of a struct may lack",
    ],
    [
      () => gob.encode(gob.any(), { name: "main.X", value: 1 }),
      TypeError,
      'got "main.X", want null or { name, value } with the name of a type',
    ],
    [() => gob.encode(gob.any(), 5 as never), TypeError, "got 5, want null or"],
    [() => gob.encode(gob.date, new Date(NaN)), TypeError, "no valid Date"],
    [() => gob.encode(gob.bigInt, 5 as never), TypeError, "want a bigint"],
    [
      () => gob.encode({ kind: "int" } as gob.GobType<number>, 5),
      TypeError,
      "Cannot use gob type: got Object, want one that gob made",
    ],
    [
      () => gob.encode(point, null as never),
      TypeError,
      'got null, want an object for "Point"',
    ],
  ];
  for (const [run, Class, text] of cases) assertThrows(run, Class, text);
});

Deno.test("GobEncoder goes on as before where a value was refused", () => {
  const line = gob.struct("Line", { From: point, N: gob.int8 });
  const encoder = new gob.GobEncoder();
  const from = { X: 1, Y: 2 };
  assertThrows(() => encoder.encode(line, { From: from, N: 1000 }), RangeError);
  const fresh = new gob.GobEncoder();
  assertEquals(
    encoder.encode(line, { From: from, N: 1 }),
    fresh.encode(line, { From: from, N: 1 }),
  );
});

Deno.test("types that make no sense are refused", () => {
  assertThrows(() => gob.slice(gob.uint8), TypeError, "want bytes");
  assertThrows(() => gob.array(gob.int, -1), RangeError, "got length -1");
  assertThrows(
    () => gob.struct("S", { ["__proto__"]: gob.int }),
    TypeError,
    'Cannot make gob type "S": a field "__proto__"',
  );
  assertThrows(() => gob.infer(null), TypeError, "Cannot infer gob type");
  assertThrows(() => gob.infer([]), TypeError, "Cannot infer gob type");
  assertThrows(
    () => new gob.GobDecoder({ maxDepth: 0 }),
    RangeError,
    "maxDepth 0",
  );
});

Deno.test("infer() finds the type of plain values", () => {
  const value = {
    Name: "Tom",
    Age: 18,
    Share: 0.5,
    Big: 2n ** 60n,
    Is: true,
    Data: new Uint8Array([1]),
    Points: [{ X: 1 }, { X: 2 }],
    Mixed: [1, 2.5],
    Map: new Map([["a", 1]]),
  };
  assertEquals(gob.decode(gob.encode(gob.infer(value), value)), value);
});

Deno.test("decode() matches structs by the names of fields", () => {
  const sent = gob.struct("A", {
    X: gob.int,
    Gone: gob.slice(point),
    Z: gob.bool,
  });
  const bytes = gob.encode(sent, { X: 7, Gone: [{ X: 1, Y: 2 }], Z: true });
  const wanted = gob.struct("B", { Z: gob.bool, New: gob.bytes, X: gob.int });
  assertEquals(gob.decode(bytes, wanted), {
    Z: true,
    New: new Uint8Array(),
    X: 7,
  });
  assertThrows(
    () => gob.decode(bytes, gob.struct("C", { Other: gob.int })),
    TypeError,
    'Cannot decode gob: a struct with "X", "Gone", "Z" has no field of "C"',
  );
});

Deno.test("GobDecoder goes on after a value of another type", () => {
  const encoder = new gob.GobEncoder();
  const decoder = new gob.GobDecoder();
  const line = gob.struct("Line", { From: point, To: point });
  const value = { From: { X: 1, Y: 2 }, To: { X: 3, Y: 4 } };
  decoder.push(encoder.encode(line, value));
  decoder.push(encoder.encode(gob.int, 1000));
  decoder.push(encoder.encode(gob.int, 7));
  const wrong = gob.struct("Line", {
    From: gob.struct("P", { X: gob.string }),
    To: point,
  });
  assertThrows(
    () => decoder.next(wrong),
    TypeError,
    'Cannot decode gob: "From": "X": got an int, want "string"',
  );
  assertThrows(() => decoder.next(gob.int8), RangeError, "does not fit");
  assertEquals(decoder.next(gob.int), 7);
});

Deno.test("GobDecoder passes over a refused value that comes in chunks", () => {
  const event = gob.struct("E", { A: gob.any({ P: point }), B: gob.int });
  const bytes = gob.encode(event, {
    A: { name: "P", value: { X: 1, Y: 2 } },
    B: 5,
  });
  const wrong = gob.struct("E", { A: gob.any(), B: gob.string });
  const decoder = new gob.GobDecoder();
  let refused = 0;
  for (const byte of [...bytes, ...gob.encode(gob.string, "next")]) {
    decoder.push(new Uint8Array([byte]));
    try {
      const value = refused === 0 ? decoder.next(wrong) : decoder.next();
      if (value !== undefined) assertEquals(value, "next");
    } catch (error) {
      refused++;
      assertEquals(error instanceof TypeError, true, String(error));
    }
  }
  assertEquals([refused, decoder.buffered], [1, 0]);
});

Deno.test("GobDecoder refuses what is no gob, and every call after it", () => {
  const cases: [string, typeof Error, string][] = [
    ["00", SyntaxError, "a message ends too early"],
    ["ff", SyntaxError, ""],
    ["03 04 00", SyntaxError, ""],
    ["02 04 00", SyntaxError, "a message ends too early"],
    ["04 04 00 06 00", SyntaxError, "1 bytes are left at the end"],
    ["03 04 01 06", SyntaxError, "a value has a field number"],
    ["03 7e 00 06", SyntaxError, "type 63 is not defined"],
    ["05 0c 00 7f 61 61", SyntaxError, "127 bytes where 2 are left"],
    ["04 0a 00 fe ff", SyntaxError, "a message ends too early"],
    ["0c 04 00 f7 01 02 03 04 05 06 07 08 09", SyntaxError, "an integer of 9"],
    ["0b 0c 00 f8 ff ff ff ff ff ff ff ff", SyntaxError, "is no count"],
    ["02 0f 00", SyntaxError, "type 8 is not to be defined"],
    ["05 ff 81 09 00 00", SyntaxError, "a type definition has a field 8"],
    ["03 ff 81 00", SyntaxError, "a type definition defines nothing"],
    ["08 ff 81 02 02 00 00 00 00", SyntaxError, "0 is no type"],
    // A slice of itself; a slice of a type that is not there.
    [
      "0d ff 81 02 01 02 ff 82 00 01 ff 82 00 00 04 ff 82 00 01",
      SyntaxError,
      "",
    ],
    [
      "0c ff 81 02 01 02 ff 82 00 01 7e 00 00 04 ff 82 00 00",
      SyntaxError,
      "63",
    ],
  ];
  for (const [text, Class, reason] of cases) {
    const decoder = new gob.GobDecoder();
    decoder.push(hex(text));
    if (reason === "") {
      assertThrows(() => gob.decode(hex(text)), Class, "Cannot decode gob:");
      continue;
    }
    const first = assertThrows(() => decoder.next(), Class, reason);
    assertEquals(assertThrows(() => decoder.next(), Class, reason), first);
  }
});

Deno.test("GobDecoder keeps its limits", () => {
  const message = "Cannot decode gob: a value is longer than 100 bytes";
  const decoder = new gob.GobDecoder({ maxBytes: 100 });
  // Of the length alone, before the bytes are there.
  decoder.push(hex("fc 7f ff ff ff"));
  assertThrows(() => decoder.next(), RangeError, message);

  interface Nest {
    In: Nest | null;
  }
  const nest: gob.GobType<Nest> = gob.struct("Nest", {
    In: gob.nullable(gob.lazy(() => nest)),
  });
  let deep: Nest = { In: null };
  for (let depth = 0; depth < 250; depth++) deep = { In: deep };
  const bytes = gob.encode(nest, deep);
  const text = "more than 200 values are inside of one another";
  assertThrows(() => gob.decode(bytes, nest), RangeError, text);
  assertThrows(() => gob.decode(bytes), RangeError, text);
  assertEquals(gob.decode(bytes, nest, { maxDepth: 300 }), deep);

  const fields = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`F${index}`, gob.int]),
  );
  const wide = gob.slice(gob.struct("Wide", fields));
  const zeros = Object.fromEntries(Object.keys(fields).map((key) => [key, 0]));
  const blank = gob.encode(wide, Array.from({ length: 50 }, () => zeros));
  const left = "a value takes up more than 129536 bytes of memory";
  assertThrows(
    () => gob.decode(blank, wide, { maxBytes: 2000 }),
    RangeError,
    left,
  );
  const next = gob.encode(gob.int, 7);
  const small = new gob.GobDecoder({ maxBytes: 2000 });
  small.push(blank);
  assertThrows(() => small.next(), RangeError, left);
  small.push(next);
  assertEquals(small.next(), 7);
  assertEquals(gob.decode(blank, wide)[49], zeros);

  // A byte each, and hundreds of bytes in memory.
  for (
    const [type, value] of [
      [gob.slice(gob.bytes), new Array(400).fill(new Uint8Array())],
      [gob.slice(gob.map(gob.string, gob.int)), new Array(700).fill(new Map())],
      [gob.slice(gob.struct("E", {})), new Array(5000).fill({})],
      [gob.slice(gob.slice(gob.int)), new Array(5000).fill([])],
    ] as const
  ) {
    const many = gob.encode(type as gob.GobType<unknown>, value); // its own
    const maxBytes = many.length;
    assertThrows(
      () => gob.decode(many, undefined, { maxBytes }),
      RangeError,
      `a value takes up more than ${32 * maxBytes + 65536} bytes of memory`,
    );
    assertEquals(gob.decode(many), value);
  }

  // Definitions are kept as long as the stream lives.
  const names = new gob.GobEncoder();
  const wise = new gob.GobDecoder();
  const define = (letter: string) => {
    const name = letter.repeat(600_000);
    wise.push(names.encode(gob.struct(name, {}), {}));
    return wise.next();
  };
  assertEquals(define("A"), {});
  const defined = "definitions of types take more than 1048576 bytes";
  assertThrows(() => define("B"), RangeError, defined);

  const encoder = new gob.GobEncoder();
  const few = new gob.GobDecoder({ maxTypes: 2 });
  for (const name of ["A", "B", "C"]) {
    few.push(
      encoder.encode(gob.struct(name, { [name]: gob.int }), { [name]: 1 }),
    );
  }
  few.next();
  few.next();
  assertThrows(() => few.next(), RangeError, "more than 2 types are defined");
});

Deno.test("GobDecoder gives no prototype to a stream's names", () => {
  // The stream's struct has a field "__proto__".
  const bytes = gob.encode(gob.struct("S", { xxproto_x: gob.int }), {
    xxproto_x: 1,
  });
  const at = new TextDecoder("latin1").decode(bytes).indexOf("xxproto_x");
  bytes.set(new TextEncoder().encode("__proto__"), at);
  const value = gob.decode(bytes) as Record<string, unknown>;
  assertEquals(Object.keys(value), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(value), null);
});

Deno.test("GobDecoder reads a value of many pieces, but not again and again", () => {
  const types = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `main.T${index}`,
      gob.struct(`T${index}`, { [`F${index}`]: gob.int }),
    ]),
  );
  const all = gob.slice(gob.any(types));
  const value = Object.keys(types).map((name, index) => ({
    name,
    value: { [`F${index}`]: 1 },
  }));
  const bytes = gob.encode(all, value);
  const inBytes = (maxBytes: number) => {
    const decoder = new gob.GobDecoder({ maxBytes });
    let result: unknown;
    for (const byte of bytes) {
      decoder.push(new Uint8Array([byte]));
      result ??= decoder.next(all);
    }
    return result;
  };
  assertEquals(inBytes(4 * bytes.length), value);
  assertThrows(
    () => inBytes(bytes.length),
    RangeError,
    "Cannot decode gob: a value comes in too many pieces",
  );
});
