// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { scannerOf, type SegmentTests } from "./scanner.ts";

function fits(scanner: string, own: SegmentTests = {}) {
  const { test } = scannerOf(scanner, own, "/x");
  return (...segments: string[]) => segments.map((segment) => test(segment));
}

Deno.test("scannerOf() knows int with one way to write each number", () => {
  const int = fits("int");
  assertEquals(int("0", "7", "-7", "9007199254740991"), Array(4).fill(true));
  const bad = ["", "007", "-0", "+1", "1.5", "1e3", " 1", "1\n", "٣"];
  assertEquals(int(...bad, "9007199254740992"), Array(10).fill(false));
  assertEquals(scannerOf("int", {}, "/x").parse?.("-42"), -42);
});

Deno.test("scannerOf() knows uuid, alpha and choices", () => {
  const uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  assertEquals(fits("uuid")(uuid, uuid.toUpperCase(), `${uuid}0`, "x"), [
    true,
    true,
    false,
    false,
  ]);
  assertEquals(fits("alpha")("abc", "aB", "a1", "", "é"), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assertEquals(fits("asc|desc")("asc", "desc", "as", "asc|desc", ""), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("scannerOf() takes own scanners, whole segments only", () => {
  const own = {
    slug: /[a-z-]+/g,
    even: (text: string) => text.length % 2 === 0,
    int: /one/,
  };
  const slug = fits("slug", own);
  assertEquals(slug("a-b", "a-b", "a_b"), [true, true, false]);
  assertEquals(fits("even", own)("ab", "abc"), [true, false]);
  assertEquals(fits("int", own)("one", "1"), [true, false]);
});

Deno.test("scannerOf() refuses an unknown name and says the nearest", () => {
  assertThrows(
    () => scannerOf("itn", {}, "/x"),
    SyntaxError,
    'Cannot read pattern "/x": "{itn}" is not a scanner (did you mean "int"?)',
  );
  assertThrows(
    () => scannerOf("constructor", {}, "/x"),
    SyntaxError,
    'Cannot read pattern "/x": "{constructor}" is not a scanner',
  );
});
