// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";
import { toPath } from "./location.ts";

Deno.test("toPath() takes paths and file URLs", () => {
  const cases: [string | URL, string][] = [
    ["gee.db", "gee.db"],
    ["./a/gee.db", "./a/gee.db"],
    ["C:\\gee.db", "C:\\gee.db"],
    [":memory:", ":memory:"],
    ["file::memory:", ":memory:"],
    ["file:gee.db", "gee.db"],
    ["file:/srv/gee.db", "/srv/gee.db"],
    ["file:///srv/g%20e.db", "/srv/g e.db"],
    ["file://localhost/srv/gee.db", "/srv/gee.db"],
    [new URL("file:///C:/gee.db"), "C:/gee.db"],
  ];
  for (const [location, path] of cases) assertEquals(toPath(location), path);
});

Deno.test("toPath() refuses what is no local database", () => {
  assertThrows(
    () => sqlite("https://example.com/gee.db"),
    TypeError,
    'Cannot open database "https://example.com/gee.db": want a path, a "file:" URL or ":memory:"',
  );
  assertThrows(() => sqlite(""), TypeError, 'Cannot open database ""');
  assertThrows(
    () => sqlite("file:gee.db?mode=ro"),
    TypeError,
    'Cannot open database "file:gee.db?mode=ro": options in the URL are not supported',
  );
});

Deno.test("libsql() says that remote databases come later", () => {
  for (const scheme of ["libsql", "https", "http", "ws", "wss"]) {
    assertThrows(
      () => libsql(`${scheme}://db.example.com`),
      TypeError,
      `Cannot open database "${scheme}://db.example.com": remote databases are not supported yet`,
    );
  }
});
