// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Redialer } from "./redial.ts";

Deno.test("Redialer.delay doubles with each failure up to 10 s, half of it random", async () => {
  const error = new Error("down");
  for (const [random, first] of [[0, 50], [1, 100]] as const) {
    const closing = new Redialer(() => Promise.reject(error), () => random);
    assertEquals(closing.delay, 0);
    await assertRejects(() => closing.connect(), Error, "down");
    assertEquals(closing.delay, first);
    closing.close(new Error("closed"));
    await assertRejects(() => closing.connect(), Error, "closed");
  }
});

Deno.test("Redialer.connect() makes one attempt for all who ask, and begins anew after a success", async () => {
  let attempts = 0;
  let isDown = true;
  const redialer = new Redialer(() => {
    attempts++;
    return isDown
      ? Promise.reject(new Error("down"))
      : Promise.resolve(attempts);
  }, () => 0);
  const ends = await Promise.allSettled([
    redialer.connect(),
    redialer.connect(),
  ]);
  assert(ends.every(({ status }) => status === "rejected"));
  assertEquals(attempts, 1);
  isDown = false;
  assertEquals(await Promise.all([redialer.connect(), redialer.connect()]), [
    2,
    2,
  ]);
  assertEquals(redialer.delay, 0);
});

Deno.test("Redialer.close() ends an attempt that heeds no signal", async () => {
  const never = new Promise<void>(() => {});
  const redialer = new Redialer(() => never);
  const connecting = redialer.connect();
  redialer.close(new Error("closed"));
  await assertRejects(() => connecting, Error, "closed");
});
