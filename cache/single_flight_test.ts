// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import { type Flight, SingleFlight } from "./single_flight.ts";

/** A load whose end the test decides. */
function manualLoad() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const flights: Flight[] = [];
  const load = (flight: Flight) => {
    flights.push(flight);
    return promise;
  };
  return { load, flights, resolve, reject };
}

Deno.test("SingleFlight.do() runs one load for all callers of a key", async () => {
  const flights = new SingleFlight<string>();
  const { load, flights: loads, resolve } = manualLoad();
  const all = Array.from({ length: 100 }, () => flights.do("k", load));
  assertEquals([loads.length, flights.size], [1, 1]);
  resolve("v");
  assertEquals(new Set(await Promise.all(all)), new Set(["v"]));
  assertEquals(flights.size, 0);
});

Deno.test("SingleFlight.do() keeps keys apart", async () => {
  const flights = new SingleFlight<string>();
  const both = ["a", "b"].map((key) => flights.do(key, () => key));
  assertEquals(await Promise.all(both), ["a", "b"]);
});

Deno.test("SingleFlight.do() fails for all callers and starts anew afterwards", async () => {
  const flights = new SingleFlight<string>();
  const { load, flights: loads, reject } = manualLoad();
  const all = Array.from({ length: 100 }, () => flights.do("k", load));
  reject(new Error("Cannot load"));
  for (const one of all) await assertRejects(() => one, Error, "Cannot load");
  assertEquals([loads.length, flights.size], [1, 0]);
  assertEquals(await flights.do("k", () => "v"), "v");
});

Deno.test("SingleFlight.do() rejects and cleans up when the load throws at once", async () => {
  const flights = new SingleFlight<string>();
  const load = () => {
    throw new TypeError("Cannot start");
  };
  await assertRejects(() => flights.do("k", load), TypeError, "Cannot start");
  assertEquals(flights.size, 0);
});

Deno.test("SingleFlight.do() joins its own load when that asks for its key again", async () => {
  const flights = new SingleFlight<string>();
  let inner: Promise<string> | undefined;
  const outer = flights.do("k", () => {
    inner = flights.do("k", () => "second");
    return "first";
  });
  assertEquals([await outer, await inner], ["first", "first"]);
});

Deno.test("SingleFlight.do() rejects a caller who gave up before and loads nothing", async () => {
  const flights = new SingleFlight<string>();
  const signal = AbortSignal.abort(new Error("Cannot wait"));
  const { load, flights: loads } = manualLoad();
  await assertRejects(
    () => flights.do("k", load, { signal }),
    Error,
    "Cannot wait",
  );
  assertEquals([loads.length, flights.size], [0, 0]);
});

Deno.test("SingleFlight.do() goes on for the others when one caller leaves", async () => {
  const flights = new SingleFlight<string>();
  const { load, flights: loads, resolve } = manualLoad();
  const leaver = new AbortController();
  const gone = flights.do("k", load, { signal: leaver.signal });
  const stays = flights.do("k", load, { signal: new AbortController().signal });
  leaver.abort(new Error("Cannot wait"));
  await assertRejects(() => gone, Error, "Cannot wait");
  assertFalse(loads[0]?.signal.aborted);
  resolve("v");
  assertEquals(await stays, "v");
});

Deno.test("SingleFlight.do() aborts the load when the last caller leaves", async () => {
  const flights = new SingleFlight<string>();
  const { load, flights: loads } = manualLoad();
  const leavers = [new AbortController(), new AbortController()];
  const waits = leavers.map(({ signal }) => flights.do("k", load, { signal }));
  const reason = new Error("Cannot wait");
  for (const leaver of leavers) leaver.abort(reason);
  for (const wait of waits) {
    await assertRejects(() => wait, Error, reason.message);
  }
  assertEquals(loads[0]?.signal.reason, reason);
  assertEquals(flights.size, 0);
});

Deno.test("SingleFlight.do() starts a new load at once after the last caller left", async () => {
  const flights = new SingleFlight<string>();
  const leaver = new AbortController();
  const gone = flights.do("k", manualLoad().load, { signal: leaver.signal });
  leaver.abort();
  const next = flights.do("k", () => "fresh");
  await assertRejects(() => gone, DOMException);
  assertEquals(await next, "fresh");
});

Deno.test("SingleFlight.forget() lets later callers start a new load", async () => {
  const flights = new SingleFlight<string>();
  const { load, flights: loads, resolve } = manualLoad();
  const early = flights.do("k", load);
  flights.forget("k");
  flights.forget("unknown");
  assertEquals([loads[0]?.isForgotten, flights.size], [true, 1]);
  assertEquals(await flights.do("k", () => "new"), "new");
  resolve("old");
  assertEquals(await early, "old");
});

Deno.test("SingleFlight.abort() rejects every waiter, those of forgotten loads included", async () => {
  const flights = new SingleFlight<string>();
  const early = flights.do("k", manualLoad().load);
  flights.forget("k");
  const late = flights.do("k", manualLoad().load);
  flights.abort(new Error("Cannot go on"));
  for (const wait of [early, late]) {
    await assertRejects(() => wait, Error, "Cannot go on");
  }
  assertEquals(flights.size, 0);
});
