// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { CallContext } from "../context.ts";
import { RpcError } from "../errors.ts";
import type { Method } from "../method.ts";
import { callContext } from "../testdata/call_context.ts";
import { settle } from "../testdata/pipe.ts";
import { seeded } from "../testdata/random.ts";
import { throttled } from "./throttle.ts";
import type { AdaptiveOptions } from "./vegas.ts";

/** A method whose calls end when told, in the order in which they began. */
function held() {
  const calls: PromiseWithResolvers<unknown>[] = [];
  const method: Method = () => {
    const call = Promise.withResolvers<unknown>();
    calls.push(call);
    return call.promise;
  };
  return { calls, method };
}

/** Calls a method; what it throws at once is a rejection, too. */
async function call(
  method: Method,
  context: CallContext = callContext(),
): Promise<unknown> {
  return await method(undefined, context);
}

Deno.test("throttled() gives a method back that nothing limits", () => {
  const method = () => 1;
  assertStrictEquals(throttled(method, {}), method);
  assertStrictEquals(throttled(method, { adaptive: false }), method);
});

Deno.test("throttled() leaves what comes at once at once", () => {
  const method = throttled(() => 1, {
    maxConcurrent: 1,
    adaptive: true,
    rate: { perSecond: 10 },
  }, () => 0);
  for (let i = 0; i < 10; i++) assertEquals(method(0, callContext()), 1);
  assertThrows(
    () => method(0, callContext()),
    RpcError,
    'Cannot call "Test.method": it is called too often',
  );
});

Deno.test("throttled() runs no more at a time, lets some wait in order, and refuses the rest", async () => {
  const { calls, method } = held();
  const limited = throttled(method, { maxConcurrent: 2, maxQueued: 1 });
  const results = [call(limited), call(limited), call(limited)];
  const error = await assertRejects(
    () => call(limited),
    RpcError,
    'Cannot call "Test.method": too many calls are under way',
  );
  assertEquals(error.code, "resource_exhausted");
  assertEquals(calls.length, 2);
  calls[1]?.reject(new Error("failed"));
  await assertRejects(() => results[1]!, Error, "failed");
  await settle();
  assertEquals(calls.length, 3);
  calls[0]?.resolve("first");
  calls[2]?.resolve("third");
  assertEquals(await results[0], "first");
  assertEquals(await results[2], "third");
});

Deno.test("throttled() forgets a call that waits when its signal aborts", async () => {
  const { calls, method } = held();
  const limited = throttled(method, { maxConcurrent: 1, maxQueued: 1 });
  const first = call(limited);
  const controller = new AbortController();
  const second = call(limited, callContext({ signal: controller.signal }));
  controller.abort(new Error("given up"));
  await assertRejects(() => second, Error, "given up");
  const third = call(limited);
  calls[0]?.resolve("first");
  assertEquals(await first, "first");
  await settle();
  calls[1]?.resolve("third");
  assertEquals(await third, "third");
  await assertRejects(
    () => Promise.all([call(limited), call(limited), call(limited)]),
    RpcError,
    "too many calls are under way",
  );
  calls[2]?.resolve(0);
});

Deno.test("throttled() lets the next one in after a call that throws at once", async () => {
  let isBroken = true;
  const limited = throttled(() => {
    if (isBroken) throw new Error("broken");
    return "well";
  }, { maxConcurrent: 1, maxQueued: 0 });
  await assertRejects(() => call(limited), Error, "broken");
  isBroken = false;
  assertEquals(await call(limited), "well");
});

Deno.test("throttled() fills up the calls of a second with time, up to the burst", () => {
  let now = 0;
  const limited = throttled(
    () => 1,
    { rate: { perSecond: 2, burst: 3 } },
    () => now,
  );
  const allowed = () => {
    let count = 0;
    try {
      while (count < 100) {
        limited(0, callContext());
        count++;
      }
    } catch { /* refused */ }
    return count;
  };
  assertEquals(allowed(), 3);
  now += 499;
  assertEquals(allowed(), 0);
  now += 1;
  assertEquals(allowed(), 1);
  now += 60_000;
  assertEquals(allowed(), 3);
});

Deno.test("throttled() refuses limits that are none", () => {
  const method = () => 1;
  const bad: [object, string][] = [
    [{ maxConcurrent: 0 }, "Cannot use maxConcurrent 0"],
    [{ maxQueued: 0.5 }, "Cannot use maxQueued 0.5"],
    [
      { rate: { perSecond: 0 } },
      "Cannot use rate.perSecond 0: it must be a number above 0",
    ],
    [{ rate: { perSecond: NaN } }, "Cannot use rate.perSecond NaN"],
    [
      { rate: { perSecond: 5, burst: 0 } },
      "Cannot use rate.burst 0: it must be a number at least 1",
    ],
    [{ adaptive: { min: 0 } }, "Cannot use adaptive.min 0"],
    [
      { adaptive: { initial: 5, min: 6 } },
      "Cannot use adaptive.initial 5: it must be 6 to 1000",
    ],
  ];
  for (const [options, message] of bad) {
    assertThrows(() => throttled(method, options), RangeError, message);
  }
});

/** A method that does `capacity` calls at once, called by more than it can serve, on a clock of its own. */
class Overload {
  capacity: number;
  /** How long the next call takes without haste, in ms; negative for one that fails. */
  next: () => number = () => 10;
  readonly #limited: Method;
  readonly #due: { readonly at: number; readonly end: () => void }[] = [];
  #now = 0;
  #running = 0;
  #peak = 0;

  constructor(capacity: number, adaptive: AdaptiveOptions) {
    this.capacity = capacity;
    this.#limited = throttled(
      () => this.#begin(),
      { adaptive, maxQueued: 0 },
      () => this.#now,
    );
  }

  /** The most that ran at once in the last second. */
  async run(seconds: number): Promise<number> {
    const end = this.#now + seconds * 1000;
    for (; this.#now < end; this.#now += 0.5) {
      if (this.#now === end - 1000) this.#peak = 0;
      try {
        while (this.#running < 1000) {
          const reply = this.#limited(0, callContext()) as Promise<void>; // of `#begin`
          reply.catch(() => {});
        }
      } catch { /* refused */ }
      this.#finish(this.#now);
      for (let i = 0; i < 6; i++) await Promise.resolve();
    }
    return this.#peak;
  }

  stop(): void {
    this.#finish(Infinity);
  }

  /** Beyond the capacity a call takes as much longer as there are too many. */
  #begin(): Promise<void> {
    this.#running++;
    this.#peak = Math.max(this.#peak, this.#running);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const work = this.next();
    const ms = Math.abs(work) * Math.max(1, this.#running / this.capacity);
    const end = work < 0 ? () => reject(new Error("failed")) : resolve;
    this.#due.push({ at: this.#now + ms, end });
    return promise.finally(() => this.#running--);
  }

  #finish(now: number): void {
    for (const call of this.#due.filter(({ at }) => at <= now)) {
      this.#due.splice(this.#due.indexOf(call), 1);
      call.end();
    }
  }
}

Deno.test("throttled() by adaptive finds how much the method can do at once, from below and from above", async () => {
  for (const initial of [1, 300]) {
    const overload = new Overload(50, { initial });
    const peak = await overload.run(10);
    assert(peak >= 45 && peak < 80, `from ${initial}: ${peak}`);
    overload.stop();
  }
});

Deno.test("throttled() by adaptive follows a method that becomes slower, and faster again", async () => {
  const overload = new Overload(50, {});
  assert(await overload.run(5) >= 45);
  overload.capacity = 10;
  const slow = await overload.run(15);
  assert(slow >= 8 && slow < 25, `${slow}`);
  overload.capacity = 50;
  const fast = await overload.run(10);
  assert(fast >= 45 && fast < 80, `${fast}`);
  overload.stop();
});

Deno.test("throttled() by adaptive lets a method alone whose times differ, or whose failures are quick", async () => {
  const random = seeded(1);
  for (const quick of [0.5, -0.5]) {
    const overload = new Overload(Infinity, { max: 200 });
    overload.next = () => random(2) === 0 ? quick : 20;
    const peak = await overload.run(10);
    assert(peak > 100, `${peak}`);
    overload.stop();
  }
});

Deno.test("throttled() by adaptive keeps within its bounds", async () => {
  const overload = new Overload(50, { initial: 5, max: 8 });
  assertEquals(await overload.run(2), 8);
  overload.stop();
});
