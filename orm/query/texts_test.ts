// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { MAX_TEXTS, Texts } from "./texts.ts";

Deno.test("Texts.join() joins, however many texts there are", () => {
  const texts = new Texts();
  for (let i = 0; i < 3 * MAX_TEXTS; i++) {
    assertEquals(
      texts.join(`a${i % 7}`, " and ", `b${i}`),
      `a${i % 7} and b${i}`,
    );
  }
  assertEquals(texts.join("a", "", "b"), "ab");
  assertEquals(texts.join("a", "", "b"), "ab");
});
