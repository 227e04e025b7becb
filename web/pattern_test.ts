// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { covers, type ParamsOf, parsePattern } from "./pattern.ts";

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
    ["/a{int}", '"a{int}" holds one of the reserved characters {}?#'],
    ["/:id{int", '":id{int" holds one of the reserved characters {}?#'],
    ["/:id{}", '"{}" is neither a name nor a choice such as {a|b}'],
    ["/:id{a|}", '"{a|}" is neither a name nor a choice such as {a|b}'],
    ["/:id{\\\\d+}", '"{\\\\d+}" is neither a name nor a choice such as {a|b}'],
    ["/:{int}", '":{int}" needs a name of letters, digits and "_"'],
    ["/*rest{int}", '"*rest{int}" holds one of the reserved characters {}?#'],
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

Deno.test("parsePattern() reads scanners", () => {
  assertEquals(parsePattern("/u/:id{int}/:order{asc|desc}"), [
    { kind: "static", text: "u" },
    { kind: "param", text: "id", scanner: "int" },
    { kind: "param", text: "order", scanner: "asc|desc" },
  ]);
});

Deno.test("covers() asks for the same scanner or none", () => {
  const check = (prefix: string, pattern: string) =>
    covers(parsePattern(prefix), parsePattern(pattern));
  assert(check("/u/:id", "/u/:id{int}/x"));
  assert(check("/u/:id{int}", "/u/:uid{int}/x"));
  assertEquals(check("/u/:id{int}", "/u/:id/x"), false);
  assertEquals(check("/u/:id{int}", "/u/:id{uuid}/x"), false);
});

Deno.test("ParamsOf types the parameters of a literal", () => {
  const params: ParamsOf<"/a/:id{int}/:order{asc|desc}/:name/*rest"> = {
    id: 1,
    order: "asc",
    name: "x",
    rest: "y",
  };
  // @ts-expect-error not one of the choices
  const wrong: typeof params.order = "up";
  const none: ParamsOf<"/a/*"> = {};
  // @ts-expect-error an unnamed wildcard has no name
  none[""];
  const any: ParamsOf<string> = { whatever: 1 };
  assertEquals([params.id + 1, wrong, none, any.whatever], [2, "up", {}, 1]);
});
