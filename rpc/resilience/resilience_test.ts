// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  ConnectError,
  LimitError,
  RemoteError,
  ShutdownError,
} from "../errors.ts";
import { settle } from "../testdata/pipe.ts";
import { BackOff } from "./back_off.ts";
import { didNotRun, isServerFault, isTransient } from "./failure.ts";
import { hedge } from "./hedge.ts";
import { LatencyWindow } from "./latency_window.ts";
import { RetryBudget } from "./retry_budget.ts";
import { Subset } from "./subset.ts";

Deno.test("BackOff.pause() doubles up to its longest, cut by chance to a half or more", () => {
  const longest = new BackOff({ base: 10, max: 50, random: () => 1 });
  assertEquals([1, 2, 3, 4, 50].map((n) => longest.pause(n)), [
    10,
    20,
    40,
    50,
    50,
  ]);
  const shortest = new BackOff({ base: 10, max: 50, random: () => 0 });
  assertEquals([1, 2, 3, 4].map((n) => shortest.pause(n)), [5, 10, 20, 25]);
});

Deno.test("RetryBudget.withdraw() gives a tenth of the calls and some each second", () => {
  let now = 0;
  const budget = new RetryBudget({ perSecond: 10 }, () => now);
  const drain = () => {
    let count = 0;
    while (budget.withdraw()) count++;
    return count;
  };
  assertEquals(drain(), 10);
  for (let i = 0; i < 200; i++) budget.deposit();
  assert(Math.abs(drain() - 20) <= 1);
  now = 500;
  assert(Math.abs(drain() - 5) <= 1);
  now = 100_000;
  assertEquals(drain(), 10);
});

Deno.test("RetryBudget.withdraw() gives one in a while where there is less than one a second", () => {
  let now = 0;
  const budget = new RetryBudget({ ratio: 0, perSecond: 0.5 }, () => now);
  const tries = () => [budget.withdraw(), budget.withdraw()];
  assertEquals(tries(), [true, false]);
  now = 1000;
  assertEquals(tries(), [false, false]);
  now = 2000;
  assertEquals(tries(), [true, false]);
});

Deno.test("RetryBudget bounds the load of an outage to a fraction", () => {
  let now = 0;
  const budget = new RetryBudget({ ratio: 0.1, perSecond: 10 }, () => now);
  let retries = 0;
  for (let i = 0; i < 100_000; i++) {
    now += 0.1; // 10,000 calls a second, every one of which fails
    budget.deposit();
    for (let attempt = 0; attempt < 3 && budget.withdraw(); attempt++) {
      retries++;
    }
  }
  assert(retries < 10_500, `${retries} retries of 100000 calls`);
});

Deno.test("RetryBudget refuses numbers that are none", () => {
  assertThrows(
    () => new RetryBudget({ ratio: -1 }),
    RangeError,
    "Cannot use ratio -1: a number from 0 is wanted",
  );
});

Deno.test("LatencyWindow.p95 is unknown at first, then what one in twenty exceeds", () => {
  const window = new LatencyWindow();
  for (let i = 0; i < 19; i++) window.add(1);
  assertEquals(window.p95, undefined);
  for (let i = 0; i < 200; i++) window.add(i % 100);
  const { p95 = 0 } = window;
  assert(p95 >= 90 && p95 <= 99, `${p95}`);
});

Deno.test("didNotRun() believes what was never sent, and a server that says so", () => {
  const unavailable = (details?: unknown) =>
    new RemoteError("A.b", "draining", "unavailable", details);
  assertEquals(
    [
      new ConnectError(""),
      new LimitError(""),
      unavailable({ ran: false }),
      new RemoteError(
        "A.b",
        "rpc server: the server is closing",
        "unavailable",
      ),
      unavailable(),
      unavailable({ ran: true }),
      unavailable(null),
      new ShutdownError(""),
      "ConnectError",
    ].map(didNotRun),
    [true, true, true, true, false, false, false, false, false],
  );
});

Deno.test("isTransient() and isServerFault() do not blame a server for a method's own errors", () => {
  const remote = (code: ConstructorParameters<typeof RemoteError>[2]) =>
    new RemoteError("A.b", "", code);
  assertEquals(
    [isTransient, isServerFault].map((is) => is(remote("unknown"))),
    [
      false,
      false,
    ],
  );
  assertEquals(
    [isTransient, isServerFault].map((is) => is(remote("unavailable"))),
    [true, true],
  );
  assertEquals(
    [isTransient, isServerFault].map((is) => is(remote("internal"))),
    [false, true],
  );
  assertEquals(
    [isTransient, isServerFault].map((is) => is(new ShutdownError(""))),
    [true, false],
  );
});

/** Work that the test ends, and how it was started. */
function work() {
  const started: PromiseWithResolvers<string>[] = [];
  const signals: AbortSignal[] = [];
  const start = (signal: AbortSignal) => {
    const attempt = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => attempt.reject(signal.reason));
    started.push(attempt);
    signals.push(signal);
    return attempt.promise;
  };
  return { start, started, signals };
}

Deno.test("hedge() starts a backup when the first is slow, takes the first success, aborts the other", async () => {
  const { start, started, signals } = work();
  const slow = Promise.withResolvers<void>();
  const reply = hedge(start, {
    after: 5,
    mayStart: () => true,
    sleep: () => slow.promise,
  });
  assertEquals(started.length, 1);
  slow.resolve();
  await settle();
  assertEquals(started.length, 2);
  started[1]!.resolve("backup");
  assertEquals(await reply, "backup");
  assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
});

Deno.test("hedge() starts nothing more for a first that is fast, that fails, or without leave", async () => {
  const fast = work();
  const reply = hedge(fast.start, { after: 60_000, mayStart: () => true });
  fast.started[0]!.resolve("first");
  assertEquals(await reply, "first");
  const failing = work();
  const failed = hedge(failing.start, { after: 60_000, mayStart: () => true });
  const reason = new Error("refused");
  failing.started[0]!.reject(reason);
  assertStrictEquals(await failed.catch((error) => error), reason);
  const poor = work();
  const alone = hedge(poor.start, {
    after: 0,
    mayStart: () => false,
    sleep: () => Promise.resolve(),
  });
  await settle();
  poor.started[0]!.resolve("alone");
  assertEquals(await alone, "alone");
  assertEquals([fast, failing, poor].map(({ started }) => started.length), [
    1,
    1,
    1,
  ]);
});

Deno.test("hedge() waits for the other one when one fails, and rejects when both do", async () => {
  const options = {
    after: 0,
    mayStart: () => true,
    sleep: () => Promise.resolve(),
  };
  const one = work();
  const reply = hedge(one.start, options);
  await settle();
  one.started[0]!.reject(new Error("first"));
  one.started[1]!.resolve("second");
  assertEquals(await reply, "second");
  const both = work();
  const failed = hedge(both.start, options);
  await settle();
  both.started[1]!.reject(new Error("second"));
  both.started[0]!.reject(new Error("first"));
  await assertRejects(() => failed, Error, "first");
});

Deno.test("hedge() ends with the caller's signal", async () => {
  const { start, started } = work();
  const controller = new AbortController();
  const { signal } = controller;
  const reply = hedge(start, { after: 60_000, signal, mayStart: () => true });
  const reason = new Error("no time");
  controller.abort(reason);
  assertStrictEquals(await reply.catch((error) => error), reason);
  assertEquals(started.length, 1);
});

const SERVERS = Array.from({ length: 50 }, (_, i) => ({
  address: `tcp@10.0.0.${i}:9999`,
}));

Deno.test("Subset.of() gives every server as many clients as the others", () => {
  const counts = new Map<string, number>();
  for (let client = 0; client < 100; client++) {
    const subset = new Subset({ size: 10, client, clients: 100 });
    for (const { address } of subset.of(SERVERS)) {
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
  }
  assertEquals(new Set(counts.values()), new Set([20]));
  assertEquals(counts.size, 50);
});

Deno.test("Subset.of() changes little when a server leaves, and nothing for the order of the list", () => {
  const subset = new Subset({ size: 10, client: 37, clients: 100 });
  const before = subset.of(SERVERS);
  assertEquals(subset.of(SERVERS.toReversed()), before);
  const after = subset.of(SERVERS.filter((_, i) => i !== 20));
  const kept = after.filter((server) => before.includes(server));
  assert(kept.length >= 8, `${kept.length} of 10 kept`);
  assertEquals(subset.of(SERVERS.slice(0, 5)), SERVERS.slice(0, 5));
  assertEquals(new Subset({ size: 3 }, () => 0.99).of(SERVERS).length, 3);
});

Deno.test("Subset refuses a place that is none", () => {
  for (
    const [options, message] of [
      [{ size: 0 }, "Cannot use subset size 0"],
      [{ size: 5, client: 1 }, 'Cannot place the client: "client" and'],
      [{ size: 5, client: 3, clients: 3 }, "Cannot use client 3: a whole"],
    ] as const
  ) {
    assertThrows(() => new Subset(options), RangeError, message);
  }
});
