// Copyright 2026 the Gee authors. MIT license.

import { GdsfOrder } from "./gdsf_order.ts";
import type { PolicyOptions } from "./policy.ts";
import { SlotPolicy } from "./slot_policy.ts";

/**
 * Keeps many small entries rather than few large ones, within an exact limit of
 * bytes, entries or both, by GreedyDual-Size-Frequency (Cherkasova, 1998): the
 * policy for values of very different size where each hit counts the same.
 *
 * The entry with the least `clock + uses / cost` leaves, and the clock moves on
 * to that, so that what was popular once does not stay for ever. Evicting takes
 * time in the logarithm of the entries.
 *
 * @typeParam V What the cache keeps; never `undefined`.
 *
 * @example Small files stay
 * ```ts
 * import { GdsfCache } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const files = new GdsfCache<Uint8Array>({ maxBytes: 10_000 });
 * files.set("small", new Uint8Array(100));
 * files.set("large", new Uint8Array(9000));
 * files.set("medium", new Uint8Array(5000));
 * assertEquals([...files].map(([name]) => name), ["small", "medium"]);
 * ```
 */
export class GdsfCache<V> extends SlotPolicy<V> {
  /**
   * Makes an empty cache.
   *
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(options: PolicyOptions<V>) {
    super("gdsf", options, (entries) => new GdsfOrder(entries));
  }
}
