// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { parseRange } from "./range.ts";

Deno.test("parseRange() reads one range and cuts it at the end", () => {
  assertEquals(parseRange("bytes=0-4", 10), { start: 0, end: 4 });
  assertEquals(parseRange("bytes=5-", 10), { start: 5, end: 9 });
  assertEquals(parseRange("Bytes=5-99", 10), { start: 5, end: 9 });
  assertEquals(parseRange("bytes=-3", 10), { start: 7, end: 9 });
  assertEquals(parseRange("bytes=-30", 10), { start: 0, end: 9 });
});

Deno.test("parseRange() tells unsatisfiable from ignored", () => {
  for (const header of ["bytes=10-", "bytes=10-20", "bytes=-0"]) {
    assertEquals(parseRange(header, 10), "unsatisfiable", header);
  }
  assertEquals(parseRange("bytes=-1", 0), "unsatisfiable");
  const ignored = ["bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "items=0-1"];
  for (
    const header of [...ignored, "bytes=0-1,3-4", "bytes=0-" + "9".repeat(99)]
  ) {
    assertEquals(parseRange(header, 10), undefined, header);
  }
});
