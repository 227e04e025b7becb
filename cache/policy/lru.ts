// Copyright 2026 the Gee authors. MIT license.

import { LruOrder } from "./lru_order.ts";
import type { PolicyOptions } from "./policy.ts";
import { SlotPolicy } from "./slot_policy.ts";

/**
 * Keeps the entries used last, within an exact limit of bytes, entries or both.
 *
 * `get` and `set` count as a use, `peek`, `has` and iterating do not; iterating
 * goes from the entry used last to the one used longest ago. The order is exact;
 * `S3FifoCache` has more hits.
 *
 * @typeParam V What the cache keeps; never `undefined`.
 *
 * @example Keep three kilobytes of pages
 * ```ts
 * import { LruCache } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const gone: string[] = [];
 * const pages = new LruCache<string>({
 *   maxBytes: 3000,
 *   onEvicted: (key) => gone.push(key),
 * });
 * pages.set("/a", "a".repeat(1000));
 * pages.set("/b", "b".repeat(1000));
 * pages.get("/a");
 * pages.set("/c", "c".repeat(1000));
 * assertEquals(gone, ["/b"]);
 * assertEquals([...pages].map(([key]) => key), ["/c", "/a"]);
 * ```
 */
export class LruCache<V> extends SlotPolicy<V> {
  /**
   * Makes an empty cache.
   *
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(options: PolicyOptions<V>) {
    super("lru", options, (entries) => new LruOrder(entries));
  }
}
