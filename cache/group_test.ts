// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { ByteView } from "./byte_view.ts";
import { jsonCodec } from "./codec.ts";
import { ClosedError, OverloadError } from "./errors.ts";
import { Group } from "./group.ts";
import type { GroupOptions } from "./group_options.ts";
import { GROUP_ENTRY_OVERHEAD } from "./memory.ts";

/** A group over the original's three scores that records what it asks for. */
function scoreGroup(options: GroupOptions<ByteView> = {}) {
  const source = new Map([["Tom", "630"], ["Jack", "589"], ["Sam", "567"]]);
  const asked: string[] = [];
  const group = new Group("scores", (key) => {
    asked.push(key);
    return source.get(key);
  }, options);
  return { group, asked, source };
}

/** A group whose loads end when the test says so. */
function manualGroup(options: GroupOptions<ByteView> = {}) {
  const loads: (PromiseWithResolvers<string> & { signal: AbortSignal })[] = [];
  const group = new Group("manual", (_key, { signal }) => {
    const load = { ...Promise.withResolvers<string>(), signal };
    loads.push(load);
    return load.promise;
  }, options);
  return { group, loads };
}

const text = async (value: Promise<ByteView | undefined>) =>
  (await value)?.toString();

Deno.test("Group.get() loads a key once and then answers from memory", async () => {
  const { group, asked } = scoreGroup();
  for (const name of ["Tom", "Jack", "Sam", "Tom", "Jack", "Sam"]) {
    await group.get(name);
  }
  assertEquals(await text(group.get("Tom")), "630");
  assertEquals(asked, ["Tom", "Jack", "Sam"]);
});

Deno.test("Group.get() takes a getter that is an object", async () => {
  class Source {
    readonly suffix = "!";
    get(key: string) {
      return Promise.resolve(key + this.suffix);
    }
  }
  const group = new Group("objects", new Source());
  assertEquals(await text(group.get("Tom")), "Tom!");
});

Deno.test("Group.get() refuses an empty key", async () => {
  const { group, asked } = scoreGroup();
  await assertRejects(
    () => group.get(""),
    RangeError,
    'Cannot get in group "scores": the key must not be empty',
  );
  await assertRejects(
    () => group.set("", "1"),
    RangeError,
    'Cannot set in group "scores": the key must not be empty',
  );
  await assertRejects(
    () => group.remove(""),
    RangeError,
    'Cannot remove in group "scores": the key must not be empty',
  );
  assertEquals(asked, []);
});

Deno.test("Group.get() keeps strange keys apart", async () => {
  const group = new Group("echo", (key) => JSON.stringify(key));
  const keys = ["__proto__", "constructor", ".", "..", "a b", "a+b", "x/y"];
  keys.push("%2F", "ü", "\ud800", "\udc00", "\ufffd", "\0", " ");
  for (const key of [...keys, ...keys]) {
    assertEquals(await text(group.get(key)), JSON.stringify(key));
  }
  assertEquals(group.stats().loads, keys.length);
});

Deno.test("Group.get() tells an empty value from none", async () => {
  const group = new Group("empty", (key) => key === "empty" ? "" : undefined);
  assertEquals((await group.get("empty"))?.length, 0);
  assertEquals(await group.get("none"), undefined);
});

Deno.test("Group.get() copies what the getter returns", async () => {
  const bytes = new Uint8Array([1, 2]);
  const group = new Group("bytes", () => bytes);
  const view = await group.get("k");
  bytes.fill(9);
  view?.bytes().fill(8);
  assertEquals([...(await group.get("k"))?.bytes() ?? []], [1, 2]);
});

Deno.test("Group.get() refuses a getter's value that is no bytes", async () => {
  // A caller without types may return anything.
  const group = new Group("numbers", () => 630 as unknown as string);
  await assertRejects(
    () => group.get("Tom"),
    TypeError,
    'Cannot store a value of type "number": want bytes or a string, or give a codec',
  );
});

Deno.test("Group.get() runs one load for 200 callers of one key", async () => {
  const { group, loads } = manualGroup();
  const all = Array.from({ length: 200 }, () => group.get("k"));
  loads[0]?.resolve("v");
  for (const view of await Promise.all(all)) assertEquals(String(view), "v");
  assertEquals(loads.length, 1);
});

Deno.test("Group.get() runs one load for 100 callers of a failing key, then pauses, then tries again", async () => {
  let now = 0;
  let loads = 0;
  const group = new Group("failing", () => {
    if (++loads < 3) throw new Error(`Cannot load ${loads}`);
    return "v";
  }, { now: () => now, random: () => 0 });
  const all = Array.from({ length: 100 }, () => group.get("k"));
  for (const one of all) await assertRejects(() => one, Error, "Cannot load 1");
  now = 49;
  await assertRejects(() => group.get("k"), Error, "Cannot load 1");
  assertEquals([loads, group.stats().backoffs], [1, 1]);
  now = 50;
  await assertRejects(() => group.get("k"), Error, "Cannot load 2");
  now = 149;
  await assertRejects(() => group.get("k"), Error, "Cannot load 2");
  now = 150;
  assertEquals(await text(group.get("k")), "v");
  assertEquals(group.stats().loadFailures, 2);
});

Deno.test("Group.get() tries again each time when retryAfter is 0", async () => {
  let loads = 0;
  const group = new Group("failing", () => {
    throw new Error(`Cannot load ${++loads}`);
  }, { retryAfter: 0 });
  await assertRejects(() => group.get("k"), Error, "Cannot load 1");
  await assertRejects(() => group.get("k"), Error, "Cannot load 2");
});

Deno.test("Group.get() lets one caller leave and aborts the load with the last", async () => {
  const { group, loads } = manualGroup();
  const leavers = [new AbortController(), new AbortController()];
  const waits = leavers.map(({ signal }) => group.get("k", { signal }));
  leavers[0]?.abort(new Error("gone"));
  assertFalse(loads[0]?.signal.aborted);
  leavers[1]?.abort(new Error("gone"));
  assert(loads[0]?.signal.aborted);
  for (const wait of waits) await assertRejects(() => wait, Error, "gone");
  const again = group.get("k");
  loads[1]?.resolve("v");
  assertEquals(await text(again), "v");
  const { running, loadFailures, backoffs } = group.stats();
  assertEquals([running, loadFailures, backoffs], [0, 0, 0]);
});

Deno.test("Group.get() runs at most maxLoads loads and queues at most maxWaiting", async () => {
  const { group, loads } = manualGroup({ maxLoads: 2, maxWaiting: 1 });
  const waits = ["a", "b", "c"].map((key) => group.get(key));
  await assertRejects(
    () => group.get("d"),
    OverloadError,
    "Cannot load: 2 loads run and 1 wait already",
  );
  const { running, waiting, overloads } = group.stats();
  assertEquals([loads.length, running, waiting, overloads], [2, 2, 1, 1]);
  loads[0]?.resolve("v");
  await waits[0];
  assertEquals(loads.length, 3);
  for (const load of loads) load.resolve("v");
  await Promise.all(waits);
});

Deno.test("Group.set() is not overwritten by a load that was running", async () => {
  const { group, loads } = manualGroup();
  const early = group.get("k");
  await group.set("k", "new");
  assertEquals(await text(group.get("k")), "new");
  loads[0]?.resolve("old");
  assertEquals(await text(early), "old");
  assertEquals(await text(group.get("k")), "new");
});

Deno.test("Group.remove() is not undone by a load that was running", async () => {
  const { group, loads } = manualGroup();
  const early = group.get("k");
  await group.remove("k");
  const late = group.get("k");
  loads[1]?.resolve("new");
  assertEquals(await text(late), "new");
  loads[0]?.resolve("old");
  await early;
  assertEquals(await text(group.get("k")), "new");
  assertEquals(loads.length, 2);
});

Deno.test("Group.remove() is not answered by the failure of a load that was running", async () => {
  const { group, loads } = manualGroup();
  const early = group.get("k");
  await group.remove("k");
  loads[0]?.reject(new Error("Cannot load"));
  await assertRejects(() => early, Error, "Cannot load");
  const late = group.get("k");
  loads[1]?.resolve("v");
  assertEquals(await text(late), "v");
});

Deno.test("Group.set() during the wait for a turn spares the load", async () => {
  const { group, loads } = manualGroup({ maxLoads: 1 });
  const first = group.get("a");
  const second = group.get("b");
  await group.set("b", "set");
  loads[0]?.resolve("v");
  await first;
  assertEquals(await text(second), "set");
  assertEquals(loads.length, 1);
});

Deno.test("Group.get() that finds a value while it waits does not make it younger", async () => {
  let now = 0;
  const options = { maxLoads: 1, ttl: 100, ttlJitter: 0, now: () => now };
  const { group, loads } = manualGroup(options);
  const first = group.get("a");
  const second = group.get("b");
  await group.set("b", "set");
  now = 50;
  loads[0]?.resolve("v");
  await Promise.all([first, second]);
  now = 100;
  assertEquals(group.peek("b"), undefined);
});

Deno.test("Group.set() is not overwritten by a load that everyone left", async () => {
  const { group, loads } = manualGroup();
  const leaver = new AbortController();
  const gone = group.get("k", { signal: leaver.signal });
  leaver.abort(new Error("gone"));
  await group.set("k", "new");
  loads[0]?.resolve("old");
  await assertRejects(() => gone, Error, "gone");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await text(group.get("k")), "new");
});

Deno.test("Group.get() loads anew after the ttl, without a timer", async () => {
  let now = 1000;
  const { group, asked } = scoreGroup({
    ttl: 100,
    ttlJitter: 0,
    now: () => now,
  });
  await group.get("Tom");
  now = 1099;
  await group.get("Tom");
  assertEquals([asked.length, group.peek("Tom")?.toString()], [1, "630"]);
  now = 1100;
  assertEquals(group.peek("Tom"), undefined);
  await group.get("Tom");
  assertEquals(asked.length, 2);
});

Deno.test("Group.get() loads anew when the clock went back", async () => {
  let now = 1000;
  const { group, asked } = scoreGroup({
    ttl: 100,
    ttlJitter: 0,
    now: () => now,
  });
  await group.get("Tom");
  now = 999;
  await group.get("Tom");
  now = 1050;
  await group.get("Tom");
  assertEquals(asked, ["Tom", "Tom"]);
});

Deno.test("Group.get() remembers that there is none for negativeTtl", async () => {
  let now = 0;
  const random = () => 0; // no jitter
  const { group, asked, source } = scoreGroup({ now: () => now, random });
  await group.get("Eve");
  source.set("Eve", "1");
  now = 999;
  assertEquals(await group.get("Eve"), undefined);
  assertEquals([group.peek("Eve"), group.stats().hits], [undefined, 1]);
  now = 1000;
  assertEquals(await text(group.get("Eve")), "1");
  assertEquals(asked, ["Eve", "Eve"]);
});

Deno.test("Group.get() remembers none no longer than ttl, and not at all with 0", async () => {
  let now = 0;
  const short = scoreGroup({ ttl: 10, ttlJitter: 0, now: () => now });
  await short.group.get("Eve");
  now = 10;
  await short.group.get("Eve");
  assertEquals(short.asked.length, 2);
  const off = scoreGroup({ negativeTtl: 0 });
  await off.group.get("Eve");
  await off.group.get("Eve");
  assertEquals([off.asked.length, off.group.stats().entries], [2, 0]);
});

Deno.test("Group.remove() ends what is remembered of a missing key", async () => {
  const { group, source } = scoreGroup();
  await group.get("Eve");
  source.set("Eve", "1");
  await group.remove("Eve");
  assertEquals(await text(group.get("Eve")), "1");
});

Deno.test("Group.get() keeps memory under maxBytes to the byte", async () => {
  const entry = GROUP_ENTRY_OVERHEAD + 1 + 10;
  const group = new Group("sized", () => "0123456789", { maxBytes: 2 * entry });
  for (const key of ["a", "b", "c"]) await group.get(key);
  const { entries, bytes, evictions } = group.stats();
  assertEquals([entries, bytes, evictions], [2, 2 * entry, 1]);
  assertEquals([group.peek("a"), group.peek("c")?.length], [undefined, 10]);
});

Deno.test("Group.get() gives a value too large to keep and keeps the others", async () => {
  const group = new Group(
    "sized",
    (key) => key === "big" ? "x".repeat(999) : "s",
    {
      maxBytes: 1000,
    },
  );
  await group.get("small");
  assertEquals((await group.get("big"))?.length, 999);
  await group.set("big", "x".repeat(999));
  assertEquals([group.peek("big"), group.stats().entries], [undefined, 1]);
});

Deno.test("Group.getMany() gives the values there are and asks for each key once", async () => {
  const { group, asked } = scoreGroup();
  const scores = await group.getMany(["Tom", "Eve", "Sam", "Tom"]);
  assertEquals([...scores].map(([key, view]) => [key, String(view)]), [
    ["Tom", "630"],
    ["Sam", "567"],
  ]);
  assertEquals(asked, ["Tom", "Eve", "Sam"]);
});

Deno.test("Group.peek() neither loads nor counts", async () => {
  const { group, asked } = scoreGroup();
  assertEquals(group.peek("Tom"), undefined);
  await group.get("Tom");
  assertEquals([group.peek("Tom")?.toString(), group.stats().gets], ["630", 1]);
  assertEquals(asked, ["Tom"]);
});

Deno.test("Group() with a codec keeps values and gives every caller its own", async () => {
  const codec = jsonCodec<{ score: number }>();
  const group = new Group("json", () => ({ score: 630 }), { codec });
  const first = await group.get("Tom");
  if (first !== undefined) first.score = 0;
  assertEquals(await group.get("Tom"), { score: 630 });
  await group.set("Tom", { score: 1 });
  assertEquals(group.peek("Tom"), { score: 1 });
  const answer = await group.peerSource.answer("Tom", {});
  assertEquals(String(answer?.view), '{"score":1}');
});

Deno.test("Group.set() takes bytes, text and views", async () => {
  const { group } = scoreGroup();
  for (const value of ["1", new Uint8Array([0x31]), new ByteView("1")]) {
    await group.set("k", value);
    assertEquals(group.peek("k")?.toString(), "1");
  }
});

Deno.test("Group() refuses an empty name and numbers out of bounds", () => {
  assertThrows(
    () => new Group("", () => ""),
    RangeError,
    "Cannot create a group: its name must not be empty",
  );
  for (const getter of [undefined, null, {}, "get"]) {
    assertThrows(
      // A caller without types may give anything.
      () => new Group("g", getter as unknown as () => string),
      TypeError,
      'Cannot create group "g": want a getter, a function or an object with "get"',
    );
  }
  const wrong = { maxBytes: -1, ttl: -1, negativeTtl: NaN, retryAfter: -1 };
  for (const [name, value] of Object.entries({ ...wrong, maxWaiting: -1 })) {
    assertThrows(
      () => new Group("g", () => "", { [name]: value }),
      RangeError,
      `Cannot create a group with ${name} ${value}: want at least 0`,
    );
  }
  assertThrows(
    () => new Group("g", () => "", { maxLoads: 0 }),
    RangeError,
    "Cannot create a group with maxLoads 0: want at least 1",
  );
});

Deno.test("Group.stats() is a frozen snapshot", async () => {
  const { group } = scoreGroup();
  const before = group.stats();
  await group.get("Tom");
  await group.get("Tom");
  assertEquals([before.gets, Object.isFrozen(before)], [0, true]);
  assertEquals(group.stats(), {
    gets: 2,
    hits: 1,
    loads: 1,
    loadFailures: 0,
    peerLoads: 0,
    peerFailures: 0,
    backoffs: 0,
    overloads: 0,
    filtered: 0,
    refreshes: 0,
    fallbacks: 0,
    evictions: 0,
    copyHits: 0,
    handovers: 0,
    tierHits: 0,
    tierFailures: 0,
    entries: 1,
    copies: 0,
    copyBytes: 0,
    bytes: 3 + 3 + GROUP_ENTRY_OVERHEAD,
    running: 0,
    waiting: 0,
  });
});

Deno.test("Group.close() rejects waiters, aborts loads and refuses further use", async () => {
  const { group, loads } = manualGroup();
  await group.set("kept", "v");
  const wait = group.get("k");
  await group.close();
  await group.close();
  await assertRejects(
    () => wait,
    ClosedError,
    'Cannot get in group "manual": it is closed',
  );
  loads[0]?.resolve("late");
  assert(loads[0]?.signal.aborted);
  await assertRejects(() => group.get("kept"), ClosedError);
  await assertRejects(() => group.set("k", "v"), ClosedError, "Cannot set");
  await assertRejects(() => group.remove("k"), ClosedError, "Cannot remove");
  await assertRejects(() => group.removeMany([]), ClosedError, "Cannot remove");
  assertEquals([group.peek("kept"), group.stats().entries], [undefined, 0]);
});

Deno.test("Group never serves what set() or remove() made old, over seeded interleavings", async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  let version = 0;
  const pending: (() => void)[] = [];
  const group = new Group("fence", () => {
    const now = String(version);
    return new Promise<string>((resolve) => pending.push(() => resolve(now)));
  });
  for (let step = 0; step < 20_000; step++) {
    const action = random(8);
    if (action === 0) await group.set("k", String(++version));
    else if (action === 1) {
      version++;
      await group.remove("k");
    } else if (action < 5) {
      const oldest = version;
      void group.get("k").then((view) => {
        if (Number(String(view)) < oldest) throw new Error("Stale value");
      });
    } else {
      pending.splice(random(pending.length + 1), 1)[0]?.();
      await Promise.resolve();
    }
  }
  for (const finish of pending) finish();
  await new Promise((resolve) => setTimeout(resolve));
});

Deno.test("Group.getMany() asks for no more at a time than may wait", async () => {
  const group = new Group("many", (key) => Promise.resolve(key), {
    maxLoads: 2,
    maxWaiting: 3,
    maxBytes: 0,
  });
  const keys = Array.from({ length: 3000 }, (_, index) => `k${index}`);
  const values = await group.getMany(keys);
  assertEquals([...values.keys()], keys);
  assertEquals(group.stats().overloads, 0);
});
