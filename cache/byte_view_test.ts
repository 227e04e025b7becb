// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { ByteView } from "./byte_view.ts";

Deno.test("ByteView() copies the bytes in", () => {
  const source = new Uint8Array([1, 2, 3]);
  const view = new ByteView(source);
  source.fill(0);
  assertEquals([...view.bytes()], [1, 2, 3]);
});

Deno.test("ByteView.bytes() copies the bytes out", () => {
  const view = new ByteView("Tom");
  view.bytes().fill(0);
  assertEquals(view.toString(), "Tom");
});

Deno.test("ByteView() encodes text as UTF-8 and a lone surrogate as U+FFFD", () => {
  assertEquals([...new ByteView("ü").bytes()], [0xc3, 0xbc]);
  assertEquals([...new ByteView("\ud800").bytes()], [0xef, 0xbf, 0xbd]);
  assertEquals(new ByteView("中文").length, 6);
});

Deno.test("ByteView.toString() keeps a byte order mark and replaces malformed bytes", () => {
  assertEquals(new ByteView("\ufeffa").toString(), "\ufeffa");
  assertEquals(new ByteView(new Uint8Array([0xff])).toString(), "\ufffd");
});

Deno.test("ByteView.slice() views a part and counts negative ends from the back", () => {
  const view = new ByteView("geecache");
  assertEquals(view.slice(3).toString(), "cache");
  assertEquals(view.slice(-5, -2).toString(), "cac");
  assertEquals(view.slice(5, 2).length, 0);
});

Deno.test("ByteView.copyTo() writes at an offset and refuses what does not fit", () => {
  const target = new Uint8Array(4);
  new ByteView("ab").copyTo(target, 2);
  assertEquals([...target], [0, 0, 0x61, 0x62]);
  assertThrows(() => new ByteView("abc").copyTo(target, 2), RangeError);
});

Deno.test("ByteView.adopt() shares the bytes it is given", () => {
  const bytes = new Uint8Array([0x61]);
  const view = ByteView.adopt(bytes);
  bytes[0] = 0x62;
  assertEquals(view.toString(), "b");
});
