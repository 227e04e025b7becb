// Copyright 2026 the Gee authors. MIT license.
// Groups among peers, the pool replaced by direct calls: what is asked, told,
// copied and kept.

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ByteView } from "./byte_view.ts";
import type { Change } from "./change.ts";
import { LoadError } from "./errors.ts";
import { Group } from "./group.ts";
import type { GroupOptions } from "./group_options.ts";
import type { PeerGetter, PeerPicker, PeerValue } from "./peer.ts";

const text = async (value: Promise<ByteView | undefined>) =>
  (await value)?.toString();

/** A peer that knows one answer. */
function peer(get: PeerGetter["get"], told: Change[] = []): PeerGetter {
  return {
    name: "far",
    get,
    tell: (_group, change) => {
      told.push(change);
      return Promise.resolve();
    },
    handOver: () => Promise.reject(new Error("not here")),
  };
}

/** A picker for which one peer owns every key. */
function picker(owner: PeerGetter, more: Partial<PeerPicker> = {}): PeerPicker {
  return {
    self: "near",
    spreadTime: 1000,
    others: [owner],
    pickPeer: () => owner,
    pickPrevious: () => undefined,
    tellOthers: () => Promise.resolve([]),
    ...more,
  };
}

/** A group of which one peer owns every key. */
function peerGroup(
  get: PeerGetter["get"],
  options: GroupOptions<ByteView> = {},
  more: Partial<PeerPicker> = {},
) {
  const asked: string[] = [];
  const group = new Group("scores", (key) => {
    asked.push(key);
    return "630";
  }, options);
  const told: Change[] = [];
  group.peerSource.registerPeers(picker(peer(get, told), more));
  return { group, asked, told };
}

const value = (content: string, ttl?: number): Promise<PeerValue> =>
  Promise.resolve({
    view: new ByteView(content),
    ...ttl !== undefined && { ttl },
  });

/**
 * Nodes that reach one another by direct calls. The first letter of a key names
 * its owner; `delay` holds answers back until the test lets them go.
 */
function cluster(names: string, options: GroupOptions<ByteView> = {}) {
  const source = new Map<string, string>();
  const loads: string[] = [];
  const held: (() => void)[] = [];
  const state = { isHeld: false, source, loads, held };
  const groups = new Map<string, Group>();
  const through = async <T>(answer: T | Promise<T>): Promise<T> => {
    const settled = await answer;
    if (state.isHeld) await new Promise<void>((go) => held.push(go));
    return settled;
  };
  const peerOf = (name: string): PeerGetter => {
    const side = () => groups.get(name)?.peerSource;
    return {
      name,
      get: (_group, key, { mode = "load" } = {}) =>
        through(side()?.answer(key, { mode, isForwarded: true })),
      tell: (_group, change) => Promise.resolve(side()?.apply(change)),
      handOver: (_group, { maxBytes }) =>
        through(
          side()?.handOver((key) => key[0] === asking.name, maxBytes) ??
            new Uint8Array(),
        ),
    };
  };
  const asking = { name: "" };
  const peers = new Map([...names].map((name) => [name, peerOf(name)]));
  for (const name of names) {
    const others = [...peers.values()].filter((one) => one.name !== name);
    const group = new Group("g", (key) => {
      loads.push(`${name}:${key}`);
      return source.get(key);
    }, options);
    groups.set(name, group);
    group.peerSource.registerPeers({
      self: name,
      spreadTime: 1000,
      others,
      pickPeer: (key) => key[0] === name ? undefined : peers.get(key[0] ?? ""),
      pickPrevious: () => undefined,
      tellOthers: async (_group, change, except) => {
        for (const other of others) {
          if (other !== except) await other.tell("g", change);
        }
        return [];
      },
    });
  }
  const at = (name: string): Group => {
    const group = groups.get(name);
    if (group === undefined) throw new Error(`There is no node "${name}"`);
    asking.name = name;
    return group;
  };
  return { ...state, state, at };
}

Deno.test("Group.get() asks the owner once for all callers and keeps nothing", async () => {
  const questions: string[] = [];
  const { group, asked } = peerGroup((name, key) => {
    questions.push(`${name}/${key}`);
    return value("far");
  });
  const all = await Promise.all([group.get("Tom"), group.get("Tom")]);
  assertEquals(all.map(String), ["far", "far"]);
  await group.get("Tom");
  assertEquals([questions, asked], [["scores/Tom", "scores/Tom"], []]);
  assertEquals([group.stats().entries, group.stats().copies], [0, 0]);
});

Deno.test("Group.get() believes the owner that there is none", async () => {
  const { group, asked } = peerGroup(() => Promise.resolve(undefined));
  assertEquals(await group.get("Tom"), undefined);
  assertEquals([asked, group.stats().peerFailures], [[], 0]);
});

Deno.test("Group.get() asks the source when the owner is down and does not keep the value", async () => {
  const { group, asked } = peerGroup(() => Promise.reject(new Error("down")));
  assertEquals(await text(group.get("Tom")), "630");
  assertEquals(await text(group.get("Tom")), "630");
  assertEquals(asked, ["Tom", "Tom"]);
  const { peerLoads, peerFailures, loads, entries } = group.stats();
  assertEquals([peerLoads, peerFailures, loads, entries], [2, 2, 2, 0]);
});

Deno.test("Group.get() spares the source when the owner failed to load, and pauses", async () => {
  const error = new LoadError("Cannot load");
  const { group, asked } = peerGroup(() => Promise.reject(error));
  for (let call = 0; call < 3; call++) {
    assertStrictEquals(await group.get("Tom").catch((e) => e), error);
  }
  const { peerLoads, backoffs } = group.stats();
  assertEquals([asked, peerLoads, backoffs], [[], 1, 2]);
});

Deno.test("Group.get() waits for a peer no longer than its caller wants", async () => {
  const { group, asked } = peerGroup(() => new Promise(() => {}));
  const leaver = new AbortController();
  const wait = group.get("Tom", { signal: leaver.signal });
  leaver.abort(new Error("gone"));
  await assertRejects(() => wait, Error, "gone");
  assertEquals(asked, []);
});

Deno.test("Group.get() that met a dead peer takes what came meanwhile", async () => {
  const question = Promise.withResolvers<undefined>();
  const { group, asked } = peerGroup(() => question.promise);
  const wait = group.get("Tom");
  await group.peerSource.apply({
    kind: "set",
    key: "Tom",
    view: new ByteView("set"),
  });
  question.reject(new Error("down"));
  assertEquals(await text(wait), "set");
  assertEquals(asked, []);
});

Deno.test("PeerSource.answer() to a forwarded question neither asks a peer nor waits for one", async () => {
  const { group, asked } = peerGroup(() => new Promise(() => {}));
  const leaver = new AbortController();
  const hung = group.get("Tom", { signal: leaver.signal });
  const answer = await group.peerSource.answer("Tom", { isForwarded: true });
  assertEquals([String(answer?.view), asked], ["630", ["Tom"]]);
  assertEquals([answer?.ttl, group.stats().entries], [undefined, 0]);
  leaver.abort(new Error("gone"));
  await assertRejects(() => hung, Error, "gone");
});

Deno.test("PeerSource.answer() is there at once for a hit, with its terms", async () => {
  let now = 0;
  const group = new Group("g", (_key, context) => {
    context.tags = ["t"];
    return "v";
  }, { ttl: 1000, ttlJitter: 0, now: () => now });
  await group.get("k");
  now = 300;
  const answer = group.peerSource.answer("k", {});
  assertEquals(answer instanceof Promise, false);
  const { view, ...terms } = await answer ?? { view: undefined };
  assertEquals([String(view), terms], ["v", { ttl: 700, tags: ["t"] }]);
  const held = group.peerSource.answer("other", { mode: "held" });
  assertEquals(held, undefined);
});

Deno.test("PeerSource.answer() hands over nothing that is served stale", async () => {
  let now = 1;
  const group = new Group("g", () => "v", {
    ttl: 100,
    ttlJitter: 0,
    staleWhileRevalidate: 100,
    staleIfError: 100,
    now: () => now,
  });
  await group.get("k");
  const held = async () =>
    (await group.peerSource.answer("k", { mode: "held" }))?.ttl;
  now = 100;
  assertEquals(await held(), 1);
  now = 101;
  assertEquals(await held(), undefined);
});

Deno.test("PeerSource.registerPeers() refuses a second picker", () => {
  const { group } = peerGroup(() => Promise.resolve(undefined));
  assertThrows(
    () => group.peerSource.registerPeers(picker(peer(() => value("v")))),
    TypeError,
    'Cannot register peers of group "scores": it has some already',
  );
});

Deno.test("Group copies what it asks for often, for a short time and within its bytes", async () => {
  let now = 1;
  let version = 0;
  const ask = () => value(`v${++version}`, 60_000);
  const options = { now: () => now, copies: { after: 3, ttl: 500 } };
  const { group } = peerGroup(ask, { ...options, maxBytes: 8 * 1200 });
  for (let call = 0; call < 3; call++) await group.get("hot");
  assertEquals(await text(group.get("hot")), "v3");
  assertEquals([group.stats().copies, group.stats().copyHits], [1, 1]);
  assertEquals([group.has("hot"), group.explain("hot").tier], [true, "copy"]);
  now += 500;
  assertEquals(await text(group.get("hot")), "v4");
  for (let key = 0; key < 10; key++) {
    for (let call = 0; call < 4; call++) await group.get(`k${key}`);
  }
  assertEquals(group.stats().copies, 2); // of 600 bytes in an eighth of 9600
});

Deno.test("Group gives peers no copy of what another one owns", async () => {
  const ask = () => value("old", 60_000);
  const { group, asked } = peerGroup(ask, { copies: { after: 1 } });
  await group.get("hot");
  assertEquals([group.stats().copies, asked], [1, []]);
  const { peerSource } = group;
  const answer = await peerSource.answer("hot", { isForwarded: true });
  assertEquals([String(answer?.view), asked], ["630", ["hot"]]);
  assertEquals(await text(group.get("hot")), "old");
});

Deno.test("Group copies nothing it would not be told of, and nothing that is rare", async () => {
  let now = 0;
  const options = { now: () => now, copies: { after: 3 } };
  const alien = peerGroup(() => value("v"), options);
  for (let call = 0; call < 9; call++) await alien.group.get("hot");
  assertEquals(alien.group.stats().copies, 0);
  const rare = peerGroup(() => value("v", 9999), options);
  for (let call = 0; call < 9; call++) {
    await rare.group.get("k");
    now += 30_000;
  }
  assertEquals(rare.group.stats().copies, 0);
});

Deno.test("Group refuses limits of copies that make no sense", () => {
  const wrong = [["maxBytes", -1], ["ttl", NaN]] as const;
  for (const [name, number] of wrong) {
    assertThrows(
      () => new Group("g", () => "", { copies: { [name]: number } }),
      RangeError,
      `Cannot create a group with copies.${name} ${number}: want at least 0`,
    );
  }
  assertThrows(
    () => new Group("g", () => "", { copies: { after: 256 } }),
    RangeError,
    "Cannot create a group with copies.after 256: want 1 to 255",
  );
});

Deno.test("Group.set() reaches the owner first, then everyone's copies", async () => {
  const { at, source } = cluster("abc", { copies: { after: 1 } });
  source.set("a1", "old");
  for (const name of "abc") assertEquals(await text(at(name).get("a1")), "old");
  assertEquals([at("b").stats().copies, at("c").stats().copies], [1, 1]);
  assertEquals(await at("b").set("a1", "new", { tags: ["t"] }), { missed: [] });
  assertEquals(String(at("a").peek("a1")), "new");
  for (const name of "bc") assertEquals(at(name).has("a1"), false);
  for (const name of "bca") assertEquals(await text(at(name).get("a1")), "new");
  await at("c").removeTag("t");
  for (const name of "abc") assertEquals(at(name).has("a1"), false);
});

Deno.test("Group.remove(), removeMany(), removeTag() and reset() reach every node", async () => {
  const ways: ((group: Group) => Promise<unknown>)[] = [
    async (group) => {
      for (const key of ["a1", "b1", "c1"]) await group.remove(key);
    },
    (group) => group.removeMany(["a1", "b1", "c1"]),
    (group) => group.reset(),
  ];
  for (const change of ways) {
    const { at, source, loads } = cluster("abc", { copies: { after: 1 } });
    for (const key of ["a1", "b1", "c1"]) source.set(key, "old");
    for (const name of "abc") await at(name).getMany(["a1", "b1", "c1"]);
    assertEquals(loads.length, 3);
    for (const key of ["a1", "b1", "c1"]) source.set(key, "new");
    await change(at("b"));
    for (const name of "abc") {
      for (const key of ["a1", "b1", "c1"]) {
        assertEquals(await text(at(name).get(key)), "new");
      }
    }
    assertEquals(loads.length, 6);
  }
});

Deno.test("Group keeps no copy of an answer that a change has overtaken", async () => {
  for (const way of ["remove", "reset"] as const) {
    const { at, source, state } = cluster("ab", { copies: { after: 1 } });
    source.set("a1", "old");
    await at("a").get("a1");
    state.isHeld = true;
    const early = at("b").get("a1");
    await Promise.resolve();
    source.set("a1", "new");
    const change = way === "remove" ? at("a").remove("a1") : at("a").reset();
    await change;
    state.isHeld = false;
    for (const go of state.held) go();
    assertEquals(await text(early), "old");
    assertEquals(await text(at("b").get("a1")), "new");
  }
});

Deno.test("Group.refresh() has the owner load, and drops copies elsewhere", async () => {
  const { at, source, loads } = cluster("abc", { copies: { after: 1 } });
  source.set("a1", "old");
  for (const name of "abc") await at(name).get("a1");
  source.set("a1", "new");
  assertEquals(await text(at("b").refresh("a1")), "new");
  assertEquals(loads, ["a:a1", "a:a1"]);
  for (const name of "abc") assertEquals(await text(at(name).get("a1")), "new");
  assertEquals(loads.length, 2);
});

Deno.test("Group.refresh() asks the source itself when the owner is down", async () => {
  const { group, asked } = peerGroup(() => Promise.reject(new Error("down")));
  assertEquals(await text(group.refresh("Tom")), "630");
  assertEquals([asked, group.stats().entries], [["Tom"], 0]);
  const failing = peerGroup(() => Promise.reject(new LoadError("Cannot load")));
  await assertRejects(() => failing.group.refresh("Tom"), LoadError);
  assertEquals(failing.asked, []);
});

Deno.test("Group.set() finds the next owner when the first one fails", async () => {
  const told: string[] = [];
  const owner = (name: string, isDead: boolean): PeerGetter => ({
    ...peer(() => value("v")),
    name,
    tell: (_group, { kind }) => {
      told.push(`${name} ${kind}`);
      return isDead ? Promise.reject(new Error("down")) : Promise.resolve();
    },
  });
  const ring = [owner("dead", true), owner("next", false)];
  const others: string[] = [];
  const { group } = peerGroup(() => value("v"), {}, {
    pickPeer: () => told.length === 0 ? ring[0] : ring[1],
    tellOthers: (_group, change, except) => {
      const what = "isCopies" in change ? "copies" : "all";
      others.push(`${change.kind} ${what} not ${except?.name}`);
      return Promise.resolve(["dead"]);
    },
  });
  assertEquals(await group.set("Tom", "1"), { missed: ["dead"] });
  assertEquals(told, ["dead set", "next set"]);
  assertEquals(others, ["drop all not next", "drop copies not next"]);
});

Deno.test("Group.remove() gives up on an owner that cannot be told, and says so", async () => {
  let attempts = 0;
  const go: PeerGetter = {
    ...peer(() => value("v")),
    tell: () => Promise.reject(new Error(`Go ${++attempts}`)),
  };
  const { group } = peerGroup(() => value("v"), {}, {
    pickPeer: () => go,
    tellOthers: (_group, _change, except) =>
      Promise.resolve(except === undefined ? ["far"] : []),
  });
  assertEquals(await group.remove("Tom"), { missed: ["far"] });
  assertEquals(attempts, 4);
});

Deno.test("Group.get() asks the former owner before the source, and keeps its terms", async () => {
  const modes: unknown[] = [];
  const former = peer((_group, _key, options) => {
    modes.push(options?.mode);
    return Promise.resolve({
      view: new ByteView("held"),
      ttl: 500,
      tags: ["t"],
    });
  });
  let now = 1;
  const { group, asked } = peerGroup(
    () => value("v"),
    { now: () => now, ttlJitter: 0 },
    { pickPeer: () => undefined, pickPrevious: () => former },
  );
  assertEquals(await text(group.get("Tom")), "held");
  assertEquals([modes, asked, group.stats().handovers], [["held"], [], 1]);
  now += 499;
  assertEquals(group.has("Tom"), true);
  await group.removeTag("t");
  assertEquals(group.has("Tom"), false);
});

Deno.test("Group.get() asks the source when the former owner has nothing or fails", async () => {
  const formers = [
    () => Promise.resolve(undefined),
    () => Promise.reject(new Error("down")),
    () => value("alien"),
  ];
  for (const get of formers) {
    const { group, asked } = peerGroup(get, {}, {
      pickPeer: () => undefined,
      pickPrevious: () => peer(get),
    });
    assertEquals(await text(group.get("Tom")), "630");
    assertEquals([asked, group.stats().entries], [["Tom"], 1]);
  }
});

Deno.test("Group.get() keeps nothing a former owner gave before a change", async () => {
  const answer = Promise.withResolvers<PeerValue>();
  const { group, asked } = peerGroup(() => value("v"), {}, {
    pickPeer: () => undefined,
    pickPrevious: () => peer(() => answer.promise),
  });
  const early = group.get("Tom");
  await group.remove("Tom");
  answer.resolve({ view: new ByteView("old"), ttl: Infinity });
  await early;
  assertEquals([group.has("Tom"), asked], [false, ["Tom"]]);
});

Deno.test("Group.get() asks no former owner for what changed a short while ago", async () => {
  let now = 0;
  let asked = 0;
  const former = () =>
    peer(() => {
      asked++;
      return value("old", Infinity);
    });
  const { group } = peerGroup(() => value("v"), { now: () => now }, {
    pickPeer: () => undefined,
    pickPrevious: former,
  });
  const steps: [change: () => unknown, key: string, asked: number][] = [
    [() => group.remove("a"), "a", 0],
    [() => {}, "b", 1],
    [() => group.reset(), "c", 1],
    [() => now += 999, "d", 1],
    [() => now += 1, "e", 2],
    [() => group.removeTag("t"), "f", 2],
  ];
  for (const [change, key, wanted] of steps) {
    await change();
    await group.get(key);
    assertEquals(asked, wanted, key);
  }
});

Deno.test("Group.warmUp() takes what peers hold of its keys, with the time it has left", async () => {
  let now = 1000;
  const options = { ttl: 1000, ttlJitter: 0, now: () => now };
  const { at, source, loads } = cluster("ab", options);
  const other = new Group("g", (key) => key.toUpperCase(), options);
  for (const key of ["b1", "b2", "a1"]) await other.get(key);
  now += 400;
  const bytes = other.peerSource.handOver((key) => key[0] === "b", 1 << 20);
  source.set("b1", "x");
  assertEquals((await at("b").warmUp()).restored, 0);
  const warm = new Group("g", () => "loaded", options);
  warm.peerSource.registerPeers(picker({
    ...peer(() => value("v")),
    handOver: () => Promise.resolve(bytes),
  }, { pickPeer: () => undefined }));
  now += 1_000_000; // another machine, another clock
  assertEquals(await warm.warmUp(), { restored: 2, skipped: 0, isTorn: false });
  assertEquals(await text(warm.get("b1")), "B1");
  now += 599;
  assertEquals(warm.has("b2"), true);
  now += 1;
  assertEquals([warm.has("b2"), loads], [false, []]);
});

Deno.test("Group.warmUp() passes over peers that fail, and takes no key that changed meanwhile", async () => {
  const other = new Group("g", (key) => key);
  for (const key of ["k1", "k2"]) await other.get(key);
  const bytes = other.peerSource.handOver(() => true, 1 << 20);
  const group = new Group("g", () => "loaded");
  const failing = peer(() => value("v"));
  const garbled = {
    ...failing,
    handOver: () => Promise.resolve(bytes.slice(9)),
  };
  const slow: PeerGetter = {
    ...failing,
    handOver: async () => {
      await group.remove("k1");
      return bytes;
    },
  };
  group.peerSource.registerPeers(
    picker(slow, {
      others: [failing, garbled, slow],
      pickPeer: () => undefined,
    }),
  );
  assertEquals(await group.warmUp(), {
    restored: 1,
    skipped: 1,
    isTorn: false,
  });
  assertEquals([group.has("k1"), group.has("k2")], [false, true]);
  assertEquals(group.stats().peerFailures, 2);
  await assertRejects(
    () => group.warmUp({ maxBytes: NaN }),
    RangeError,
    "with maxBytes NaN: want at least 0",
  );
  await assertRejects(
    () => group.warmUp({ signal: AbortSignal.abort(new Error("enough")) }),
    Error,
    "enough",
  );
});

Deno.test("PeerSource.handOver() gives the most useful within its bytes", async () => {
  const group = new Group("g", () => "x".repeat(98), { policy: "lru" });
  for (let key = 10; key < 20; key++) await group.get(`${key}`);
  const bytes = group.peerSource.handOver(() => true, 450);
  const next = new Group("g", () => "loaded");
  const stream = ReadableStream.from([bytes]);
  assertEquals(await next.restore(stream), {
    restored: 3,
    skipped: 0,
    isTorn: false,
  });
  assertEquals(["16", "17", "18", "19"].map((key) => next.has(key)), [
    false,
    true,
    true,
    true,
  ]);
});

Deno.test("Group.get() whose caller left copies nothing", async () => {
  const question = Promise.withResolvers<PeerValue>();
  const { group } = peerGroup(() => question.promise, { copies: { after: 1 } });
  const leaver = new AbortController();
  const left = group.get("Tom", { signal: leaver.signal }).catch(() => "left");
  leaver.abort();
  assertEquals(await left, "left");
  // The change finds no copy and no load; then the old value arrives.
  await group.peerSource.apply({ kind: "drop", keys: ["Tom"] });
  question.resolve(await value("old", 1000));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(group.has("Tom"), false);
});

Deno.test("Group ends the wait for a change by a signal, and the change goes on", async () => {
  const ways: ((group: Group, signal: AbortSignal) => Promise<unknown>)[] = [
    (group, signal) => group.set("k", "v", { signal }),
    (group, signal) => group.remove("k", { signal }),
    (group, signal) => group.removeMany(["k"], { signal }),
    (group, signal) => group.removeTag("t", { signal }),
    (group, signal) => group.reset({ signal }),
  ];
  for (const change of ways) {
    const told = Promise.withResolvers<readonly string[]>();
    let tellings = 0;
    const { group } = peerGroup(() => value("v"), {}, {
      tellOthers: () => {
        tellings++;
        return told.promise;
      },
    });
    const leaver = new AbortController();
    const wait = change(group, leaver.signal);
    await new Promise((resolve) => setTimeout(resolve));
    leaver.abort(new Error("gone"));
    await assertRejects(() => wait, Error, "gone");
    await assertRejects(() => change(group, leaver.signal), Error, "gone");
    assertEquals(tellings, 1);
    told.resolve([]);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(tellings, 2);
  }
});
