// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { DenyList } from "./deny_list.ts";

Deno.test("DenyList.has() knows exact names, prefixes and patterns, folded", () => {
  const names = ["Berlin", "Berlin Mitte", "East Berlin", "São Paulo", "Bern"];
  const known: [string, string[]][] = [
    ["berlin", ["Berlin"]],
    ["BERLIN*", ["Berlin", "Berlin Mitte"]],
    ["*berlin", ["Berlin", "East Berlin"]],
    ["*berlin*", ["Berlin", "Berlin Mitte", "East Berlin"]],
    ["b*n", ["Berlin", "Bern"]],
    ["sao paulo", ["São Paulo"]],
    ["s*o*p*o", ["São Paulo"]],
    ["bern*rn", []],
    ["*", names],
  ];
  for (const [pattern, denied] of known) {
    const list = new DenyList([pattern]);
    assertEquals(names.filter((name) => list.has(name)), denied, pattern);
  }
  assertEquals(names.some((name) => new DenyList().has(name)), false);
});

Deno.test("DenyList is bounded", () => {
  assertThrows(
    () => new DenyList(Array.from({ length: 1001 }, (_, i) => `a${i}`)),
    RangeError,
    "Cannot deny more than 1000 patterns",
  );
});
