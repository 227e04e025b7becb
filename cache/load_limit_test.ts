// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { OverloadError } from "./errors.ts";
import { LoadLimit } from "./load_limit.ts";

const never = new AbortController().signal;
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("LoadLimit.run() runs no more than allowed at once, first come first served", async () => {
  const limit = new LoadLimit(2, 10);
  const order: number[] = [];
  let peak = 0;
  const loads = Array.from({ length: 8 }, (_, index) =>
    limit.run(async () => {
      order.push(index);
      peak = Math.max(peak, limit.running);
      await turn();
      return index;
    }, never));
  assertEquals([limit.running, limit.waiting], [2, 6]);
  assertEquals(await Promise.all(loads), [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals([order, peak], [[0, 1, 2, 3, 4, 5, 6, 7], 2]);
  assertEquals([limit.running, limit.waiting], [0, 0]);
});

Deno.test("LoadLimit.run() refuses what has no room to wait", async () => {
  const limit = new LoadLimit(1, 1);
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = limit.run(() => promise, never);
  const waiting = limit.run(() => Promise.resolve("second"), never);
  await assertRejects(
    () => limit.run(() => promise, never),
    OverloadError,
    "Cannot load: 1 loads run and 1 wait already",
  );
  resolve("first");
  assertEquals([await running, await waiting], ["first", "second"]);
});

Deno.test("LoadLimit.run() passes its place on when a load fails or throws", async () => {
  const limit = new LoadLimit(1, 9);
  const failing = limit.run(() => Promise.reject(new Error("no")), never);
  const throwing = limit.run(() => {
    throw new Error("never");
  }, never);
  await assertRejects(() => failing, Error, "no");
  await assertRejects(() => throwing, Error, "never");
  assertEquals(await limit.run(() => Promise.resolve(1), never), 1);
});

Deno.test("LoadLimit.run() gives the place of an abandoned load away", async () => {
  const limit = new LoadLimit(1, 9);
  const leaver = new AbortController();
  const hung = limit.run(() => new Promise(() => {}), leaver.signal);
  const next = limit.run(() => Promise.resolve("next"), never);
  leaver.abort(new Error("gone"));
  await assertRejects(() => hung, Error, "gone");
  assertEquals(await next, "next");
});

Deno.test("LoadLimit.run() forgets a load that leaves while it waits", async () => {
  const limit = new LoadLimit(1, 9);
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = limit.run(() => promise, never);
  const leaver = new AbortController();
  const gone = limit.run(() => promise, leaver.signal);
  leaver.abort(new Error("gone"));
  assertEquals(limit.waiting, 0);
  await assertRejects(() => gone, Error, "gone");
  resolve();
  await running;
  assertEquals(limit.running, 0);
});

Deno.test("LoadLimit.run() passes the turn on that comes as a load leaves", async () => {
  const limit = new LoadLimit(1, 9);
  const first = new AbortController();
  const second = new AbortController();
  const loads = [
    limit.run(() => new Promise(() => {}), first.signal),
    limit.run(() => new Promise(() => {}), second.signal),
  ];
  const third = limit.run(() => Promise.resolve("third"), never);
  // The place goes to the second while its own signal is being aborted.
  first.signal.addEventListener("abort", () => {
    queueMicrotask(() => second.abort(new Error("gone")));
  });
  first.abort(new Error("gone"));
  for (const load of loads) await assertRejects(() => load, Error, "gone");
  assertEquals(await third, "third");
  assertEquals([limit.running, limit.waiting], [0, 0]);
});
