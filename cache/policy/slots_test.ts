// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { NO_SLOT, Slots } from "./slots.ts";

function insert(slots: Slots<string>, key: string, value = "", size = 1) {
  if (slots.isFull) slots.grow();
  assertEquals(slots.find(key), NO_SLOT);
  const { last, bytes } = slots.hash;
  return slots.insert(key, value, size, last, bytes);
}

Deno.test("Slots keeps entries while it grows", () => {
  const slots = new Slots<string>();
  for (let key = 0; key < 1000; key++) insert(slots, `k${key}`, `${key}`, 2);
  assertEquals([slots.count, slots.bytes], [1000, 2000]);
  for (let key = 0; key < 1000; key++) {
    assertEquals(slots.value(slots.find(`k${key}`)), `${key}`);
  }
  assertEquals(slots.find("k1000"), NO_SLOT);
});

Deno.test("Slots.remove() frees a slot for the next entry", () => {
  const slots = new Slots<string>();
  const slot = insert(slots, "a", "1");
  insert(slots, "b", "2");
  slots.remove(slot);
  assertEquals(slots.find("a"), NO_SLOT);
  assertEquals(insert(slots, "c", "3", 5), slot);
  assertEquals([slots.count, slots.bytes], [2, 6]);
});

Deno.test("Slots.keyBytes() remembers short keys and counts others anew", () => {
  const slots = new Slots<string>();
  for (const key of ["", "Tom", "ü", "中".repeat(7), "中".repeat(200)]) {
    const bytes = new TextEncoder().encode(key).length;
    const slot = insert(slots, key);
    assertEquals(slots.keyBytes(slot, key), bytes);
  }
});

Deno.test("Slots finds what a Map finds, keys short and long", () => {
  const key = fc.oneof(
    fc.integer({ min: 0, max: 60 }).map(String),
    fc.integer({ min: 0, max: 9 }).map((id) => `a key of many letters ${id}`),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  const steps = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 400 });
  fc.assert(fc.property(steps, (steps) => {
    const slots = new Slots<string>();
    const model = new Set<string>();
    for (const [key, isStored] of steps) {
      const slot = slots.find(key);
      assertEquals(slot !== NO_SLOT, model.has(key));
      if (slot !== NO_SLOT && !isStored) {
        slots.remove(slot);
        model.delete(key);
      }
      if (slot !== NO_SLOT || !isStored) continue;
      insert(slots, key, key);
      model.add(key);
    }
    for (const key of model) assertEquals(slots.value(slots.find(key)), key);
    assertEquals(slots.count, model.size);
  }));
});

Deno.test("Slots spreads numbers that share a bucket in a Map of V8", () => {
  // V8 takes the hash of "4096" from its digits: multiples of 4096 collide there.
  const slots = new Slots<string>();
  for (let id = 0; id < 2000; id++) insert(slots, String(id * 4096));
  const buckets = new Set<number>();
  for (let id = 0; id < 2000; id++) {
    buckets.add(slots.hashOf(slots.find(String(id * 4096))) & 4095);
  }
  assert(buckets.size > 1300, `only ${buckets.size} of 4096 buckets are used`);
});
