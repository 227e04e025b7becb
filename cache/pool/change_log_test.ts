// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Change } from "../change.ts";
import { ChangeLog } from "./change_log.ts";
import type { MissedChange } from "./outbox.ts";

function drop(key: string, group = "g"): MissedChange {
  const change: Change = { kind: "drop", keys: [key] };
  return { group, change, ids: undefined };
}

Deno.test("ChangeLog keeps changes for one to two spans", () => {
  let now = 1000;
  const recent = new ChangeLog(100, () => now);
  const keys = () =>
    recent.all().flatMap(({ change }) => "keys" in change ? change.keys : []);
  assertEquals(keys(), []);
  recent.note(drop("a"));
  now = 1099;
  recent.note(drop("b"));
  now = 1150;
  recent.note(drop("c"));
  assertEquals(keys(), ["a", "b", "c"]);
  now = 1250;
  assertEquals(keys(), ["c"]);
  now = 1500;
  assertEquals(keys(), []);
});

Deno.test("ChangeLog keeps changes when the clock goes back", () => {
  let now = 1000;
  const recent = new ChangeLog(100, () => now);
  recent.note(drop("a"));
  now = 10;
  recent.note(drop("a", "h"));
  assertEquals(recent.all(), [
    { group: "g", change: { kind: "remove", keys: ["a"] }, ids: undefined },
    { group: "h", change: { kind: "remove", keys: ["a"] }, ids: undefined },
  ]);
});
