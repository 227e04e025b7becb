// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Change } from "../change.ts";
import { ChangeLog } from "./change_log.ts";

function drop(key: string): Change {
  return { kind: "drop", keys: [key] };
}

Deno.test("ChangeLog keeps changes for one to two spans", () => {
  let now = 1000;
  const recent = new ChangeLog(100, () => now);
  const keys = () =>
    recent.all().flatMap(([, change]) => "keys" in change ? change.keys : []);
  assertEquals(keys(), []);
  recent.note("g", drop("a"));
  now = 1099;
  recent.note("g", drop("b"));
  now = 1150;
  recent.note("g", drop("c"));
  assertEquals(keys(), ["a", "b", "c"]);
  now = 1250;
  assertEquals(keys(), ["c"]);
  now = 1500;
  assertEquals(keys(), []);
});

Deno.test("ChangeLog keeps changes when the clock goes back", () => {
  let now = 1000;
  const recent = new ChangeLog(100, () => now);
  recent.note("g", drop("a"));
  now = 10;
  recent.note("h", drop("a"));
  assertEquals(recent.all(), [
    ["g", { kind: "remove", keys: ["a"] }],
    ["h", { kind: "remove", keys: ["a"] }],
  ]);
});
