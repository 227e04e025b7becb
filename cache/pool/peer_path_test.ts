// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { formatPeerPath, isAskable, parsePeerPath } from "./peer_path.ts";

const BASE = "/_geecache/";
const HOST = "http://127.0.0.1:8001";

Deno.test("formatPeerPath() and parsePeerPath() carry any askable key", () => {
  const keys = ["Tom", "a b", "a+b", "x/y", "%2F", "100%", "?#&=", "__proto__"];
  keys.push("üñ", "中文", "😀", "...", ".a", "\0", "\r\n", "~-_.!*'()");
  for (const key of keys) {
    for (const group of ["scores", "a/b", "c d"]) {
      const path = formatPeerPath(BASE, { group, key });
      assertEquals(parsePeerPath(HOST + path, BASE), { group, key });
      // What fetch and Deno.serve make of it is the same path.
      assertEquals(new URL(path, HOST).pathname, path);
    }
  }
});

Deno.test("parsePeerPath() reads the paths that a Go node writes", () => {
  const cases: [path: string, key: string][] = [
    ["Tom", "Tom"],
    ["a+b", "a b"],
    ["a%2Bb", "a+b"],
    ["x%2Fy", "x/y"],
    ["%C3%BC%C3%B1", "üñ"],
    ["..", ".."],
    ["100%25", "100%"],
    ["", ""],
    ["x/y", "x/y"],
  ];
  for (const [path, key] of cases) {
    const url = `${HOST}/_geecache/scores/${path}`;
    assertEquals(parsePeerPath(url, BASE), { group: "scores", key });
  }
});

Deno.test("parsePeerPath() leaves query and fragment out", () => {
  const request = { group: "g", key: "k" };
  assertEquals(parsePeerPath(`${HOST}/_geecache/g/k?a/b`, BASE), request);
  assertEquals(parsePeerPath(`${HOST}/_geecache/g/k#?`, BASE), request);
});

Deno.test("parsePeerPath() knows no path outside of the base", () => {
  for (const path of ["/other", "/", "", "/_geecache", "//_geecache/g/k"]) {
    assertEquals(parsePeerPath(HOST + path, BASE), undefined);
  }
});

Deno.test("parsePeerPath() refuses what has no key or is badly escaped", () => {
  assertThrows(
    () => parsePeerPath(`${HOST}/_geecache/scores`, BASE),
    SyntaxError,
    'Cannot read "/_geecache/scores": want a group and a key',
  );
  for (const part of ["%zz", "%", "%ff", "%ED%A0%80"]) {
    assertThrows(
      () => parsePeerPath(`${HOST}/_geecache/scores/${part}`, BASE),
      SyntaxError,
      `Cannot read "${part}": it is badly escaped`,
    );
  }
});

Deno.test("isAskable() refuses what a URL would change", () => {
  for (const key of ["", ".", "..", "\ud800", "a\udc00"]) {
    assertEquals(isAskable(key), false, key);
  }
  for (const key of ["...", "a.", "😀", "%2e"]) {
    assertEquals(isAskable(key), true);
  }
});

Deno.test("formatPeerPath() never gives two questions one path", () => {
  let seed = 3;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  const letters = ["a", "/", "%", "+", " ", "2", "F", ".", "ü", "?"];
  const word = () =>
    Array.from({ length: 1 + random(4) }, () => letters[random(10)]).join("");
  const seen = new Map<string, string>();
  for (let round = 0; round < 20_000; round++) {
    const request = { group: word(), key: word() };
    const path = formatPeerPath(BASE, request);
    const question = JSON.stringify(request);
    assertEquals(seen.get(path) ?? question, question);
    seen.set(path, question);
  }
});
