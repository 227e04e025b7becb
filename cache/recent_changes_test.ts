// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { RecentChanges } from "./recent_changes.ts";

Deno.test("RecentChanges.has() knows a key for the time asked for", () => {
  let now = 100;
  const changes = new RecentChanges(() => now);
  assertEquals(changes.has("k", 50), false);
  changes.add("k");
  now = 149;
  assertEquals([changes.has("k", 50), changes.has("other", 50)], [true, false]);
  now = 150;
  assertEquals(changes.has("k", 50), false);
  changes.addAll();
  assertEquals(changes.has("other", 50), true);
  now = 90; // the clock went back
  assertEquals(changes.has("other", 50), true);
});

Deno.test("RecentChanges.has() takes every key for changed rather than forget one", () => {
  let now = 0;
  const changes = new RecentChanges(() => now);
  for (let key = 0; key < 10_000; key++) changes.add(`${key}`);
  now = 10;
  assertEquals(changes.has("stranger", 20), false);
  changes.add("one more");
  assertEquals([changes.has("0", 20), changes.has("stranger", 20)], [
    true,
    true,
  ]);
  now = 20;
  assertEquals([changes.has("0", 20), changes.has("one more", 20)], [
    false,
    true,
  ]);
});
