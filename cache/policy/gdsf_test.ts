// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { GdsfCache } from "./gdsf.ts";

function sized(maxBytes: number): GdsfCache<number> {
  return new GdsfCache({ maxBytes, overhead: 0, sizeOf: (size) => size });
}

Deno.test("GdsfCache lets the largest go first", () => {
  const cache = sized(100);
  cache.set("a", 10);
  cache.set("b", 60);
  cache.set("c", 20);
  cache.set("d", 30);
  // The clock has moved on since "c" came.
  assertEquals([...cache].map(([key]) => key), ["a", "d", "c"]);
});

Deno.test("GdsfCache keeps a large entry that is used for its size", () => {
  const cache = sized(100);
  cache.set("large", 59);
  cache.set("small", 19);
  for (let use = 0; use < 3; use++) cache.get("large"); // 4 / 60 > 1 / 20
  cache.set("b", 29);
  assert(cache.has("large"));
  assertFalse(cache.has("small"));
});

Deno.test("GdsfCache lets go of what was popular once", () => {
  const cache = sized(100);
  cache.set("popular", 2);
  for (let use = 0; use < 20; use++) cache.get("popular");
  let sets = 0;
  while (cache.has("popular") && sets < 10_000) cache.set(`${sets++}`, 6);
  assert(sets > 100 && sets < 10_000, `it left after ${sets} others`);
});

Deno.test("GdsfCache weighs an entry by the size of its newest value", () => {
  const cache = sized(100);
  cache.set("a", 10);
  cache.set("b", 20);
  cache.set("a", 65); // 2 / 66 < 1 / 21
  cache.set("c", 19);
  assertEquals([...cache].map(([key]) => key).sort(), ["b", "c"]);
});

Deno.test("GdsfCache counts uses alone when sizes are not limited", () => {
  const cache = new GdsfCache<string>({ maxEntries: 3 });
  for (const key of ["a", "b", "c"]) cache.set(key, "");
  cache.get("a");
  cache.get("c");
  cache.set("d", "");
  assertEquals([...cache].map(([key]) => key).sort(), ["a", "c", "d"]);
});
