// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { allowsRanges, failedPrecondition } from "./precondition.ts";

const DATE = "Fri, 02 Jan 2026 03:04:05 GMT";
const EARLIER = "Fri, 02 Jan 2026 03:04:04 GMT";
const LATER = "Fri, 02 Jan 2026 03:04:06 GMT";
const strong = { etag: '"a,b"', lastModified: DATE, isStrong: true };
const weak = { etag: 'W/"a,b"', lastModified: DATE, isStrong: false };

type Headers = Readonly<Record<string, string>>;

function reader(headers: Headers) {
  return { header: (name: string) => headers[name] };
}

Deno.test("failedPrecondition() follows RFC 9110, section 13.2.2", () => {
  const table: [Headers, ofStrong: number, ofWeak: number][] = [
    [{}, 0, 0],
    [{ "if-match": "*" }, 0, 0],
    [{ "if-match": '"a,b"' }, 0, 412],
    [{ "if-match": 'W/"a,b"' }, 412, 412],
    [{ "if-match": '"x", "a,b"' }, 0, 412],
    [{ "if-match": '"a", "b"' }, 412, 412],
    [{ "if-match": "" }, 412, 412],
    [{ "if-match": '"a,b"', "if-unmodified-since": EARLIER }, 0, 412],
    [{ "if-unmodified-since": EARLIER }, 412, 412],
    [{ "if-unmodified-since": DATE }, 0, 0],
    [{ "if-unmodified-since": "junk" }, 0, 0],
    [{ "if-none-match": "*" }, 304, 304],
    [{ "if-none-match": '"a,b"' }, 304, 304],
    [{ "if-none-match": 'W/"a,b"' }, 304, 304],
    [{ "if-none-match": '"x" , W/"a,b"' }, 304, 304],
    [{ "if-none-match": '"a"', "if-modified-since": DATE }, 0, 0],
    [{ "if-none-match": "a,b" }, 0, 0],
    [{ "if-modified-since": DATE }, 304, 304],
    [{ "if-modified-since": LATER }, 304, 304],
    [{ "if-modified-since": EARLIER }, 0, 0],
    [{ "if-modified-since": "Friday, 02-Jan-26 03:04:05 GMT" }, 304, 304],
    [{ "if-modified-since": "Fri Jan  2 03:04:05 2026" }, 304, 304],
    [{ "if-modified-since": "2027" }, 0, 0],
    [{ "if-modified-since": "junk 1" }, 0, 0],
    [{ "if-match": '"x"', "if-none-match": '"a,b"' }, 412, 412],
    [{ "if-unmodified-since": DATE, "if-none-match": '"a,b"' }, 304, 304],
  ];
  for (const [headers, ofStrong, ofWeak] of table) {
    const text = JSON.stringify(headers);
    const request = reader(headers);
    assertEquals(failedPrecondition(request, strong) ?? 0, ofStrong, text);
    assertEquals(failedPrecondition(request, weak) ?? 0, ofWeak, text);
  }
});

Deno.test("allowsRanges() takes exact strong validators only", () => {
  const table: [
    value: string | undefined,
    ofStrong: boolean,
    ofWeak: boolean,
  ][] = [
    [undefined, true, true],
    ['"a,b"', true, false],
    ['W/"a,b"', false, false],
    ['"x"', false, false],
    [DATE, true, false],
    [LATER, false, false],
    ["junk", false, false],
  ];
  for (const [value, ofStrong, ofWeak] of table) {
    const request = reader(value === undefined ? {} : { "if-range": value });
    assertEquals(allowsRanges(request, strong), ofStrong, value);
    assertEquals(allowsRanges(request, weak), ofWeak, value);
  }
});
