// Copyright 2026 the Gee authors. MIT license.

import { KeyHash } from "./policy/key_hash.ts";

/** Settings of a {@linkcode BloomFilter}. */
export interface BloomFilterOptions {
  /** How many keys it is to hold. */
  readonly expectedKeys: number;
  /**
   * The part of unknown keys that may pass once it holds as many, above 0 and
   * below 1.
   *
   * @default {0.01}
   */
  readonly falsePositives?: number;
}

/** A filter takes half a gigabyte at most. */
const MAX_BITS = 2 ** 32;

/**
 * A set of keys that never misses one it was given, takes about ten bits a key,
 * and now and then takes a stranger for one of them (Bloom, 1970). For `mayHave`
 * of a group.
 *
 * @example Strangers do not reach the source
 * ```ts
 * import { BloomFilter, Group } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const known = new BloomFilter({ expectedKeys: 1000 });
 * known.add("Tom");
 * const asked: string[] = [];
 * await using scores = new Group("scores", (key) => {
 *   asked.push(key);
 *   return "630";
 * }, { mayHave: (key) => known.has(key) });
 * assertEquals(String(await scores.get("Tom")), "630");
 * assertEquals(await scores.get("Nobody"), undefined);
 * assertEquals(asked, ["Tom"]);
 * ```
 */
export class BloomFilter {
  readonly #bits: Uint32Array<ArrayBuffer>;
  readonly #size: number;
  readonly #hashes: number;
  // Seeded, so that nobody who knows one key can make others that pass as it
  // does; and two, since 32 bits are too few for 100 million keys.
  readonly #first = new KeyHash();
  readonly #second = new KeyHash();

  /**
   * Makes an empty filter.
   *
   * @param options How many keys, and how exact.
   * @throws {RangeError} When a number is out of bounds, or it would take more
   * than half a gigabyte.
   */
  constructor(options: BloomFilterOptions) {
    const { expectedKeys, falsePositives = 0.01 } = options;
    if (!Number.isSafeInteger(expectedKeys) || expectedKeys < 1) {
      throw new RangeError(
        `Cannot make a filter for ${expectedKeys} keys: want a whole number from 1`,
      );
    }
    if (!(falsePositives > 0 && falsePositives < 1)) {
      throw new RangeError(
        `Cannot make a filter with ${falsePositives} false positives: want a number between 0 and 1`,
      );
    }
    const perKey = -Math.log(falsePositives) / Math.LN2 ** 2;
    this.#size = Math.ceil(perKey * expectedKeys / 32) * 32;
    if (this.#size > MAX_BITS) {
      throw new RangeError(
        `Cannot make a filter of ${this.#size} bits: want at most ${MAX_BITS}`,
      );
    }
    this.#hashes = Math.max(1, Math.round(perKey * Math.LN2));
    this.#bits = new Uint32Array(this.#size / 32);
  }

  /**
   * Adds a key; it cannot be taken out again.
   *
   * @param key The key.
   */
  add(key: string): void {
    for (const bit of this.#places(key)) {
      const word = this.#bits[bit >>> 5] ?? 0;
      this.#bits[bit >>> 5] = word | 1 << (bit & 31);
    }
  }

  /**
   * Says whether a key may be there.
   *
   * @param key The key.
   * @returns False only for a key that was never added.
   */
  has(key: string): boolean {
    return this.#places(key).every((bit) =>
      ((this.#bits[bit >>> 5] ?? 0) >>> (bit & 31) & 1) === 1
    );
  }

  /** Two hashes make all places (Kirsch and Mitzenmacher, 2006). */
  #places(key: string): number[] {
    const first = this.#first.of(key) >>> 0;
    const second = (this.#second.of(key) | 1) >>> 0;
    return Array.from(
      { length: this.#hashes },
      (_, index) => (first + index * second) % this.#size,
    );
  }
}
