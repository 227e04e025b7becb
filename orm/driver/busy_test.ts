// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { BusyError } from "../errors.ts";
import { retryWhileBusy } from "./busy.ts";

const busy = () => {
  throw new BusyError("Cannot run statement: database is locked");
};

Deno.test("retryWhileBusy() tries until the lock is gone", async () => {
  let tries = 0;
  const work = () => ++tries < 4 ? busy() : tries;
  assertEquals(await retryWhileBusy(work, { limit: 10_000 }), 4);
});

Deno.test("retryWhileBusy() passes other errors on at once", async () => {
  let tries = 0;
  await assertRejects(
    () =>
      retryWhileBusy(() => {
        tries++;
        throw new Error("no");
      }, { limit: 10_000 }),
    Error,
    "no",
  );
  assertEquals(tries, 1);
});

Deno.test("retryWhileBusy() follows its signal while it waits", async () => {
  const controller = new AbortController();
  const waiting = retryWhileBusy(busy, {
    limit: 10_000,
    signal: controller.signal,
  });
  await Promise.resolve();
  controller.abort(new Error("gone"));
  await assertRejects(() => waiting, Error, "gone");
});
