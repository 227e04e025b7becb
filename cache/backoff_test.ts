// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff.find() gives the error back while the pause lasts", () => {
  let now = 0;
  const backoff = new Backoff(50, () => now, () => 0);
  const error = new Error("Cannot load");
  backoff.failed("k", error);
  assertEquals(backoff.find("other"), undefined);
  now = 49;
  assertEquals(backoff.find("k")?.error, error);
  now = 50;
  assertEquals(backoff.find("k"), undefined);
});

Deno.test("Backoff.failed() doubles the pause up to twenty times the first", () => {
  let now = 0;
  const backoff = new Backoff(50, () => now, () => 0);
  const pauses: number[] = [];
  for (let failures = 0; failures < 7; failures++) {
    backoff.failed("k", "no");
    const start = now;
    while (backoff.find("k") !== undefined) now += 50;
    pauses.push(now - start);
  }
  assertEquals(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
});

Deno.test("Backoff.forget() ends the pause and its growth", () => {
  const backoff = new Backoff(50, () => 0, () => 0);
  backoff.failed("k", "no");
  backoff.forget("k");
  assertEquals(backoff.find("k"), undefined);
});

Deno.test("Backoff.find() ends the pause when the clock went back", () => {
  let now = 1000;
  const backoff = new Backoff(50, () => now, () => 0);
  backoff.failed("k", "no");
  now = 999;
  assertEquals(backoff.find("k"), undefined);
});

Deno.test("Backoff.failed() remembers a bounded number of keys", () => {
  const backoff = new Backoff(50, () => 0, () => 0);
  for (let key = 0; key < 2000; key++) backoff.failed(`k${key}`, "no");
  assertEquals(backoff.find("k0"), undefined);
  assertEquals(backoff.find("k975"), undefined);
  assertEquals(backoff.find("k976")?.error, "no");
  assertEquals(backoff.find("k1999")?.error, "no");
});

Deno.test("Backoff.failed() does nothing when it is off", () => {
  const backoff = new Backoff(0, () => 0, () => 0);
  backoff.failed("k", "no");
  assertEquals(backoff.find("k"), undefined);
});

Deno.test("Backoff.failed() shortens the pause by chance, not its growth", () => {
  let now = 0;
  const backoff = new Backoff(100, () => now, () => 0.5);
  for (const pause of [85, 170, 340]) {
    backoff.failed("k", "no");
    now += pause - 1;
    assertEquals(backoff.find("k")?.error, "no");
    now += 1;
    assertEquals(backoff.find("k"), undefined);
  }
});

Deno.test("Backoff.loaded() ends every pause when a key that failed is well again", () => {
  let now = 0;
  const backoff = new Backoff(50, () => now, () => 0);
  for (const key of ["a", "b"]) backoff.failed(key, "no");
  backoff.loaded("stranger");
  assertEquals(backoff.find("b")?.error, "no");
  backoff.loaded("a");
  assertEquals(backoff.find("b"), undefined);
  backoff.failed("b", "no");
  now = 99; // it goes on growing
  assertEquals(backoff.find("b")?.error, "no");
});
