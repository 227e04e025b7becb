// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { MAX_RANGES, parseRanges } from "./range.ts";

Deno.test("parseRanges() reads one range and cuts it at the end", () => {
  const one = (header: string) => parseRanges(header, 10);
  assertEquals(one("bytes=0-4"), [{ start: 0, end: 4 }]);
  assertEquals(one("bytes=5-"), [{ start: 5, end: 9 }]);
  assertEquals(one("Bytes=5-99"), [{ start: 5, end: 9 }]);
  assertEquals(one("bytes=-3"), [{ start: 7, end: 9 }]);
  assertEquals(one("bytes=-30"), [{ start: 0, end: 9 }]);
  assertEquals(one(`bytes=0-${"9".repeat(99)}`), [{ start: 0, end: 9 }]);
});

Deno.test("parseRanges() keeps the order of several ranges and drops those behind the end", () => {
  assertEquals(parseRanges("bytes= -2 ,, 10-12, 0-0,0-3,", 10), [
    { start: 8, end: 9 },
    { start: 0, end: 0 },
    { start: 0, end: 3 },
  ]);
});

Deno.test("parseRanges() tells unsatisfiable from ignored", () => {
  for (
    const header of ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-,-0"]
  ) {
    assertEquals(parseRanges(header, 10), "unsatisfiable", header);
  }
  const ignored = ["bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "items=0-1"];
  for (
    const header of [...ignored, "bytes=,", "bytes=0-1,x", "bytes=0 -1", "0-1"]
  ) {
    assertEquals(parseRanges(header, 10), undefined, header);
  }
  assertEquals(parseRanges("bytes=-1", 0), undefined);
});

Deno.test("parseRanges() ignores a header with too many ranges", () => {
  const many = (count: number) => `bytes=${"0-0,".repeat(count - 1)}0-0`;
  assertEquals(parseRanges(many(MAX_RANGES), 10)?.length, MAX_RANGES);
  assertEquals(parseRanges(many(MAX_RANGES + 1), 10), undefined);
  assertEquals(parseRanges(many(100_000), 10), undefined);
});

/** The offsets that one well-formed range names, by looking at each of them. */
function offsets(first: string, last: string, size: number): number[] {
  return Array.from({ length: size }, (_, offset) => offset).filter((offset) =>
    first === ""
      ? offset >= size - Number(last)
      : offset >= Number(first) && (last === "" || offset <= Number(last))
  );
}

Deno.test("parseRanges() agrees with a reference that looks at every byte", () => {
  const number = fc.nat(40).map(String);
  const spec = fc.oneof(
    fc.tuple(number, number),
    fc.tuple(number, fc.constant("")),
    fc.tuple(fc.constant(""), number),
  );
  const specs = fc.array(spec, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(specs, fc.integer({ min: 1, max: 30 }), (specs, size) => {
      const header = `bytes=${specs.map((spec) => spec.join("-")).join(", ")}`;
      const got = parseRanges(header, size);
      const isBad = specs.some(([first, last]) =>
        first !== "" && last !== "" && Number(last) < Number(first)
      );
      if (isBad) return assertEquals(got, undefined, header);
      const want = specs.map(([first, last]) => offsets(first, last, size))
        .filter((list) => list.length > 0)
        .map((list) => ({ start: list[0] ?? -1, end: list.at(-1) ?? -1 }));
      assertEquals(got, want.length === 0 ? "unsatisfiable" : want, header);
    }),
    { seed: 3, numRuns: 3000 },
  );
});

Deno.test("parseRanges() takes any text without a throw, and stays in the file", () => {
  const text = fc.string({ unit: fc.constantFrom(..."bytes=0123456789-, \t") });
  fc.assert(
    fc.property(text, fc.nat(100), (text, size) => {
      for (const header of [text, `bytes=${text}`]) {
        const ranges = parseRanges(header, size);
        if (ranges === undefined || ranges === "unsatisfiable") continue;
        for (const { start, end } of ranges) {
          assertEquals(0 <= start && start <= end && end < size, true, header);
        }
      }
    }),
    { seed: 4, numRuns: 3000 },
  );
});
