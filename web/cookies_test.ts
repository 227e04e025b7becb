// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { type CookieOptions, formatCookie, parseCookies } from "./cookies.ts";

Deno.test("parseCookies() reads names and decoded values", () => {
  const table: [header: string, pairs: [string, string][]][] = [
    ["", []],
    ["a=1", [["a", "1"]]],
    ["a=1; b=2;c=3 ;", [["a", "1"], ["b", "2"], ["c", "3"]]],
    ["a=1; a=2", [["a", "1"]]],
    ['a="x y"', [["a", "x y"]]],
    ["a=%C3%A9%3B", [["a", "é;"]]],
    ["a=%zz", [["a", "%zz"]]],
    ["a=b=c", [["a", "b=c"]]],
    ["lonely; =x; a b=c; ok=", [["ok", ""]]],
    ["__proto__=x; constructor=y", [["__proto__", "x"], ["constructor", "y"]]],
  ];
  for (const [header, pairs] of table) {
    assertEquals([...parseCookies(header)], pairs, header);
  }
  assertEquals(({} as Record<string, unknown>)["x"], undefined);
});

Deno.test("formatCookie() is safe unless told otherwise", () => {
  assertEquals(
    formatCookie("a", "1"),
    "a=1; Path=/; Secure; HttpOnly; SameSite=Lax",
  );
  assertEquals(
    formatCookie("__Host-a", "x; y\r\né\ud800"),
    "__Host-a=x%3B%20y%0D%0A%C3%A9%EF%BF%BD; Path=/; Secure; HttpOnly; SameSite=Lax",
  );
  assertEquals(
    formatCookie("a", "", {
      maxAge: 0,
      expires: new Date(0),
      domain: "example.com",
      path: "/x",
      secure: false,
      httpOnly: false,
      sameSite: "strict",
    }),
    "a=; Path=/x; Domain=example.com; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Strict",
  );
  assertEquals(
    formatCookie("a", "1", { sameSite: "none", partitioned: true }),
    "a=1; Path=/; Secure; HttpOnly; Partitioned; SameSite=None",
  );
});

Deno.test("formatCookie() refuses what browsers would refuse or forge", () => {
  const table: [name: string, options: CookieOptions, message: string][] = [
    ["a b", {}, 'Cannot set cookie "a b": the name is not a token'],
    ["", {}, 'Cannot set cookie "": the name is not a token'],
    ["a\r\n", {}, 'Cannot set cookie "a\\r\\n": the name is not a token'],
    [
      "__Secure-a",
      { secure: false },
      'Cannot set cookie "__Secure-a": its prefix needs secure',
    ],
    [
      "__host-a",
      { path: "/x" },
      'Cannot set cookie "__host-a": the prefix "__Host-" allows no domain and the path "/" only',
    ],
    [
      "__Host-a",
      { domain: "example.com" },
      'Cannot set cookie "__Host-a": the prefix "__Host-" allows no domain and the path "/" only',
    ],
    [
      "a",
      { secure: false, sameSite: "none" },
      'Cannot set cookie "a": sameSite "none" needs secure',
    ],
    [
      "a",
      { secure: false, partitioned: true },
      'Cannot set cookie "a": partitioned needs secure',
    ],
    [
      "a",
      { path: "/; Domain=evil" },
      'Cannot set cookie "a": the path "/; Domain=evil" is malformed',
    ],
    ["a", { path: "x" }, 'Cannot set cookie "a": the path "x" is malformed'],
    [
      "a",
      { domain: "a.com; Path=/x" },
      'Cannot set cookie "a": the domain "a.com; Path=/x" is malformed',
    ],
  ];
  for (const [name, options, message] of table) {
    assertThrows(() => formatCookie(name, "1", options), TypeError, message);
  }
  assertThrows(
    () => formatCookie("a", "1", { maxAge: 1.5 }),
    RangeError,
    'Cannot set cookie "a": got maxAge 1.5, want whole seconds',
  );
  assertThrows(
    () => formatCookie("a", "1", { expires: new Date(NaN) }),
    RangeError,
    'Cannot set cookie "a": expires is no valid date',
  );
  assertThrows(
    () => formatCookie("a", "x".repeat(5000)),
    RangeError,
    'Cannot set cookie "a": got 5002 bytes, want at most 4096',
  );
});

Deno.test("formatCookie() and parseCookies() bring any text back", () => {
  for (const text of ["", "a=b; c", '"quoted"', "é\u0000\n", "%41", "🍪"]) {
    const [pair = ""] = formatCookie("a", text).split(";");
    assertEquals(parseCookies(pair).get("a"), text);
  }
});
