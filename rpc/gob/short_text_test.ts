// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { seeded } from "../testdata/random.ts";
import { asciiText, knownName, utf8Text, writeUtf8 } from "./short_text.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function wanted(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

// All that is next to a bound of UTF-8, as any byte of a sign.
const EDGES = [0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1]
  .concat([0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3])
  .concat([0xf4, 0xf5, 0xf7, 0xf8, 0xff]);

Deno.test("utf8Text() takes what TextDecoder takes, and nothing else", () => {
  let count = 0;
  const check = (...list: number[]) => {
    const bytes = new Uint8Array([0xff, ...list, 0xbf]);
    const text = utf8Text(bytes, 1, bytes.length - 1);
    if (text !== wanted(Uint8Array.from(list))) {
      assertEquals(text, wanted(Uint8Array.from(list)), `${list}`);
    }
    if (text !== undefined) count++;
  };
  check();
  for (let first = 0; first < 256; first++) {
    check(first);
    for (const second of EDGES) {
      check(first, second);
      for (const third of EDGES) {
        if (first > 0xd0) check(first, second, third);
      }
    }
  }
  for (const first of EDGES.slice(-9)) {
    for (const second of EDGES) {
      for (const third of EDGES.slice(2, 12)) {
        for (const fourth of EDGES.slice(2, 12)) {
          check(first, second, third, fourth);
        }
      }
    }
  }
  assertEquals(count > 1000, true);
});

Deno.test("writeUtf8() writes what TextEncoder writes, and no half of a pair", () => {
  const random = seeded(20261130);
  const units = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff]
    .concat([0xdc00, 0xdfff, 0xe000, 0xffff]);
  const bytes = new Uint8Array(40);
  const encoder = new TextEncoder();
  let count = 0;
  for (let run = 0; run < 5000; run++) {
    const list = Array.from(
      { length: random(6) },
      () => units[random(units.length)] ?? 0,
    );
    const text = String.fromCharCode(...list);
    const end = writeUtf8(text, bytes, 3);
    assertEquals(end === -1, !text.isWellFormed(), `${list}`);
    if (end === -1) continue;
    assertEquals(bytes.subarray(3, end), encoder.encode(text), `${list}`);
    count++;
  }
  assertEquals(count > 1000 && count < 5000, true);
});

Deno.test("asciiText() and knownName() give the text, nothing where it is not ASCII", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7 & 127);
    const text = String.fromCharCode(...bytes);
    assertEquals(asciiText(bytes, 0, length), text);
    for (let times = 0; times < 2; times++) {
      assertEquals(knownName(bytes, 0, length), text);
    }
    if (length === 0) continue;
    assertEquals(asciiText(bytes, 1, length), text.slice(1));
    bytes[length - 1] = 128;
    assertEquals(asciiText(bytes, 0, length), undefined);
    assertEquals(knownName(bytes, 0, length), undefined);
    assertEquals(knownName(bytes, 0, length - 1), text.slice(0, -1));
  }
});
