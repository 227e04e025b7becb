// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";

Deno.test("Histogram.quantile() is within 3.2 % of every time from 16 µs to 35 minutes", () => {
  for (let ms = 0.016; ms < 2_000_000; ms *= 1.07) {
    const histogram = new Histogram();
    histogram.record(ms);
    const off = Math.abs(histogram.quantile(0.5) - ms) / ms;
    assert(off < 1 / 31, `${ms} ms is read as ${histogram.quantile(0.5)}`);
  }
});

Deno.test("Histogram.quantile() orders times and knows its ends", () => {
  const histogram = new Histogram();
  assertEquals(histogram.quantile(0.5), 0);
  histogram.record(1, 98);
  histogram.record(100, 2);
  const [low, high] = [histogram.quantile(0), histogram.quantile(1)];
  assertEquals(Math.round(low), 1);
  assertEquals(Math.round(histogram.quantile(0.98)), 1);
  assert(Math.abs(high - 100) < 3.2, `${high}`);
  assertEquals(histogram.quantile(0.99), high);
});

Deno.test("Histogram.record() takes what is out of bounds for the nearest time", () => {
  const histogram = new Histogram();
  for (const ms of [-1, 0, NaN]) histogram.record(ms);
  assertEquals(histogram.quantile(1), 0);
  histogram.record(Infinity, 10);
  assert(histogram.quantile(1) > 2_000_000);
});

Deno.test("Histogram forgets: what comes later outweighs ten times as many before", () => {
  const histogram = new Histogram();
  for (let i = 0; i < 1_000_000; i++) histogram.record(1);
  for (let i = 0; i < 100_000; i++) histogram.record(50);
  assert(histogram.quantile(0.5) > 40);
});
