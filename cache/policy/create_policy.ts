// Copyright 2026 the Gee authors. MIT license.

import { AdaptiveCache } from "./adaptive.ts";
import { GdsfCache } from "./gdsf.ts";
import { LruCache } from "./lru.ts";
import type { Policy, PolicyName, PolicyOptions } from "./policy.ts";
import { S3FifoCache } from "./s3_fifo.ts";

/**
 * Makes a policy by its name: `"s3fifo"` to begin with, `"lru"` for an exact
 * order, `"gdsf"` for values of very different size, `"adaptive"` where loops
 * and scans come and go.
 *
 * @typeParam V What the policy keeps; never `undefined`.
 * @param name The policy.
 * @param options Its limits; `maxBytes`, `maxEntries` or both.
 * @returns The policy, empty.
 * @throws {RangeError} When the name is unknown, a limit is negative or not a
 * number, or none is given.
 *
 * @example Choose a policy by configuration
 * ```ts
 * import { createPolicy } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = createPolicy<string>("gdsf", { maxBytes: 1 << 20 });
 * policy.set("Tom", "630");
 * assertEquals(policy.get("Tom"), "630");
 * assertEquals(policy.stats().policy, "gdsf");
 * ```
 */
export function createPolicy<V>(
  name: PolicyName,
  options: PolicyOptions<V>,
): Policy<V> {
  switch (name) {
    case "s3fifo":
      return new S3FifoCache(options);
    case "lru":
      return new LruCache(options);
    case "gdsf":
      return new GdsfCache(options);
    case "adaptive":
      return new AdaptiveCache(options);
    default:
      throw new RangeError(
        `Cannot create a policy "${name}": want "s3fifo", "lru", "gdsf" or "adaptive"`,
      );
  }
}
