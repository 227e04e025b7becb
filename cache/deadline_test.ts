// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { withDeadline } from "./deadline.ts";

const forever = () => new Promise(() => {});

Deno.test("withDeadline() gives what is in time and leaves no timer", async () => {
  assertEquals(await withDeadline(60_000, [], () => Promise.resolve(1)), 1);
});

Deno.test("withDeadline() aborts with a TimeoutError when the time is over", async () => {
  const error = await assertRejects(
    () => withDeadline(1, [undefined], forever),
    DOMException,
    "Cannot wait longer than 1 ms",
  );
  assertEquals(error.name, "TimeoutError");
});

Deno.test("withDeadline() aborts with the reason of the signal that ends it", async () => {
  const controller = new AbortController();
  const signals = [undefined, new AbortController().signal, controller.signal];
  const wait = withDeadline(60_000, signals, forever);
  controller.abort(new Error("gone"));
  await assertRejects(() => wait, Error, "gone");
  await assertRejects(
    () => withDeadline(60_000, signals, forever),
    Error,
    "gone",
  );
});

Deno.test("withDeadline() takes a time that fits no timer for a long one", async () => {
  const later = () => new Promise((resolve) => setTimeout(resolve, 5, 1));
  for (const ms of [Infinity, 2 ** 40]) {
    assertEquals(await withDeadline(ms, [], later), 1);
  }
});
