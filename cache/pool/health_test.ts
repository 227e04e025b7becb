// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Health } from "./health.ts";
import { Turns } from "./turns.ts";

/** A peer that notes what happens to it, and is there or not. */
class Patient {
  readonly log: string[] = [];
  isThere = false;
  debts = 0;
  readonly health: Health;
  onPing: (signal: AbortSignal) => Promise<void> = () =>
    this.isThere ? Promise.resolve() : Promise.reject(new Error("gone"));

  constructor(random = 0, maxFailures = 3) {
    this.health = new Health({
      maxFailures,
      probeAfter: 500,
      maxProbe: 2000,
      random: () => random,
      now: Date.now,
    }, {
      ping: (signal) => {
        this.log.push("ping");
        return this.onPing(signal);
      },
      turns: new Turns(2000),
      isOwed: () => this.debts > 0,
      pay: () => {
        this.debts--;
        this.log.push("pay");
        return Promise.resolve();
      },
      changed: () => this.log.push(this.health.isDown ? "down" : "up"),
    });
  }

  /** What happened since it was called last. */
  news(): string[] {
    return this.log.splice(0);
  }
}

Deno.test("Health is down after some failures in a row, and only then", () => {
  using time = new FakeTime();
  const { health } = new Patient();
  health.failed();
  health.failed();
  health.succeeded();
  health.failed();
  health.failed();
  assertEquals([health.isDown, health.failures, time.next()], [
    false,
    2,
    false,
  ]);
  health.failed();
  assertEquals([health.isDown, health.failures], [true, 3]);
  health.close();
});

Deno.test("Health tries after pauses that double up to half of the bound", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  patient.health.down();
  patient.health.down();
  assertEquals(patient.news(), ["down"]);
  for (const pause of [500, 1000, 1000, 1000]) {
    await time.tickAsync(pause - 1);
    assertEquals(patient.news(), []);
    await time.tickAsync(1);
    assertEquals(patient.news(), ["ping"]);
  }
  patient.health.close();
  assertEquals(time.next(), false);
});

Deno.test("Health shortens pauses by chance, by half at most", async () => {
  using time = new FakeTime();
  const patient = new Patient(1);
  patient.health.down();
  await time.tickAsync(249);
  assertEquals(patient.news(), ["down"]);
  await time.tickAsync(1);
  assertEquals(patient.news(), ["ping"]);
  patient.health.close();
});

Deno.test("Health pays what is owed before the peer is up, and then runs no timer", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  patient.health.failed();
  patient.health.down();
  patient.debts = 2;
  patient.isThere = true;
  await time.tickAsync(500);
  assertEquals(patient.news(), ["down", "ping", "pay", "pay", "up"]);
  assertEquals([patient.health.failures, time.next()], [0, false]);
  patient.health.down();
  await time.tickAsync(499);
  assertEquals(patient.news(), ["down"]);
  patient.health.close();
});

Deno.test("Health gives a ping half of the bound, so that a lost one costs no more", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  patient.onPing = (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  patient.health.down();
  await time.tickAsync(500);
  patient.isThere = true;
  patient.onPing = () => Promise.resolve();
  await time.tickAsync(1999);
  assert(patient.health.isDown);
  await time.tickAsync(1);
  assertEquals(patient.news(), ["down", "ping", "ping", "up"]);
});

Deno.test("Health.retry() tries at once, and all callers share one trial", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  await patient.health.retry();
  assertEquals(patient.news(), []);
  patient.health.down();
  await Promise.all([patient.health.retry(), patient.health.retry()]);
  assertEquals(patient.news(), ["down", "ping"]);
  patient.isThere = true;
  await patient.health.retry();
  assertEquals([patient.news(), time.next()], [["ping", "up"], false]);
});

Deno.test("Health.close() ends a trial, and nothing is heard of it again", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  const lost: unknown[] = [];
  patient.onPing = (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => {
        lost.push(signal.aborted);
        reject(signal.reason);
      })
    );
  patient.health.down();
  await time.tickAsync(500);
  patient.health.close();
  await time.tickAsync(10_000);
  patient.health.down();
  assertEquals(patient.news(), ["down", "ping"]);
  assertEquals([lost, time.next()], [[true], false]);
});

Deno.test("Health.doubt() takes a peer down that fails one ping", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  await Promise.all([patient.health.doubt(), patient.health.doubt()]);
  assertEquals(patient.news(), ["ping", "down"]);
  await patient.health.doubt();
  assertEquals(patient.news(), []);
  patient.health.close();
  await patient.health.doubt();
  assertEquals([patient.news(), time.next()], [[], false]);
});

Deno.test("Health.doubt() leaves a peer alone that answered within maxProbe", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  patient.isThere = true;
  const doubtAfter = async (ms: number) => {
    await time.tickAsync(ms);
    await patient.health.doubt();
    return patient.news();
  };
  patient.health.succeeded();
  assertEquals(await doubtAfter(1999), []);
  assertEquals(await doubtAfter(1), ["ping"]);
  assertEquals(await doubtAfter(1999), []);
  patient.isThere = false;
  assertEquals(await doubtAfter(1), ["ping", "down"]);
  patient.health.close();
});

Deno.test("Health.doubt() ends a ping that hangs", async () => {
  using time = new FakeTime();
  const patient = new Patient();
  patient.onPing = (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  const doubt = patient.health.doubt();
  await time.tickAsync(1000);
  await doubt;
  assertEquals(patient.news(), ["ping", "down"]);
  patient.health.close();
  assertEquals(time.next(), false);
});

Deno.test("Health leaves no timer where the peer is lost as it is back", async () => {
  using time = new FakeTime();
  class Hasty extends Turns {
    override async take(run: () => Promise<void>): Promise<void> {
      await super.take(run);
      health.down();
    }
  }
  const { now } = Date;
  const settings = { maxFailures: 3, probeAfter: 500, maxProbe: 2000, now };
  const health = new Health({ ...settings, random: () => 0 }, {
    ping: () => Promise.resolve(),
    turns: new Hasty(2000),
    isOwed: () => false,
    pay: () => Promise.resolve(),
    changed() {},
  });
  health.down();
  await time.tickAsync(500);
  assertEquals(health.isDown, true);
  health.close();
  assertEquals(time.next(), false);
});
