// Copyright 2026 the Gee authors. MIT license.

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { Selector } from "./balance/selector.ts";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { ConnectError, LimitError, ShutdownError } from "./errors.ts";
import {
  deadAddress,
  flaky,
  handling,
  type Running,
  start,
  type Who,
} from "./testdata/servers.ts";
import { until } from "./testdata/until.ts";
import { XClient } from "./x_client.ts";
import type { FailPolicy, XClientOptions } from "./x_client_options.ts";

/** Always the first one that is fit, so that tests know where a call goes. */
const FIRST: Selector = { pick: (servers) => servers[0]! };

function connect(
  servers: readonly { readonly address: string }[],
  options: XClientOptions = {},
): XClient {
  return new XClient(
    new FixedDiscovery(servers.map(({ address }) => address)),
    { selector: FIRST, ...options },
  );
}

Deno.test("XClient repeats an idempotent call on the next server when the connection was lost", async () => {
  await using a = start("a");
  await using b = start("b");
  await using door = flaky(a, Infinity);
  await using client = connect([door, b], { idempotent: ["Who.am"] });
  assertEquals(await client.call("Who.am"), "b");
  await assertRejects(() => client.call("Who.do", 1), ShutdownError);
  assertEquals(await client.call("Who.do", 2, { idempotent: true }), 2);
  const { calls, retries } = client.stats();
  assertEquals([calls, retries, a.who.done.size], [3, 2, 0]);
});

Deno.test("XClient with failfast tries nothing else", async () => {
  await using b = start("b");
  const dead = { address: deadAddress() };
  await using client = connect([dead, b], { policy: "failfast" });
  await assertRejects(() => client.call("Who.am"), ConnectError);
  // From now on the dead one is passed over.
  assertEquals(await client.call("Who.am"), "b");
  assertEquals(client.stats().servers[0]?.circuit, "open");
});

Deno.test("XClient with failtry tries the same server again", async () => {
  await using a = start("a");
  await using b = start("b");
  await using door = flaky(a, 2);
  await using client = connect([door, b], {
    policy: "failtry",
    idempotent: ["Who.am"],
  });
  assertEquals(await client.call("Who.am"), "a");
  assertEquals([client.stats().retries, door.cut()], [2, 2]);
});

Deno.test("XClient repeats no more often than it may", async () => {
  await using a = start("a");
  await using door = flaky(a, Infinity);
  await using client = connect([door], { idempotent: ["Who.am"], retries: 2 });
  await assertRejects(() => client.call("Who.am"), ShutdownError);
  assertEquals([client.stats().retries, door.cut()], [2, 3]);
  await using poor = connect([door], {
    idempotent: ["Who.am"],
    retryBudget: { ratio: 0, perSecond: 0 },
  });
  await assertRejects(() => poor.call("Who.am"), ShutdownError);
  assertEquals([poor.stats().retries, door.cut()], [0, 4]);
});

Deno.test("XClient passes over dead servers without the budget of retries", async () => {
  await using b = start("b");
  const dead = Array.from({ length: 5 }, () => ({ address: deadAddress() }));
  await using client = connect([...dead, b], {
    retries: 0,
    retryBudget: { ratio: 0, perSecond: 0 },
  });
  assertEquals(await client.call("Who.am"), "b");
});

Deno.test("XClient sends a call elsewhere when the limit of one connection is reached", async () => {
  await using a = start("a");
  await using b = start("b");
  await using client = connect([a, b], { maxInFlight: 1 });
  const first = client.call("Who.wait");
  await handling(a, 1);
  const second = client.call("Who.wait");
  await handling(b, 1);
  await assertRejects(
    () => client.call("Who.am"),
    LimitError,
    'Cannot call "Who.am": 1 calls are under way',
  );
  for (const { who } of [a, b]) who.gate.resolve("late");
  assertEquals(await Promise.all([first, second]), ["late", "late"]);
});

Deno.test("XClient with failbackup asks a second server when the first is slow, and cancels the loser", async () => {
  await using a = start("a");
  await using b = start("b");
  b.who.gate.resolve("b");
  await using client = connect([a, b], {
    policy: "failbackup",
    hedgeAfter: 1,
    idempotent: ["Who.wait"],
  });
  assertEquals(await client.call("Who.wait"), "b");
  const { backups, servers } = client.stats();
  assertEquals([backups, servers.map(({ pending }) => pending)], [1, [0, 0]]);
  a.who.gate.resolve("late");
});

Deno.test("XClient with failbackup asks nobody else for a call that is not idempotent", async () => {
  await using a = start("a");
  await using b = start("b");
  await using client = connect([a, b], {
    policy: "failbackup",
    hedgeAfter: 0,
  });
  const call = client.call("Who.wait");
  await handling(a, 1);
  a.who.gate.resolve("a");
  assertEquals(await call, "a");
  assertEquals([client.stats().backups, b.server.stats().calls], [0, 0]);
});

Deno.test("XClient with failbackup learns when a call is slow", async () => {
  await using a = start("a");
  await using b = start("b");
  await using client = connect([a, b], { policy: "failbackup" });
  const options = { idempotent: true };
  for (const { who } of [a, b]) who.gate.resolve("fast");
  for (let i = 0; i < 64; i++) {
    assertEquals(await client.call("Who.wait", null, options), "fast");
  }
  a.who.gate = Promise.withResolvers();
  assertEquals(await client.call("Who.wait", null, options), "fast");
  // Of this method nothing is known.
  const slow = client.call("Who.am", null, options);
  assertEquals(await slow, "a");
  a.who.gate.resolve("late");
});

Deno.test("XClient passes over a server whose calls time out, as its breaker or its outliers say", async () => {
  for (
    const options of [
      { breaker: { failures: 3 }, outliers: false },
      { breaker: { failures: 100 }, outliers: { failures: 3 } },
    ] as const
  ) {
    await using a = start("a");
    await using b = start("b");
    await using client = connect([a, b], options);
    assertEquals(await client.call("Who.am"), "a");
    const calls = Array.from(
      { length: 3 },
      () => client.call("Who.wait", null, { timeout: 1 }),
    );
    for (const call of calls) {
      const error = await assertRejects(() => call, DOMException);
      assertEquals(error.name, "TimeoutError");
    }
    assertEquals(await client.call("Who.am"), "b");
    const [first] = client.stats().servers;
    assertEquals(
      [first?.circuit, first?.isEjected],
      options.outliers === false ? ["open", false] : ["closed", true],
    );
    a.who.gate.resolve("late");
  }
});

Deno.test("XClient tries servers all the same when every one is passed over", async () => {
  await using a = start("a");
  await using client = connect([a], { breaker: { failures: 1 } });
  assertEquals(await client.call("Who.am"), "a");
  await assertRejects(
    () => client.call("Who.wait", null, { timeout: 1 }),
    DOMException,
  );
  assertEquals(client.stats().servers[0]?.circuit, "open");
  assertEquals(await client.call("Who.am"), "a");
  assertEquals(client.stats().servers[0]?.circuit, "closed");
  a.who.gate.resolve("late");
});

Deno.test("XClient does not blame a server for calls that their callers gave up", async () => {
  await using a = start("a");
  await using client = connect([a], { breaker: { failures: 1 } });
  const controller = new AbortController();
  const call = client.call("Who.wait", null, { signal: controller.signal });
  await handling(a, 1);
  const reason = new Error("never mind");
  controller.abort(reason);
  assertStrictEquals(await call.catch((error) => error), reason);
  assertEquals(client.stats().servers[0]?.circuit, "closed");
  a.who.gate.resolve("late");
});

/** Ends a call while it waits to be repeated, and tells how it rejected. */
async function whilePausing(
  { address }: Running,
  end: (client: XClient, controller: AbortController) => unknown,
): Promise<unknown> {
  await using door = flaky({ address } as Running, Infinity);
  await using client = connect([door], {
    idempotent: ["Who.am"],
    retries: 1000,
    retryBudget: { perSecond: 1000 },
  });
  const controller = new AbortController();
  const call = client.call("Who.am", null, { signal: controller.signal })
    .catch((error) => error);
  await until("no call was repeated", () => client.stats().retries > 0);
  await end(client, controller);
  return await call;
}

Deno.test("XClient stops repeating when the caller gives up or the client closes", async () => {
  await using a = start("a");
  const reason = new Error("no time");
  const aborted = await whilePausing(
    a,
    (_, controller) => controller.abort(reason),
  );
  assertStrictEquals(aborted, reason);
  const closed = await whilePausing(a, (client) => client.close());
  assertEquals(closed instanceof ShutdownError, true);
});

Deno.test("XClient stops repeating when the time of the call is over", async () => {
  await using a = start("a");
  await using door = flaky(a, Infinity);
  await using client = connect([door], {
    idempotent: ["Who.am"],
    retries: 1000,
    retryBudget: { perSecond: 1000 },
  });
  const error = await client.call("Who.am", null, { timeout: 30 })
    .catch((error) => error);
  assertEquals(
    error instanceof ShutdownError || error instanceof DOMException,
    true,
  );
  assertEquals(client.stats().retries < 1000, true);
});

Deno.test("XClient waits for a list no longer than the call may take", async () => {
  const never = new Promise<never>(() => {});
  await using client = new XClient({ getAll: () => never });
  const error = await assertRejects(
    () => client.call("Who.am", null, { timeout: 1 }),
    DOMException,
  );
  assertEquals(error.name, "TimeoutError");
  const call = client.call("Who.am").catch((error) => error);
  await client.close();
  assertEquals(await call instanceof ShutdownError, true);
});

Deno.test("XClient uses servers of the next priority only while those of the first cannot be", async () => {
  await using main = start("main");
  await using spare = start("spare");
  const discovery = new FixedDiscovery([
    { address: spare.address, priority: 1 },
    { address: main.address, priority: 0 },
  ]);
  await using client = new XClient(discovery);
  for (let i = 0; i < 5; i++) {
    assertEquals(await client.call("Who.am"), "main");
  }
  discovery.update([
    { address: deadAddress(), priority: 0 },
    { address: spare.address, priority: 1 },
  ]);
  assertEquals(await client.call("Who.am"), "spare");
});

Deno.test("XClient uses servers that have its tags, and a part of very many", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([
    { address: a.address, tags: ["zone=a"] },
    { address: b.address, tags: ["zone=b", "fast"] },
  ]);
  await using tagged = new XClient(discovery, { tags: ["fast", "zone=b"] });
  for (let i = 0; i < 5; i++) {
    assertEquals(await tagged.call("Who.am"), "b");
  }
  await using part = new XClient(discovery, { subset: 1 });
  assertEquals((await part.broadcast("Who.am")).length, 1);
  assertEquals(part.stats().servers.length, 1);
});

Deno.test("XClient sends calls of one hash key to one server", async () => {
  await using a = start("a");
  await using b = start("b");
  await using client = connect([a, b], { selector: "consistentHash" });
  const who = client.service<Who>("Who");
  const answers = new Set<string>();
  for (let key = 0; key < 20; key++) {
    const options = { hashKey: `${key}` };
    const first = await who.am(undefined, options);
    assertEquals(await who.am(undefined, options), first);
    answers.add(first);
  }
  assertEquals(answers.size, 2);
});

Deno.test("XClient keeps its connection when only a weight changes", async () => {
  await using a = start("a");
  const discovery = new FixedDiscovery([a.address]);
  const weights: number[] = [];
  await using client = new XClient(discovery, {
    selector: {
      pick(servers) {
        weights.push(servers[0]!.weight);
        return servers[0]!;
      },
    },
  });
  await client.call("Who.am");
  discovery.update([{ address: a.address, weight: 3 }]);
  await client.call("Who.am");
  assertEquals([weights, a.server.stats().connections], [[1, 3], 1]);
});

Deno.test("XClient ends calls to a server that is no longer listed in bounded time", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address]);
  await using client = new XClient(discovery, { drainTimeout: 1 });
  const call = client.call("Who.wait");
  call.catch(() => {}); // It may reject before it is waited for.
  await handling(a, 1);
  discovery.update([b.address]);
  assertEquals(await client.call("Who.am"), "b");
  await assertRejects(() => call, ShutdownError);
  a.who.gate.resolve("late");
});

Deno.test("XClient refuses options that are none", () => {
  const make = (options: XClientOptions) => () => connect([], options);
  assertThrows(
    // As from a program without types.
    make({ policy: "failsafe" as FailPolicy }),
    TypeError,
    'Cannot use policy "failsafe": one of "failover", "failfast"',
  );
  assertThrows(
    make({ retries: -1 }),
    RangeError,
    "Cannot use retries -1: a whole number from 0 is wanted",
  );
  assertThrows(make({ hedgeAfter: -1 }), RangeError, "Cannot use hedgeAfter");
  assertThrows(make({ drainTimeout: NaN }), RangeError, "drainTimeout");
  assertThrows(make({ breaker: { failures: 0 } }), RangeError, "failures 0");
  assertThrows(make({ subset: 0 }), RangeError, "Cannot use subset size 0");
});

Deno.test("XClient sends a stream of arguments once, and to the next server where none was taken", async () => {
  const sum = async (items: AsyncIterable<number>) => {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  };
  async function* items() {
    yield 1;
    yield 2;
  }
  await using a = start("a");
  await using b = start("b");
  b.server.register({ sum }, { name: "Stream" });
  await using door = flaky(a, Infinity);
  await using client = connect([door, b]);
  await assertRejects(
    () => client.call("Stream.sum", items(), { idempotent: true }),
    ShutdownError,
  );
  await using other = connect([{ address: deadAddress() }, b]);
  assertEquals(await other.call("Stream.sum", items()), 3);
});
