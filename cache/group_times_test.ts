// Copyright 2026 the Gee authors. MIT license.
// What time, tags and resets do to the values of a group.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BloomFilter } from "./bloom_filter.ts";
import type { ByteView } from "./byte_view.ts";
import { Group } from "./group.ts";
import type { GetterContext } from "./getter.ts";
import type { GroupOptions } from "./group_options.ts";
import { GROUP_ENTRY_OVERHEAD } from "./memory.ts";

interface Rig {
  readonly group: Group;
  /** The time in ms; tests move it. */
  time: number;
  /** What the source answers; an error is thrown. */
  answer: string | Error | undefined;
  /** What happens inside each load. */
  during: (context: GetterContext) => void | Promise<void>;
  loads: number;
  get(key?: string): Promise<string | undefined>;
}

function rig(options: GroupOptions<ByteView> = {}): Rig {
  const rig: Rig = {
    group: new Group("rig", async (_key, context) => {
      rig.loads++;
      await rig.during(context);
      if (rig.answer instanceof Error) throw rig.answer;
      return rig.answer;
    }, { ttlJitter: 0, retryAfter: 0, now: () => rig.time, ...options }),
    time: 1000,
    answer: "v1",
    during: () => {},
    loads: 0,
    get: async (key = "k") => (await rig.group.get(key))?.toString(),
  };
  return rig;
}

/** Lets what runs behind the caller's back end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("Group with ttlJitter shortens each value by chance", async () => {
  const chances = [0, 0.5, 0.999];
  const one = rig({
    ttl: 100,
    ttlJitter: 0.2,
    random: () => chances.shift() ?? 0,
  });
  for (const key of ["a", "b", "c"]) await one.get(key);
  const fresh = () =>
    ["a", "b", "c"].filter((key) => one.group.has(key)).join("");
  one.time += 80;
  assertEquals(fresh(), "abc");
  one.time += 1;
  assertEquals(fresh(), "ab");
  one.time += 10;
  assertEquals(fresh(), "a");
  one.time += 9;
  assertEquals(fresh(), "");
});

Deno.test("Group takes the ttl of a value from its getter", async () => {
  const one = rig({ ttl: 1000 });
  one.during = (context) => void (context.ttl = 10);
  assertEquals(await one.get(), "v1");
  one.time += 10;
  one.answer = "v2";
  assertEquals(await one.get(), "v2");
  one.during = (context) => void (context.ttl = 0);
  one.time += 10;
  await one.get();
  await one.get();
  assertEquals(one.loads, 4); // 0 is not kept
  one.during = (context) => void (context.ttl = -1);
  await assertRejects(
    () => one.get("other"),
    RangeError,
    'Cannot keep "other": its getter set a ttl of -1, want at least 0',
  );
});

Deno.test("Group with idleTtl drops what nobody asks for", async () => {
  const one = rig({ idleTtl: 100 });
  await one.get();
  for (let use = 0; use < 5; use++) {
    one.time += 99;
    await one.get();
  }
  assertEquals(one.loads, 1);
  one.time += 100;
  assertEquals(one.group.has("k"), false);
  await one.get();
  assertEquals(one.loads, 2);
});

Deno.test("Group with staleWhileRevalidate serves and loads behind", async () => {
  const one = rig({ ttl: 100, staleWhileRevalidate: 50 });
  await one.get();
  one.time += 149;
  one.answer = "v2";
  assertEquals(await Promise.all([one.get(), one.get()]), ["v1", "v1"]);
  await settle();
  assertEquals([await one.get(), one.loads], ["v2", 2]); // one load for both
  one.time += 150;
  one.answer = "v3";
  assertEquals(await one.get(), "v3"); // too old: the caller waits
  assertEquals(one.group.stats().refreshes, 2);
});

Deno.test("Group with staleWhileRevalidate is quiet about a failing load", async () => {
  const one = rig({ ttl: 100, staleWhileRevalidate: 50, retryAfter: 20 });
  await one.get();
  one.time += 120;
  one.answer = new Error("Down");
  assertEquals(await one.get(), "v1");
  await settle();
  assertEquals(await one.get(), "v1");
  await settle();
  assertEquals(one.loads, 2); // left alone for a moment
  one.time += 20;
  one.answer = "v2";
  assertEquals(await one.get(), "v1");
  await settle();
  assertEquals(await one.get(), "v2");
});

Deno.test("Group with staleIfError serves a stale value where loading fails", async () => {
  const one = rig({ ttl: 100, staleIfError: 1000, retryAfter: 50 });
  await one.get();
  one.time += 200;
  one.answer = new Error("Down");
  for (let call = 0; call < 3; call++) assertEquals(await one.get(), "v1");
  assertEquals([one.loads, one.group.stats().fallbacks], [2, 3]);
  one.time += 50;
  one.answer = "v2";
  assertEquals(await one.get(), "v2");
  one.time += 1100;
  one.answer = new Error("Down");
  await assertRejects(() => one.get(), Error, "Down");
});

Deno.test("Group with staleIfError brings nothing back that was dropped", async () => {
  for (
    const drop of [
      (group: Group) => group.remove("k"),
      (group: Group) => group.reset(),
      (group: Group) => group.removeTag("t"),
    ]
  ) {
    const one = rig({ ttl: 100, staleIfError: 1000 });
    one.during = (context) => void (context.tags = ["t"]);
    await one.get();
    one.time += 200;
    one.answer = new Error("Down");
    one.during = () => void drop(one.group);
    await assertRejects(() => one.get(), Error, "Down");
  }
});

Deno.test('Group never serves "there is none" stale', async () => {
  const one = rig({
    negativeTtl: 10,
    staleWhileRevalidate: 100,
    staleIfError: 100,
  });
  one.answer = undefined;
  assertEquals(await one.get(), undefined);
  one.time += 10;
  one.answer = new Error("Down");
  await assertRejects(() => one.get(), Error, "Down");
});

Deno.test("Group with earlyRefresh loads behind, the likelier the nearer the end", async () => {
  let chance = 0.9; // -ln(1 - 0.9) is 2.3
  const one = rig({ ttl: 1000, earlyRefresh: 1, random: () => chance });
  one.during = () => void (one.time += 100); // a load takes 100 ms
  await one.get();
  one.time += 700;
  await one.get();
  await settle();
  assertEquals(one.loads, 1); // 300 ms left are more than 230
  one.time += 100;
  one.answer = "v2";
  assertEquals(await one.get(), "v1");
  await settle();
  assertEquals([await one.get(), one.loads], ["v2", 2]);
  chance = 0.1; // -ln(1 - 0.1) is 0.1
  one.time += 850;
  await one.get();
  await settle();
  assertEquals(one.loads, 2);
});

Deno.test("Group.removeTag() drops what has the tag, loads under way included", async () => {
  const one = rig();
  one.during = (context) => void (context.tags = ["user:7", "all"]);
  await one.get("a");
  one.during = (context) => void (context.tags = ["all"]);
  await one.get("b");
  await one.group.set("c", "set", { tags: ["user:7"] });
  await one.group.removeTag("user:7");
  assertEquals(["a", "b", "c"].filter((key) => one.group.has(key)), ["b"]);
  one.during = (context) => {
    context.tags = ["all"];
    void one.group.removeTag("all");
  };
  await one.get("d");
  assertEquals(["b", "d"].filter((key) => one.group.has(key)), []);
  await one.group.set("b", "again", { tags: ["all"] });
  assertEquals(one.group.has("b"), true);
});

Deno.test("Group.reset() drops everything at once, loads under way included", async () => {
  const one = rig();
  for (let key = 0; key < 100; key++) await one.get(`${key}`);
  const gate = Promise.withResolvers<void>();
  one.during = () => gate.promise;
  const loading = one.get("late");
  await one.group.reset();
  one.during = () => {};
  gate.resolve();
  assertEquals(await loading, "v1"); // who asked before still gets it
  assertEquals(one.group.has("late"), false);
  assertEquals(one.group.has("7"), false);
  await one.get("7");
  assertEquals(one.loads, 102);
});

Deno.test("Group.reset() and removeTag() let nobody join a load from before", async () => {
  for (
    const end of [
      (group: Group) => group.reset(),
      (group: Group) => group.removeTag("any"),
    ]
  ) {
    const one = rig();
    const gate = Promise.withResolvers<void>();
    one.during = async () => {
      const { answer } = one;
      await gate.promise;
      one.answer = answer; // as the source was when it was asked
    };
    const before = one.get();
    end(one.group);
    one.during = () => {};
    one.answer = "v2";
    assertEquals(await one.get(), "v2");
    gate.resolve();
    assertEquals(await before, "v1");
    assertEquals(await one.get(), "v2");
  }
});

Deno.test("Group remembers a bounded number of ended tags, and ends too many rather than too few", async () => {
  const one = rig();
  await one.group.set("old", "v", { tags: ["first"] });
  await one.group.set("plain", "v");
  await one.group.removeTag("first");
  for (let tag = 0; tag < 10_001; tag++) {
    await one.group.removeTag(`${tag}`);
  }
  assertEquals([one.group.has("old"), one.group.has("plain")], [false, true]);
  await one.group.set("new", "v", { tags: ["first"] });
  assertEquals(one.group.has("new"), true);
});

Deno.test("Group.refresh() loads anew and serves the old value meanwhile", async () => {
  const one = rig();
  await one.get();
  const gate = Promise.withResolvers<void>();
  one.answer = "v2";
  one.during = () => gate.promise;
  const refreshed = one.group.refresh("k");
  assertEquals(await one.get(), "v1");
  gate.resolve();
  assertEquals(String(await refreshed), "v2");
  assertEquals([await one.get(), one.loads], ["v2", 2]);
  one.answer = new Error("Down");
  await assertRejects(() => one.group.refresh("k"), Error, "Down");
  assertEquals(await one.get(), "v2");
});

Deno.test("Group.refresh() joins no load that began before it", async () => {
  const gate = Promise.withResolvers<void>();
  let answer = "v1";
  await using group = new Group("g", async () => {
    const value = answer;
    await gate.promise;
    return value;
  });
  const early = group.get("k");
  answer = "v2";
  const refreshed = group.refresh("k");
  // Who comes now joins that one.
  const late = group.get("k");
  gate.resolve();
  const all = await Promise.all([early, refreshed, late]);
  assertEquals(all.map(String), ["v1", "v2", "v2"]);
  assertEquals([String(await group.get("k")), group.stats().loads], ["v2", 2]);
});

Deno.test("Group.removeMany() drops all or none", async () => {
  const one = rig();
  for (const key of ["a", "b"]) await one.get(key);
  await assertRejects(() => one.group.removeMany(["a", ""]), RangeError);
  assert(one.group.has("a"));
  assertEquals(await one.group.removeMany(["a", "a", "b", "c"]), {
    missed: [],
  });
  assertEquals([one.group.has("a"), one.group.has("b")], [false, false]);
});

Deno.test("Group with mayHave asks nobody for what cannot be there", async () => {
  const known = new BloomFilter({ expectedKeys: 100 });
  known.add("Tom");
  const one = rig({ mayHave: (key) => known.has(key) });
  assertEquals(await one.get("Tom"), "v1");
  for (let key = 0; key < 100; key++) await one.get(`stranger ${key}`);
  const { loads, filtered, entries } = one.group.stats();
  assert(loads <= 6, `${loads} loads`); // one in a hundred may pass
  assertEquals([filtered + loads, entries], [101, loads]);
});

Deno.test("Group.set() takes a ttl and refuses a wrong one", async () => {
  const one = rig({ ttl: 1000 });
  await one.group.set("k", "v", { ttl: 10 });
  one.time += 10;
  assertEquals(one.group.has("k"), false);
  await one.group.set("k", "v", { ttl: 0 });
  assertEquals(one.group.has("k"), false);
  await assertRejects(
    () => one.group.set("k", "v", { ttl: NaN }),
    RangeError,
    'Cannot set in group "rig" with ttl NaN: want at least 0',
  );
});

Deno.test("Group refuses rules of time that make no sense", () => {
  for (
    const [name, value] of [
      ["ttlJitter", -0.1],
      ["idleTtl", NaN],
      ["staleWhileRevalidate", -1],
      ["staleIfError", -1],
      ["earlyRefresh", -1],
    ] as const
  ) {
    assertThrows(
      () => rig({ [name]: value }),
      RangeError,
      `Cannot create a group with ${name} ${value}: want at least 0`,
    );
  }
  assertThrows(() => rig({ ttlJitter: 1.1 }), RangeError, "want 0 to 1");
});

Deno.test("Group counts a stale value until it is met", async () => {
  const one = rig({ ttl: 100 });
  await one.get("a");
  one.time += 100;
  const { entries, bytes } = one.group.stats();
  assertEquals([entries, bytes], [1, 1 + 2 + GROUP_ENTRY_OVERHEAD]);
  one.answer = new Error("Down");
  await assertRejects(() => one.get("a"));
  assertEquals(one.group.stats().entries, 0);
});
