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
    () => sqlite("file:100%.db"),
    TypeError,
    'Cannot open database "file:100%.db": a "%" in a URL wants two hex digits that are UTF-8',
  );
  assertThrows(
    () => sqlite("file:gee.db?mode=ro"),
    TypeError,
    'Cannot open database "file:gee.db?mode=ro": options in the URL are not supported',
  );
});

Deno.test("libsql() refuses what is no remote database", () => {
  const cases: [string, object, string][] = [
    ["https://", {}, 'Cannot open database "https://": want a URL with a host'],
    [
      "libsql://db.example.com?authToken=secret",
      {},
      'Cannot open database on "db.example.com": its URL has more than a host and a path, want the token as "authToken"',
    ],
    [
      "http://:secret@db.example.com",
      {},
      'Cannot open database on "db.example.com": its URL has more than a host and a path',
    ],
    // A secret in it is not told, whatever else is wrong.
    [
      "libsql://db.example.com?authToken=secret",
      { authtoken: "x" },
      'Cannot open database on "db.example.com": its URL has more than a host and a path',
    ],
    [
      "wss://db.example.com",
      { authtoken: "x" },
      'Cannot open database on "db.example.com": there is no option "authtoken", want "authToken", "tls", "timeout" (did you mean "authToken"?)',
    ],
    [
      "http://db.example.com",
      { authToken: 5 },
      'Cannot open database on "db.example.com": "authToken" is a number, want a string',
    ],
    [
      "file:gee.db",
      { authToken: "x" },
      'Cannot open database "gee.db": there is no option "authToken"',
    ],
    [
      ":memory:",
      { syncUrl: "http://db.example.com" },
      'Cannot open database ":memory:": a replica wants a file and a "libsql:", "https:" or "http:" URL as "syncUrl"',
    ],
  ];
  for (const [location, options, message] of cases) {
    assertThrows(() => libsql(location, options), TypeError, message);
  }
  assertThrows(
    () => libsql("ws://db.example.com", { timeout: 0 }),
    RangeError,
    '"timeout" is 0, want a whole number from 1 to 2147483647',
  );
});
