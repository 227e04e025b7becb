// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { Group } from "./group.ts";
import type { GroupOptions } from "./group_options.ts";
import type { ByteView } from "./byte_view.ts";
import { MissLog } from "./miss_log.ts";

function rig(options: GroupOptions<ByteView> = {}) {
  const clock = { time: 1000 };
  const group = new Group("g", (key, context) => {
    if (key === "failing") throw new Error("Down");
    if (key === "unkept") context.ttl = 0;
    context.tags = ["t"];
    return key === "none" ? undefined : "x".repeat(100);
  }, { ttlJitter: 0, ttl: 500, now: () => clock.time, ...options });
  const lastMiss = (key: string) => group.explain(key).lastMiss?.reason;
  return { group, clock, lastMiss };
}

Deno.test("Group.explain() tells tier, age and what is left", async () => {
  const { group, clock } = rig();
  assertEquals(group.explain("k"), {
    key: "k",
    tier: "none",
    owner: "",
    isOwner: true,
    isAbsent: false,
    isLeftAlone: false,
  });
  await group.get("k");
  clock.time += 200;
  assertEquals(group.explain("k"), {
    key: "k",
    tier: "memory",
    owner: "",
    isOwner: true,
    isAbsent: false,
    ttl: 300,
    tags: ["t"],
    age: 200,
    lastMiss: { reason: "new", at: 1000 },
    isLeftAlone: false,
  });
  await group.get("none");
  assertEquals(group.explain("none").isAbsent, true);
  await group.get("failing").catch(() => {});
  assertEquals(group.explain("failing").isLeftAlone, true);
});

Deno.test("Group.explain() tells why the last get was a miss", async () => {
  const { group, clock, lastMiss } = rig({ policy: "lru", maxBytes: 2000 });
  await group.get("k");
  assertEquals(lastMiss("k"), "new");
  clock.time += 500;
  await group.get("k");
  assertEquals(lastMiss("k"), "expired");
  await group.remove("k");
  await group.get("k");
  assertEquals(lastMiss("k"), "removed");
  await group.reset();
  await group.get("k");
  assertEquals(lastMiss("k"), "reset");
  await group.removeTag("t");
  await group.get("k");
  assertEquals(lastMiss("k"), "reset");
  for (const key of ["a", "b", "c"]) await group.get(key);
  await group.get("k");
  assertEquals(lastMiss("k"), "evicted");
  for (let call = 0; call < 2; call++) await group.get("unkept");
  assertEquals(lastMiss("unkept"), "refused");
});

Deno.test("MissLog forgets a key for another of its place, and takes none for another", () => {
  const log = new MissLog();
  for (let key = 0; key < 10_000; key++) {
    log.left(`${key}`, "evicted");
    log.missed(`${key}`, key);
  }
  let found = 0;
  for (let key = 0; key < 10_000; key++) {
    const miss = log.find(`${key}`);
    if (miss === undefined) continue;
    found++;
    assertEquals(miss, { reason: "evicted", at: key });
  }
  assertEquals(found > 500 && found <= 1024, true);
});
