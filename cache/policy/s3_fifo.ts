// Copyright 2026 the Gee authors. MIT license.

import { S3FifoOrder } from "./s3_fifo_order.ts";
import type { PolicyOptions } from "./policy.ts";
import { SlotPolicy } from "./slot_policy.ts";

/**
 * Keeps what is used more than once, within an exact limit of bytes, entries or
 * both, by S3-FIFO (Yang et al., SOSP 2023): the policy to begin with.
 *
 * New entries wait in a small queue of a tenth of all. Those used twice there, and
 * those that come back soon after they left, get into the main queue; so a scan
 * passes through and evicts nothing that is in use. A hit only counts.
 *
 * @typeParam V What the cache keeps; never `undefined`.
 *
 * @example A scan does not evict what is in use
 * ```ts
 * import { S3FifoCache } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const pages = new S3FifoCache<string>({ maxEntries: 100 });
 * pages.set("/", "home");
 * pages.get("/");
 * pages.get("/");
 * for (let page = 0; page < 1000; page++) pages.set(`/${page}`, "rare");
 * assertEquals(pages.get("/"), "home");
 * assertEquals(pages.size, 100);
 * ```
 */
export class S3FifoCache<V> extends SlotPolicy<V> {
  /**
   * Makes an empty cache.
   *
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(options: PolicyOptions<V>) {
    super("s3fifo", options, (entries) => new S3FifoOrder(entries));
  }
}
