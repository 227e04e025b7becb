// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "./nearest.ts";

Deno.test("nearest() finds typing errors and nothing else", () => {
  const known = ["name", "age", "email", "created_at"];
  assertEquals(nearest("nmae", known), "name");
  assertEquals(nearest("Name", known), "name");
  assertEquals(nearest("created", known), undefined);
  assertEquals(nearest("create_at", known), "created_at");
  assertEquals(nearest("mail", known), "email");
  assertEquals(nearest("xyz", known), undefined);
  assertEquals(nearest("", known), undefined);
  assertEquals(nearest("a".repeat(1 << 20), ["b".repeat(1 << 20)]), undefined);
});

Deno.test("didYouMean() says the name or nothing", () => {
  assertEquals(didYouMean("uiid", ["int", "uuid"]), ' (did you mean "uuid"?)');
  assertEquals(didYouMean("what", ["int", "uuid"]), "");
});
