// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { CoolDown } from "./cool_down.ts";

Deno.test("CoolDown.ready() passes failed servers over for a while, and then lets one call try", () => {
  let now = 0;
  const coolDown = new CoolDown(() => now, () => 0);
  const tried = new Set<string>();
  const ready = (...servers: string[]) =>
    coolDown.ready(servers, (server) => tried.has(server)).join("");
  assertEquals(ready("a", "b"), "ab");
  coolDown.fail("a");
  assertEquals([ready("a", "b"), ready("a")], ["b", "a"]);
  now = 499;
  assertEquals(ready("a", "b"), "b");
  now = 500;
  assertEquals(ready("a", "b"), "ab");
  tried.add("a");
  assertEquals([ready("a", "b"), ready("a")], ["b", "a"]);
  coolDown.clear("a");
  assertEquals(ready("a", "b"), "ab");
  coolDown.fail("a");
  coolDown.keep(["b"]);
  assertEquals(ready("a", "b"), "ab");
});
