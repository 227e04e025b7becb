// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import {
  canonicalPath,
  isHost,
  normalPath,
  pathEnd,
  pathStart,
  readable,
} from "./path.ts";

Deno.test("pathStart() and pathEnd() enclose the path of a URL", () => {
  const cases: [url: string, path: string][] = [
    ["http://localhost/a/b?c=/d", "/a/b"],
    ["http://localhost/a#b?c", "/a"],
    ["https://[::1]:8000/", "/"],
    ["http://localhost", ""],
  ];
  for (const [url, path] of cases) {
    const start = pathStart(url);
    assertEquals(url.slice(start, pathEnd(url, start)), path, url);
  }
});

Deno.test("canonicalPath() decodes once and marks encoded slashes", () => {
  assertEquals(canonicalPath("/a%2Fb/%25/c"), "/a\0b/%/c");
  assertEquals(readable("a\0b"), "a/b");
  for (const bad of ["/%", "/%zz", "/%00", "/a\0", "/%c3%28"]) {
    assertEquals(canonicalPath(bad), undefined, bad);
  }
});

Deno.test("isHost() takes names and addresses and nothing else", () => {
  for (
    const good of ["localhost", "a.b:80", "[::1]:8000", "127.0.0.1", "a_b"]
  ) {
    assert(isHost(good), good);
  }
  for (
    const bad of [
      "",
      " ",
      "a b",
      "a/b",
      "a?",
      "a#",
      "a@b",
      "a\\b",
      "a:x",
      "::1",
    ]
  ) {
    assertEquals(isHost(bad), false, bad);
  }
});

Deno.test("normalPath() spells paths alike exactly when their segments are", () => {
  const table: [raw: string, normal: string][] = [
    ["/a/b", "/a/b"],
    ["/%61dmin", "/admin"],
    ["/a%2fb", "/a%2Fb"],
    ["/a%2Fb/%63", "/a%2Fb/c"],
    ["/%252e", "/%252e"],
    ["/%2e%2E/x", "/../x"],
    ["/a%3fb%23c", "/a%3Fb%23c"],
    ["/%C3%a9", "/%C3%A9"],
    ["/\u00e9", "/%C3%A9"],
    ["/a%20b", "/a%20b"],
    ["/%7Ba%7D;@:%40", "/{a};@:@"],
    ["/%zz", "/%zz"],
    ["/%00", "/%00"],
  ];
  for (const [raw, normal] of table) {
    assertEquals(normalPath(raw), normal, raw);
    assertEquals(normalPath(normal), normal, `${raw} again`);
  }
});
