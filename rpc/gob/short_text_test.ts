// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { asciiText, knownName, utf8Text } from "./short_text.ts";

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
