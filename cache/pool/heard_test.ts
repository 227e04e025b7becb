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

Deno.test("Heard forgets older changes when one more may have missed them", () => {
  const heard = new Heard();
  heard.add(ids(1), ["b", "c"]);
  // Fewer are down: of those it has heard with the first one as well.
  heard.add(ids(2), ["b"]);
  assertEquals(heard.has(new Map([["a", [1, 2]]]), ["b"]), true);
  assertEquals(heard.has(ids(1), ["c"]), false);
  heard.add(ids(3), ["d"]);
  assertEquals(heard.has(ids(3), ["d"]), true);
  assertEquals(heard.has(ids(1), []), false);
});
