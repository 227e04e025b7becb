// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { Slots } from "./slots.ts";

Deno.test("Slots.put() numbers from 1 and take() gives each value once", () => {
  const slots = new Slots<string>();
  assertEquals([slots.put("a"), slots.put("b")], [1, 2]);
  assertEquals(slots.size, 2);
  assertEquals([
    slots.take(2),
    slots.take(2),
    slots.take(1),
    slots.take(3),
    slots.take(0),
  ], [
    "b",
    undefined,
    "a",
    undefined,
    undefined,
  ]);
  assertEquals(slots.size, 0);
});

Deno.test("Slots.put() skips the slot that a slow call still holds", () => {
  const slots = new Slots<string>();
  const slow = slots.put("slow");
  for (let i = 0; i < 1000; i++) {
    const seq = slots.put("fast");
    assertEquals(slots.take(seq), "fast");
  }
  assertEquals(slots.take(slow), "slow");
});

Deno.test("Slots.take() tells numbers apart that share a slot", () => {
  const slots = new Slots<string>();
  const seq = slots.put("a");
  assertEquals(slots.take(seq + 16), undefined);
  assertEquals(slots.take(seq + 2 ** 32), undefined);
  assertEquals(slots.take(seq), "a");
});

Deno.test("Slots grow and keep every value under its number", () => {
  const slots = new Slots<number>();
  const seqs = Array.from({ length: 5000 }, (_, i) => slots.put(i));
  assertEquals(new Set(seqs).size, 5000);
  assertEquals(seqs.map((seq) => slots.take(seq)), seqs.map((_, i) => i));
});

Deno.test("Slots.takeAll() empties in the order of the numbers", () => {
  const slots = new Slots<number>();
  for (let i = 0; i < 100; i++) slots.put(i);
  slots.take(1);
  assertEquals(slots.takeAll(), Array.from({ length: 99 }, (_, i) => i + 1));
  assertEquals([slots.size, slots.takeAll()], [0, []]);
});

Deno.test("Slots.put() begins anew after 32 bits and skips numbers that are still held", () => {
  const slots = new Slots<string>(2 ** 32 - 2);
  assertEquals(["a", "b", "c"].map((value) => slots.put(value)), [
    2 ** 32 - 2,
    2 ** 32 - 1,
    1,
  ]);
  assertEquals([slots.get(2 ** 32 - 1), slots.get(1), slots.get(2)], [
    "b",
    "c",
    undefined,
  ]);
  for (let i = 0; i < 100; i++) slots.take(slots.put("d"));
  assertEquals([slots.take(2 ** 32 - 2), slots.size], ["a", 2]);
  assertEquals(slots.takeAll(), ["c", "b"]);
});
