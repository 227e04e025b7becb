// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { didYouMean } from "./nearest_name.ts";

Deno.test("didYouMean() says the nearest name, or none", () => {
  const known = ["id", "name", "email", "createdAt"];
  const cases: [string, string | undefined][] = [
    ["nmae", "name"],
    ["Name", "name"],
    ["names", "name"],
    ["e-mail", "email"],
    ["created_at", "createdAt"],
    ["ID", "id"],
    ["idd", "id"],
    ["xy", undefined],
    ["zzzz", undefined],
    ["", undefined],
  ];
  for (const [given, wanted] of cases) {
    const hint = wanted === undefined ? "" : ` (did you mean "${wanted}"?)`;
    assertEquals(didYouMean(given, known), hint, given);
  }
  assertEquals(didYouMean("a", []), "");
  assertEquals(didYouMean("a", ["b"]), "");
});

Deno.test("didYouMean() takes a long name in short time", () => {
  // Only that it comes back: quadratic time would be hours.
  assertEquals(didYouMean("x".repeat(5_000_000), ["name"]), "");
});
