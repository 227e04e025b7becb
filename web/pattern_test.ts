// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { covers, type ParamNames, parsePattern } from "./pattern.ts";

Deno.test("parsePattern() tells the three kinds of segments apart", () => {
  assertEquals(parsePattern("/p/:lang/*rest"), [
    { kind: "static", text: "p" },
    { kind: "param", text: "lang" },
    { kind: "wildcard", text: "rest" },
  ]);
  assertEquals(parsePattern(""), []);
  assertEquals(parsePattern("/"), [{ kind: "static", text: "" }]);
  assertEquals(parsePattern("/*"), [{ kind: "wildcard", text: "" }]);
});

Deno.test("parsePattern() refuses malformed patterns and says why", () => {
  const reasons: [pattern: string, reason: string][] = [
    ["hello", 'it must start with "/"'],
    ["/a//b", "it has an empty segment"],
    ["/:", '":" needs a name of letters, digits and "_"'],
    ["/:a-b", '":a-b" needs a name of letters, digits and "_"'],
    ["/*a/b", '"*a" must come last'],
    ["/:a/:a", 'the name "a" is used twice'],
    ["/:id{int}", '":id{int}" holds one of the reserved characters {}?#'],
    ["/a?b", '"a?b" holds one of the reserved characters {}?#'],
    ["/%zz", '"%zz" has a malformed escape'],
  ];
  for (const [pattern, reason] of reasons) {
    assertThrows(
      () => parsePattern(pattern),
      SyntaxError,
      `Cannot read pattern "${pattern}": ${reason}`,
    );
  }
});

Deno.test("covers() compares whole segments", () => {
  const check = (prefix: string, pattern: string) =>
    covers(parsePattern(prefix), parsePattern(pattern));
  assert(check("", "/x"));
  assert(check("/v1", "/v1"));
  assert(check("/v1", "/v1/x"));
  assert(check("/u/:id", "/u/:uid/x"));
  assertEquals(check("/v1", "/v10"), false);
  assertEquals(check("/u/:id", "/u/me"), false);
  assertEquals(check("/u/me", "/u/:id"), false);
});

Deno.test("ParamNames holds the names of a literal", () => {
  const names: ParamNames<"/a/:id/*rest">[] = ["id", "rest"];
  // @ts-expect-error "a" is not a parameter
  names.push("a");
  const none: ParamNames<"/a/*">[] = [];
  // @ts-expect-error an unnamed wildcard has no name
  none.push("");
  assertEquals(names.length + none.length, 4);
});
