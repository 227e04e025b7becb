// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { Group } from "./group.ts";
import type { GroupOptions } from "./group_options.ts";
import type { ByteView } from "./byte_view.ts";
import type { GetterContext } from "./getter.ts";
import type { PeerGetter } from "./peer.ts";
import type { SecondTier } from "./second_tier.ts";

/** A store that can be down, slow or noted. */
function storeOf() {
  const data = new Map<string, Uint8Array>();
  const calls: string[] = [];
  const state = {
    isDown: false,
    wait: undefined as (() => Promise<void>) | undefined,
  };
  const run = async <T>(name: string, work: () => T): Promise<T> => {
    calls.push(name);
    const { wait } = state;
    if (state.isDown) throw new Error("Down");
    await wait?.();
    return work();
  };
  const store: SecondTier = {
    get: (key) => run(`get ${key}`, () => data.get(key)),
    set: (key, bytes) => run(`set ${key}`, () => data.set(key, bytes)),
    delete: (key) => run(`delete ${key}`, () => data.delete(key)),
  };
  return { data, calls, state, store };
}

/** A process: a group over a store, with a source of its own. */
function process(
  secondTier: SecondTier,
  options?: GroupOptions<ByteView>,
  during?: (key: string, context: GetterContext) => unknown,
) {
  const clock = { time: 1 };
  const source = new Map([["k", "v1"], ["t", "tagged"]]);
  const asked: string[] = [];
  const group = new Group("g", async (key, context) => {
    asked.push(key);
    if (key === "t") context.tags = ["tag"];
    const value = source.get(key);
    await during?.(key, context);
    return value;
  }, {
    secondTier,
    ttlJitter: 0,
    now: () => clock.time,
    ...options,
  });
  const get = async (key: string) => (await group.get(key))?.toString();
  return { group, get, asked, source, clock };
}

/** Lets what goes on behind the caller's back come to its end. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Group with a second tier loads from there what an earlier run has loaded", async () => {
  const { store } = storeOf();
  const first = process(store, { ttl: 1000 });
  assertEquals([await first.get("k"), await first.get("t")], ["v1", "tagged"]);
  await settle();
  const second = process(store, { ttl: 1000 });
  second.clock.time = 401;
  assertEquals([await second.get("k"), await second.get("t")], [
    "v1",
    "tagged",
  ]);
  assertEquals([second.asked, second.group.stats().tierHits], [[], 2]);
  second.clock.time = 1001;
  assertEquals(second.group.has("k"), false);
  assertEquals([await second.get("k"), second.asked], ["v1", ["k"]]);
});

Deno.test("Group with a second tier keeps what memory has no room for", async () => {
  const { store } = storeOf();
  const { get, asked } = process(store, { maxBytes: 0 });
  await get("k");
  await settle();
  assertEquals([await get("k"), asked], ["v1", ["k"]]);
});

Deno.test("Group with a second tier keeps groups, keys and its own marks apart", async () => {
  const { store } = storeOf();
  const groups = ["a", "a:1", "1:a", "a:v:"].map((name) =>
    new Group(name, (key) => `${name}/${key}`, {
      secondTier: store,
      maxBytes: 0,
    })
  );
  const keys = ["k", "1:v:k", "v:k", "s:", ":", "s:#tag"];
  for (const round of [1, 2]) {
    for (const group of groups) {
      for (const key of keys) {
        const value = String(await group.get(key));
        assertEquals(value, `${group.name}/${key}`, `round ${round}`);
        await settle();
      }
    }
  }
});

Deno.test("Group leaves keys that have no UTF-8 out of the second tier", async () => {
  const { store, data } = storeOf();
  const { group } = process(store);
  await group.set("\ud800", "lone");
  await group.get("\udc00");
  await group.remove("\ud800");
  await settle();
  assertEquals(data.size, 0);
});

Deno.test("Group.set(), remove(), removeTag() and reset() end what the second tier holds", async () => {
  type Change = (group: Group) => Promise<unknown>;
  const changes: [change: Change, k: string, t: string][] = [
    [(group) => group.set("k", "set"), "set", "tagged"],
    [(group) => group.remove("k"), "v2", "tagged"],
    [(group) => group.removeMany(["k", "t"]), "v2", "tagged 2"],
    [(group) => group.removeTag("tag"), "v1", "tagged 2"],
    [(group) => group.reset(), "v2", "tagged 2"],
  ];
  for (const [change, k, t] of changes) {
    const { store } = storeOf();
    const first = process(store);
    for (const key of ["k", "t"]) await first.get(key);
    await settle();
    await change(first.group);
    const next = process(store);
    next.source.set("k", "v2").set("t", "tagged 2");
    assertEquals([await next.get("k"), await next.get("t")], [k, t]);
    first.source.set("k", "v2").set("t", "tagged 2");
    assertEquals([await first.get("k"), await first.get("t")], [k, t]);
  }
});

Deno.test("Group.refresh() replaces what the second tier holds, none included", async () => {
  const { store, data } = storeOf();
  const { group, source } = process(store);
  await group.refresh("k");
  source.set("k", "v2");
  await group.refresh("k");
  await settle();
  assertEquals(await process(store).get("k"), "v2");
  source.delete("k");
  await group.refresh("k");
  await settle();
  assertEquals([...data.keys()].filter((key) => key.includes("v:")), []);
});

Deno.test("Group writes nothing below that a change has overtaken", async () => {
  for (const change of ["remove", "reset", "removeTag"] as const) {
    const { store } = storeOf();
    const gate = Promise.withResolvers<void>();
    const first = process(store, {}, () => gate.promise);
    const loading = first.get("t");
    await settle();
    first.source.set("t", "new");
    await first.group[change](change === "removeTag" ? "tag" : "t");
    gate.resolve();
    assertEquals(await loading, "tagged");
    await settle();
    const next = process(store);
    next.source.set("t", "new");
    assertEquals(await next.get("t"), "new", change);
  }
});

Deno.test("Group reads nothing from below that a change has overtaken", async () => {
  for (const change of ["remove", "reset", "removeTag", "set"] as const) {
    const { store, state } = storeOf();
    await process(store).get("t");
    await settle();
    const gate = Promise.withResolvers<void>();
    state.wait = () => gate.promise;
    const { group, get, source } = process(store);
    const early = get("t");
    source.set("t", "new");
    const changing = change === "set"
      ? group.set("t", "new")
      : group[change](change === "removeTag" ? "tag" : "t");
    gate.resolve();
    await Promise.all([early, changing]);
    assertEquals(await get("t"), "new", change);
  }
});

Deno.test("Group asks the source while the second tier is down, and rests it", async () => {
  const { store, state, calls } = storeOf();
  const { get, group, asked, clock } = process(store, { maxBytes: 0 });
  state.isDown = true;
  assertEquals([await get("k"), asked], ["v1", ["k"]]);
  await settle();
  const tried = calls.length;
  assertEquals(await get("k"), "v1");
  assertEquals(calls.length, tried);
  assert(group.stats().tierFailures > 0);
  state.isDown = false;
  clock.time += 100;
  await get("k");
  await settle();
  assertEquals([await get("k"), asked.length], ["v1", 3]);
});

Deno.test("Group lets no value of a store that was down come back", async () => {
  type Change = (group: Group) => Promise<unknown>;
  const changes: [change: Change, want: string][] = [
    [(group) => group.set("t", "new"), "new"],
    [(group) => group.remove("t"), "new"],
    [(group) => group.removeTag("tag"), "new"],
    [(group) => group.reset(), "new"],
    [(group) => group.refresh("t"), "new"],
  ];
  for (const [change, want] of changes) {
    const { store, state } = storeOf();
    const { group, get, source, clock } = process(store);
    await get("t");
    await get("k");
    await settle();
    state.isDown = true;
    source.set("t", "new");
    await change(group);
    assertEquals(await get("t"), want);
    state.isDown = false;
    clock.time += 5000;
    // Any use of the store first tells it what it missed.
    await get("other");
    const next = process(store);
    next.source.set("t", want);
    assertEquals(await next.get("t"), want);
  }
});

Deno.test("Group ends the wait for a second tier that hangs", async () => {
  const { store, state } = storeOf();
  state.wait = () => new Promise(() => {});
  const { get, group } = process(store, { secondTierTimeout: 1 });
  assertEquals(await get("k"), "v1");
  await group.set("k", "set");
  assertEquals(await get("k"), "set");
});

Deno.test("Group takes damaged bytes of a second tier for nothing", async () => {
  const { store, data } = storeOf();
  await process(store).get("k");
  await settle();
  const [name = "", whole = new Uint8Array()] =
    [...data].find(([key]) => key.includes("v:")) ?? [];
  let seed = 5;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 500; round++) {
    const bytes = whole.slice(0, random(whole.length + 1));
    if (bytes.length > 0) {
      const at = random(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ 1 + random(255);
    }
    data.set(name, bytes);
    const { get, asked } = process(store);
    assertEquals([await get("k"), asked], ["v1", ["k"]]);
    await settle();
  }
});

Deno.test("Group.close() waits for what the second tier is given", async () => {
  const { store, state } = storeOf();
  const gate = Promise.withResolvers<void>();
  const first = process(store);
  state.wait = () => gate.promise;
  const loading = first.get("k");
  gate.resolve();
  await loading;
  await first.group.close();
  assertEquals(await process(store).get("k"), "v1");
  state.wait = () => new Promise(() => {});
  const hung = process(store, { secondTierTimeout: 1 });
  await hung.get("k");
  await hung.group.close();
});

/** A store whose next readings arrive late, with what was there at first. */
function lateStore() {
  const { store, data } = storeOf();
  const gate = Promise.withResolvers<void>();
  const late = { isLate: false, arrive: gate.resolve };
  const secondTier: SecondTier = {
    ...store,
    async get(key) {
      const bytes = data.get(key);
      if (late.isLate) await gate.promise;
      return bytes;
    },
  };
  return { store, secondTier, late };
}

Deno.test("Group.get() whose caller left does not bring an older value back from the second tier", async () => {
  const { store, secondTier, late } = lateStore();
  await process(store).get("k");
  await settle();
  const { group, get } = process(secondTier);
  late.isLate = true;
  const leaver = new AbortController();
  const left = group.get("k", { signal: leaver.signal }).catch(() => "left");
  leaver.abort();
  assertEquals(await left, "left");
  late.isLate = false;
  await group.set("k", "new");
  late.arrive();
  await settle();
  assertEquals(await get("k"), "new");
});

/** A store whose writings wait for a gate. */
function gatedStore() {
  const { store } = storeOf();
  const gate = Promise.withResolvers<void>();
  const secondTier: SecondTier = {
    ...store,
    async set(key, bytes, options) {
      if (key.includes("v:")) await gate.promise;
      return await store.set(key, bytes, options);
    },
  };
  return { store, secondTier, open: gate.resolve };
}

Deno.test("Group.set() whose value left memory before it was below does not let the older one stay", async () => {
  const { store, secondTier, open } = gatedStore();
  await process(store).get("k");
  await settle();
  // There is room for two.
  const options = { maxBytes: 2 * 600, policy: "lru" } as const;
  const { group, get } = process(secondTier, options);
  const setting = group.set("k", "new");
  for (const key of ["a", "b"]) await get(key);
  assertEquals([group.has("k"), await get("k")], [false, "v1"]);
  open();
  await setting;
  assertEquals(await get("k"), "new");
});

Deno.test("Group that is told to drop a key lets no write of it arrive below later", async () => {
  const { store, secondTier, open } = gatedStore();
  // It owned the key, as it saw it, when it was asked.
  const { group, get } = process(secondTier);
  assertEquals(await get("k"), "v1");
  const dropping = group.peerSource.apply({ kind: "drop", keys: ["k"] });
  open();
  await dropping;
  await settle();
  const owner = process(store);
  owner.source.set("k", "new");
  assertEquals(await owner.get("k"), "new");
});

Deno.test("Group.set() that finds no owner leaves no older value below", async () => {
  const { store } = storeOf();
  await process(store).get("k");
  await settle();
  const { group } = process(store);
  const dead: PeerGetter = {
    name: "dead",
    get: () => Promise.reject(new Error("Down")),
    tell: () => Promise.reject(new Error("Down")),
    handOver: () => Promise.reject(new Error("Down")),
  };
  group.peerSource.registerPeers({
    self: "here",
    spreadTime: 1,
    others: [],
    pickPeer: () => dead,
    pickPrevious: () => undefined,
    tellOthers: () => Promise.resolve(["dead"]),
  });
  assertEquals(await group.set("k", "new"), { missed: ["dead"] });
  const owner = process(store);
  owner.source.set("k", "new");
  assertEquals(await owner.get("k"), "new");
});
