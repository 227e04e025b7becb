// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Change } from "../change.ts";
import { ChangeCounter } from "./change_ids.ts";
import { ChangeLog } from "./change_log.ts";
import type { MissedChange } from "./outbox.ts";

const counter = new ChangeCounter();

function drop(key: string, group = "g"): MissedChange {
  const change: Change = { kind: "drop", keys: [key] };
  return { group, change, ids: counter.next() };
}

Deno.test("ChangeLog keeps changes for one to two spans", () => {
  let now = 1000;
  const recent = new ChangeLog(100, () => now, counter);
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
  const recent = new ChangeLog(100, () => now, counter);
  const [one, other] = [drop("a"), drop("a", "h")];
  recent.note(one);
  now = 10;
  recent.note(other);
  const change: Change = { kind: "remove", keys: ["a"] };
  assertEquals(recent.all(), [{ ...one, change }, { ...other, change }]);
});
