// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { fold, matchedRange } from "./fold.ts";

Deno.test("fold() brings what is typed and what is printed together", () => {
  const known: [string, string][] = [
    ["MÜNCHEN", "munchen"],
    ["São  Paulo", "sao paulo"],
    ["Saint-Denis", "saint denis"],
    ["Kuril’sk", "kurilsk"],
    ["Łódź", "lodz"],
    ["Straße", "strasse"],
    ["İstanbul", "istanbul"],
    ["Москва", "москва"],
    ["ﬁne", "fine"],
    ["  (Bad) ", "bad"],
    ["mun", "mun"],
    ["", ""],
    ["!!", ""],
  ];
  for (const [text, key] of known) assertEquals(fold(text), key, text);
});

Deno.test("matchedRange() marks the source of a prefix in UTF-16 units", () => {
  assertEquals(matchedRange("São Paulo", "sao"), [0, 3]);
  assertEquals(matchedRange("Sa\u0303o Paulo", "sao"), [0, 4]);
  assertEquals(matchedRange("Sa\u0303o Paulo", "sa"), [0, 3]);
  assertEquals(matchedRange("Saint-Denis", "saint d"), [0, 7]);
  assertEquals(matchedRange("Straße", "stras"), [0, 5]);
  assertEquals(matchedRange("😀 Paris", "par"), [3, 6]);
  assertEquals(matchedRange("Paris", "lon"), undefined);
  assertEquals(matchedRange("Paris", ""), undefined);
});
