// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import type { ChangeIds } from "./change_ids.ts";
import { Heard } from "./heard.ts";

function ids(number: number): ChangeIds {
  return new Map([["a", [number, number]]]);
}

Deno.test("Heard.has() wants the changes, and all who may have missed them", () => {
  const heard = new Heard();
  assertEquals(heard.has(ids(1), []), false);
  heard.add(ids(1), ["b", "c"]);
  assertEquals(heard.has(ids(1), []), true);
  assertEquals(heard.has(ids(1), ["c"]), true);
  assertEquals(heard.has(ids(1), ["d"]), false);
  assertEquals(heard.has(ids(2), []), false);
});

Deno.test("Heard knows with each change who was named with it", () => {
  const heard = new Heard();
  heard.add(ids(1), ["b", "c"]);
  heard.add(ids(2), ["c"]);
  assertEquals(heard.has(ids(1), ["c", "b"]), true);
  assertEquals(heard.has(ids(2), ["b"]), false);
  heard.add(ids(2), ["c", "b"]);
  assertEquals(heard.has(new Map([["a", [1, 2]]]), ["b"]), true);
});

Deno.test("Heard forgets what was told longest ago", () => {
  const heard = new Heard();
  for (let number = 1; number <= 9; number++) {
    heard.add(ids(number), [`b${number}`]);
    if (number > 1) heard.add(ids(2), ["b2"]); // used of late, it stays
  }
  assertEquals(heard.has(ids(1), []), false);
  assertEquals(heard.has(ids(2), ["b2"]), true);
  assertEquals(heard.has(ids(9), ["b9"]), true);
});
