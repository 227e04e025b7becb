// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { NO_SLOT, Slots } from "./slots.ts";

Deno.test("Slots keeps entries and their order while it grows", () => {
  const slots = new Slots<number>(1);
  for (let key = 0; key < 1000; key++) slots.insert(0, `k${key}`, key, 2, 2);
  assertEquals([slots.count, slots.bytes], [1000, 2000]);
  const keys = slots.entries(0).map(([, value]) => value);
  assertEquals(keys, Array.from({ length: 1000 }, (_, index) => 999 - index));
  assertEquals(slots.find("k1000"), NO_SLOT);
});

Deno.test("Slots.remove() frees a slot for the next entry", () => {
  const slots = new Slots<string>(1);
  const slot = slots.insert(0, "a", "1", 1, 1);
  slots.insert(0, "b", "2", 1, 1);
  slots.remove(slot);
  assertEquals(slots.insert(0, "c", "3", 5, 1), slot);
  assertEquals([slots.entries(0), slots.bytes], [[["c", "3"], ["b", "2"]], 6]);
});

Deno.test("Slots.reuse() puts another entry into a slot and at the front", () => {
  const slots = new Slots<string>(1);
  const slot = slots.insert(0, "a", "1", 1, 1);
  slots.insert(0, "b", "2", 1, 1);
  slots.reuse(0, slot, "ü", "3", 5, 2);
  assertEquals(slots.entries(0), [["ü", "3"], ["b", "2"]]);
  assertEquals([slots.count, slots.bytes, slots.keyBytes(slot, "ü")], [
    2,
    6,
    2,
  ]);
  assertEquals([slots.find("a"), slots.find("ü")], [NO_SLOT, slot]);
});

Deno.test("Slots keeps several lists apart and moves entries between them", () => {
  const slots = new Slots<string>(2);
  slots.insert(0, "a", "1", 1, 1);
  const slot = slots.insert(0, "b", "2", 1, 1);
  slots.insert(1, "c", "3", 1, 1);
  slots.moveToFront(1, slot);
  assertEquals(slots.entries(0), [["a", "1"]]);
  assertEquals(slots.entries(1), [["b", "2"], ["c", "3"]]);
  assertEquals([slots.key(slots.last(1)), slots.last(0)], [
    "c",
    slots.find("a"),
  ]);
  slots.clear();
  assertEquals([slots.entries(1), slots.last(1), slots.bytes], [[], 1, 0]);
});

Deno.test("Slots.keyBytes() remembers short keys and counts long ones anew", () => {
  const slots = new Slots<string>(1);
  for (const key of ["", "Tom", "ü", "中".repeat(127), "中".repeat(200)]) {
    const bytes = new TextEncoder().encode(key).length;
    const slot = slots.insert(0, key, "", bytes, bytes);
    assertEquals(slots.keyBytes(slot, key), bytes);
  }
});
