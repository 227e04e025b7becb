// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { BusyError } from "./errors.ts";
import { WriteQueue } from "./write_queue.ts";

Deno.test("WriteQueue.acquire() serves in order", async () => {
  const queue = new WriteQueue(1000);
  const order: number[] = [];
  assertEquals(queue.acquire(), undefined);
  assertEquals(queue.isFree, false);
  const waiting = [1, 2, 3].map(async (n) => {
    await queue.acquire();
    order.push(n);
    queue.release();
  });
  assertEquals(queue.waiting, 3);
  queue.release();
  await Promise.all(waiting);
  assertEquals(order, [1, 2, 3]);
  assertEquals(queue.isFree, true);
});

Deno.test("WriteQueue.acquire() follows its signal", async () => {
  const queue = new WriteQueue(1000);
  queue.acquire();
  const controller = new AbortController();
  const waiting = queue.acquire(controller.signal);
  controller.abort(new Error("gone"));
  await assertRejects(() => waiting!, Error, "gone");
  assertEquals(queue.waiting, 0);
  assertThrows(() => queue.acquire(controller.signal), Error, "gone");
  queue.release();
  assertEquals(queue.isFree, true);
});

Deno.test("WriteQueue.acquire() gives up on a turn that never ends", async () => {
  using time = new FakeTime();
  const queue = new WriteQueue(1000);
  queue.acquire();
  const second = queue.acquire();
  const third = queue.acquire();
  await time.tickAsync(900);
  queue.release();
  await second;
  // The turn has changed hands, so the look at 1000 ms finds nothing wrong.
  await time.tickAsync(200);
  assertEquals(queue.waiting, 1);
  const rejected = assertRejects(
    () => third!,
    BusyError,
    "Cannot run statement: a transaction held the database for 1000 ms; inside of it, use its own session",
  );
  await time.tickAsync(1000);
  await rejected;
  assertEquals(queue.waiting, 0);
});
