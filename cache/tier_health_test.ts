// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { TierHealth } from "./tier_health.ts";

Deno.test("TierHealth.catchUp() pays again what came while it was paid", async () => {
  const paid: string[] = [];
  let during = () => {};
  const pay = (what: string) => {
    paid.push(what);
    during();
    return Promise.resolve();
  };
  const health = new TierHealth({
    now: () => 0,
    erase: (key) => pay(key),
    eraseAll: () => pay("all"),
  });
  const { signal } = new AbortController();
  const owe = [() => health.owe("k"), () => health.oweAll()];
  for (const debt of owe) {
    debt();
    during = debt;
    await health.catchUp(signal);
    during = () => {};
    await health.catchUp(signal);
    await health.catchUp(signal);
  }
  assertEquals(paid, ["k", "k", "all", "all"]);
});
