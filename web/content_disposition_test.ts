// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { contentDisposition } from "./content_disposition.ts";

Deno.test("contentDisposition() writes names so that no client misreads them", () => {
  const table: [filename: string | undefined, tail: string][] = [
    [undefined, ""],
    ["", ""],
    ["..", ""],
    ["a/..", ""],
    ["a.txt", '; filename="a.txt"'],
    ["/etc/passwd", '; filename="passwd"'],
    ["C:\\x\\a.txt", '; filename="a.txt"'],
    ['a"b.txt', `; filename="a\\"b.txt"; filename*=UTF-8''a%22b.txt`],
    ["50%.txt", `; filename="50%.txt"; filename*=UTF-8''50%25.txt`],
    ["a\r\nx: y", '; filename="a__x: y"'],
    ["\0a\x7f\x85", '; filename="_a__"'],
    [
      "€'(1)*.txt",
      `; filename="_'(1)*.txt"; filename*=UTF-8''%E2%82%AC%27%281%29%2A.txt`,
    ],
    ["\ud800.txt", `; filename="_.txt"; filename*=UTF-8''%EF%BF%BD.txt`],
    ["😀", `; filename="_"; filename*=UTF-8''%F0%9F%98%80`],
    ["a\u202etxt.exe", '; filename="a_txt.exe"'],
  ];
  for (const [filename, tail] of table) {
    const value = contentDisposition("attachment", filename);
    assertEquals(value, `attachment${tail}`, JSON.stringify(filename));
  }
  assertEquals(contentDisposition("inline", "a"), 'inline; filename="a"');
});

Deno.test("contentDisposition() cuts a long name", () => {
  const value = contentDisposition("inline", "😀".repeat(10_000));
  assertEquals(value.match(/%F0%9F%98%80/g)?.length, 200);
});

Deno.test("contentDisposition() refuses a type that could forge a header", () => {
  const type = "inline\r\nx: y" as "inline"; // what the compiler refuses
  assertThrows(
    () => contentDisposition(type, "a"),
    TypeError,
    'Cannot make a content-disposition: got type "inline\\r\\nx: y", want "attachment" or "inline"',
  );
});

Deno.test("contentDisposition() keeps any text inside the grammar", () => {
  const grammar =
    /^inline(?:; filename="(?:[^"\\]|\\["\\])+"(?:; filename\*=UTF-8''(?:[\w!#$&+.^`|~-]|%[\dA-F]{2})+)?)?$/;
  const odd = fc.constantFrom(..."\r\n\0\"\\/%;'*=. aé", "\ud800", "\udfff");
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: odd }),
  );
  fc.assert(
    fc.property(text, (filename) => {
      const value = contentDisposition("inline", filename);
      assertMatch(value, /^[\x20-\x7e]+$/);
      assertMatch(value, grammar);
      const encoded = /UTF-8''(.+)$/.exec(value)?.[1];
      if (encoded !== undefined) {
        assertEquals(/[/\\\p{Cc}]/u.test(decodeURIComponent(encoded)), false);
      }
    }),
    { seed: 5, numRuns: 2000 },
  );
});
