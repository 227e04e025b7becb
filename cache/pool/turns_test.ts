// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Turns } from "./turns.ts";

Deno.test("Turns.take() runs one after the other, whatever becomes of them", async () => {
  const turns = new Turns(1000);
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = turns.take(() => {
    log.push("one");
    return first.promise;
  });
  const two = turns.take(() => {
    log.push("two");
    return Promise.resolve();
  });
  await Promise.resolve();
  assertEquals(log, ["one"]);
  first.reject(new Error("gone"));
  await assertRejects(() => one, Error, "gone");
  await two;
  assertEquals(log, ["one", "two"]);
});

Deno.test("Turns.take() waits for one that takes long no longer than the limit", async () => {
  using time = new FakeTime();
  const turns = new Turns(1000);
  const end = Promise.withResolvers<void>();
  const slow = turns.take(() => end.promise);
  let isDone = false;
  const next = turns.take(() => {
    isDone = true;
    return Promise.resolve();
  });
  await time.tickAsync(999);
  assertEquals(isDone, false);
  await time.tickAsync(1);
  await next;
  assertEquals(isDone, true);
  end.resolve();
  await slow;
});
