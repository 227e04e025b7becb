// Copyright 2026 the Gee authors. MIT license.
// What goes wrong in other caches, as far as the tests beside the sources leave
// it out.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { jsonCodec } from "./codec.ts";
import { Group } from "./group.ts";
import { HttpPool } from "./pool/http_pool.ts";

/** Numbers that a seed repeats. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % below;
  };
}

Deno.test("Group.get() leaves no load behind, however it ends", async () => {
  const leaver = new AbortController();
  const ends: Record<string, () => string | Promise<string>> = {
    "throws at once": () => {
      throw new Error("Cannot load");
    },
    "rejects": () => Promise.reject(new Error("Cannot load")),
    "rejects with nothing": () => Promise.reject(undefined),
    "never ends": () => {
      queueMicrotask(() => leaver.abort(new Error("Cannot load")));
      return new Promise(() => {});
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    let loads = 0;
    await using group = new Group("g", () => ++loads === 1 ? end() : "630", {
      retryAfter: 0,
    });
    const { signal } = leaver;
    const all = Array.from(
      { length: 50 },
      () => group.get("Tom", how === "never ends" ? { signal } : {}),
    );
    const states = (await Promise.allSettled(all)).map(({ status }) => status);
    assertEquals(states, states.map(() => "rejected"), how);
    const { running, waiting } = group.stats();
    assertEquals([running, waiting, loads], [0, 0, 1], how);
    assertEquals(String(await group.get("Tom")), "630", how);
  }
});

Deno.test("Group.get() loads once for callers that come at any moment of a load", async () => {
  const random = randomOf(11);
  for (let round = 0; round < 1000; round++) {
    let loads = 0;
    const turns = random(6);
    await using group = new Group("g", async () => {
      loads++;
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      return "630";
    });
    const callers: Promise<unknown>[] = [];
    for (let caller = 0; caller < 12; caller++) {
      callers.push(group.get("Tom"));
      await Promise.resolve();
    }
    await Promise.all(callers);
    assertEquals(loads, 1, `round ${round}`);
  }
});

Deno.test("Group tells null, an empty text and none apart", async () => {
  const values: Record<string, string | null> = { null: null, empty: "" };
  let loads = 0;
  await using group = new Group<string | null>("g", (key) => {
    loads++;
    return values[key];
  }, { codec: jsonCodec<string | null>() });
  for (let round = 0; round < 2; round++) {
    assertEquals(await group.get("null"), null);
    assertEquals(await group.get("empty"), "");
    assertEquals(await group.get("none"), undefined);
  }
  assertEquals([loads, group.has("null"), group.has("none")], [3, true, false]);
  const many = await group.getMany(["null", "empty", "none"]);
  assertEquals([...many], [["null", null], ["empty", ""]]);
});

Deno.test("Group that is left alone has no timer, whatever its times are", async () => {
  let now = 0;
  let isDown = false;
  // It is not closed: the sanitizer of the test finds a timer that is left.
  const group = new Group("g", (key) => {
    if (isDown) throw new Error("Cannot load");
    return key === "none" ? undefined : key;
  }, {
    now: () => now,
    ttl: 1000,
    idleTtl: 500,
    negativeTtl: 100,
    staleWhileRevalidate: 1000,
    staleIfError: 5000,
    earlyRefresh: 1,
  });
  for (now = 0; now < 10_000; now += 90) {
    isDown = now > 6000;
    for (const key of ["Tom", "none", `new ${now}`]) {
      await group.get(key).catch(() => {});
    }
    await group.set("set", "1", { ttl: 50 });
    await group.remove(`new ${now}`);
  }
  const { loadFailures, refreshes, fallbacks } = group.stats();
  assert(loadFailures > 0 && refreshes > 0 && fallbacks > 0);
});

Deno.test("Group.remove() and reset() end the pause of no key but those they drop", async () => {
  await using group = new Group("g", (): string => {
    throw new Error("Cannot load");
  }, { now: () => 0 });
  for (const key of ["a", "b"]) {
    await assertRejects(() => group.get(key), Error, "Cannot load");
  }
  await group.remove("a");
  await group.reset();
  for (const key of ["a", "b"]) {
    await assertRejects(() => group.get(key), Error, "Cannot load");
  }
  assertEquals([group.stats().loads, group.stats().backoffs], [3, 1]);
});

Deno.test("HttpPool.fetch() answers every path and method, and never rejects", async () => {
  await using group = new Group("scores", (key) => key);
  await using pool = new HttpPool("http://127.0.0.1:1");
  pool.register(group);
  const random = randomOf(5);
  const pieces = ["/_geecache/", "scores", "/", "%", "%2F", "..", "+", "%00"];
  pieces.push("?", "#", "\\", "%ff", "__proto__", "constructor", "a", ";", "@");
  const methods = ["GET", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"];
  const allowed = [200, 400, 401, 404, 405, 500];
  const seen = new Set<number>();
  for (let round = 0; round < 3000; round++) {
    const path = Array.from(
      { length: random(6) },
      () => pieces[random(pieces.length)],
    ).join("");
    const start = random(2) === 0 ? "/_geecache/scores/" : "/";
    const method = methods[random(methods.length)] ?? "GET";
    const url = `http://127.0.0.1:1${start}${path}`;
    const response = await pool.fetch(new Request(url, { method }));
    await response.body?.cancel();
    seen.add(response.status);
    assert(allowed.includes(response.status), `${method} ${url}`);
  }
  for (const status of [200, 400, 404, 405]) assert(seen.has(status));
});
