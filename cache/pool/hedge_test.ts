// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LoadError, PeerError } from "../errors.ts";
import { hedge } from "./hedge.ts";

const none = () => undefined;
const useless = (peer: string) => new PeerError(peer, `Cannot use ${peer}`);

Deno.test("hedge() asks nobody else when the first answer comes in time", async () => {
  using time = new FakeTime();
  const first = Promise.resolve(1);
  const asked: string[] = [];
  const answer = hedge(first, () => {
    asked.push("second");
    return Promise.resolve(2);
  }, 10);
  assertEquals(await answer, 1);
  await time.tickAsync(100);
  assertEquals([asked, time.next()], [[], false]);
});

Deno.test("hedge() takes the first answer of two, whichever it is", async () => {
  for (const winner of [1, 2]) {
    using time = new FakeTime();
    const first = Promise.withResolvers<number>();
    const second = Promise.withResolvers<number>();
    const answer = hedge(first.promise, () => second.promise, 10);
    await time.tickAsync(10);
    if (winner === 1) first.resolve(1);
    else second.resolve(2);
    assertEquals(await answer, winner);
    // The loser is ignored, however it ends.
    if (winner === 1) second.reject(useless("second"));
    else first.reject(useless("first"));
    await time.tickAsync(0);
  }
});

Deno.test("hedge() asks the second at once when the first is of no use", async () => {
  using time = new FakeTime();
  const first = Promise.reject(useless("first"));
  assertEquals(await hedge(first, () => Promise.resolve(2), 10), 2);
  assertEquals(time.next(), false);
});

Deno.test("hedge() rejects with the error of the first when both are of no use", async () => {
  using time = new FakeTime();
  for (const second of [none, () => Promise.reject(useless("second"))]) {
    await assertRejects(
      () => hedge(Promise.reject(useless("first")), second, 10),
      PeerError,
      "Cannot use first",
    );
  }
  const late = Promise.withResolvers<number>();
  const answer = hedge(
    late.promise,
    () => Promise.reject(useless("second")),
    10,
  );
  await time.tickAsync(10);
  late.resolve(1);
  assertEquals(await answer, 1);
});

Deno.test("hedge() takes a failed load as the answer, and asks no second source", async () => {
  using time = new FakeTime();
  const asked: string[] = [];
  await assertRejects(
    () =>
      hedge(
        Promise.reject(new LoadError("Cannot load")),
        () => {
          asked.push("second");
          return undefined;
        },
        10,
      ),
    LoadError,
  );
  assertEquals([asked, time.next()], [[], false]);
});
