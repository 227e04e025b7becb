// Copyright 2026 the Gee authors. MIT license.

import { assert } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Group } from "./group.ts";
import { type ChaosNode, ChaosRun, turns } from "./testdata/chaos.ts";

const SEEDS = 30;

/** A group that copies at once, and whose copies never end by themselves. */
function makeNode(
  source: Map<string, number>,
  random: () => number,
): ChaosNode {
  const group = new Group("g", async (key) => {
    const version = `${source.get(key) ?? 0}`;
    await turns(random() * 5);
    return version;
  }, { copies: { after: 1, ttl: Infinity }, random });
  const bump = (key: string) => source.set(key, (source.get(key) ?? 0) + 1);
  return {
    peerSource: group.peerSource,
    async read(key) {
      return Number(await group.get(key));
    },
    async write(key) {
      bump(key);
      const { missed } = random() < 0.5
        ? await group.remove(key)
        : await group.set(key, `${source.get(key)}`);
      return missed;
    },
    async reset(keys) {
      for (const key of keys) bump(key);
      return (await group.reset()).missed;
    },
  };
}

Deno.test("Group lets nobody who was told of a change read an older value, whatever the network does", async () => {
  let checks = 0;
  let misses = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    using time = new FakeTime();
    const run = new ChaosRun(seed, makeNode);
    await run.go(time);
    checks += run.checks;
    misses += run.misses;
  }
  // Or the runs were too kind.
  assert(checks > SEEDS * 50 && misses > SEEDS, `${checks} ${misses}`);
});
