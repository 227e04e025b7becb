// Copyright 2026 the Gee authors. MIT license.

import { AdaptiveOrder } from "./adaptive_order.ts";
import type { PolicyOptions } from "./policy.ts";
import { SlotPolicy } from "./slot_policy.ts";

/**
 * Keeps what the better one of two policies would keep, within an exact limit of
 * bytes, entries or both: S3-FIFO or LIRS, which wins where keys come in loops
 * and scans.
 *
 * Two simulations, on a sample of at most 512 entries each (64 KB together),
 * meet the same keys; when one leads clearly, the cache goes on in its way. It
 * then files its entries anew, which takes time in their number and loses none.
 * `stats().acting` tells which one acts.
 *
 * @typeParam V What the cache keeps; never `undefined`.
 *
 * @example A loop longer than the cache
 * ```ts
 * import { AdaptiveCache } from "@gee/std/cache";
 * import { assert } from "@std/assert";
 *
 * const rows = new AdaptiveCache<string>({ maxEntries: 100 });
 * for (let step = 0; step < 20_000; step++) {
 *   const key = `row ${step % 200}`;
 *   if (rows.get(key) === undefined) rows.set(key, "data");
 * }
 * const { hits, misses } = rows.stats();
 * assert(hits / (hits + misses) > 0.4); // with LRU: none
 * ```
 */
export class AdaptiveCache<V> extends SlotPolicy<V> {
  /**
   * Makes an empty cache.
   *
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(options: PolicyOptions<V>) {
    super("adaptive", options, (entries) => new AdaptiveOrder(entries));
  }
}
