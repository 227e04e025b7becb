// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Answer } from "./link.ts";
import { Pending } from "./pending.ts";

const DONE: Answer = { kind: "done", missed: [] };

Deno.test("Pending.resolve() gives each answer to who asked, in any order", async () => {
  const pending = new Pending({ timeout: 60_000 });
  const waits = [1, 2, 3].map(() => [pending.add(), pending.lastId] as const);
  for (const [, id] of waits.toReversed()) {
    assertEquals(
      pending.resolve(id, { kind: "done", missed: [`${id}`] }),
      true,
    );
  }
  for (const [answer, id] of waits) {
    assertEquals(await answer, { kind: "done", missed: [`${id}`] });
  }
  assertEquals(pending.size, 0); // and the test leaves no timer
});

Deno.test("Pending.resolve() knows what nobody asked for", async () => {
  const pending = new Pending({ timeout: 60_000 });
  assertEquals(pending.resolve(1, DONE), false);
  const answer = pending.add();
  assertEquals(pending.resolve(pending.lastId, DONE), true);
  assertEquals(pending.resolve(pending.lastId, DONE), false);
  await answer;
});

Deno.test("Pending.add() rejects with the reason of its signal and takes the late answer", async () => {
  const pending = new Pending({ timeout: 60_000 });
  const controller = new AbortController();
  const answer = pending.add(controller.signal);
  const reason = new Error("gone");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => answer), reason);
  assertStrictEquals(
    await assertRejects(() => pending.add(controller.signal)),
    reason,
  );
  assertEquals(pending.resolve(pending.lastId, DONE), true);
  assertEquals(pending.resolve(pending.lastId, DONE), false);
});

Deno.test("Pending.add() leaves no listener on a signal", async () => {
  const pending = new Pending({ timeout: 60_000 });
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  const answer = pending.add(signal);
  assertEquals(listeners, 1);
  pending.resolve(pending.lastId, DONE);
  await answer;
  assertEquals(listeners, 0);
});

Deno.test("Pending.add() rejects after the time limit, in order", async () => {
  const late: number[] = [];
  const pending = new Pending({ timeout: 5, onTimeout: (id) => late.push(id) });
  const first = pending.add();
  const between = pending.add();
  pending.resolve(pending.lastId, DONE);
  const last = pending.add();
  for (const answer of [first, last]) {
    const error = await assertRejects(
      () => answer,
      DOMException,
      "Cannot wait longer than 5 ms",
    );
    assertEquals(error.name, "TimeoutError");
  }
  await between;
  assertEquals(late, [1, 3]);
});

Deno.test("Pending.rejectAll() ends every wait", async () => {
  const pending = new Pending({ timeout: 60_000 });
  const answers = [pending.add(), pending.add()];
  const error = new Error("closed");
  pending.rejectAll(error);
  for (const answer of answers) {
    assertStrictEquals(await assertRejects(() => answer), error);
  }
  assertEquals(pending.size, 0);
});
