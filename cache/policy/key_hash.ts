// Copyright 2026 the Gee authors. MIT license.

import { utf8Length } from "./cost.ts";

/**
 * Hashes keys to 32 bits and counts their bytes on the way: both need a walk
 * over the key, and one walk costs half of two.
 *
 * Seed and multiplier are drawn per instance, so nobody can prepare keys that
 * share a hash.
 */
export class KeyHash {
  readonly #seed: number;
  readonly #multiplier: number;
  /** The hash of the key hashed last. */
  last = 0;
  /** The length in UTF-8 of that key. */
  bytes = 0;

  /**
   * Draws a hash function.
   *
   * @param random Two numbers that nobody can guess; tests give fixed ones.
   */
  constructor(
    random: Uint32Array = crypto.getRandomValues(new Uint32Array(2)),
  ) {
    const [seed = 0, multiplier = 0] = random;
    this.#seed = seed | 0;
    // Odd, so that multiplying loses no bit; 3 mod 8 spreads the low ones.
    this.#multiplier = multiplier & ~7 | 3;
  }

  /**
   * The hash of a key; `bytes` is its length afterwards.
   *
   * @param key The key.
   * @returns 32 bits, never 0, which stands for "none" in tables of hashes.
   */
  of(key: string): number {
    const { length } = key;
    const multiplier = this.#multiplier;
    let even = this.#seed ^ length;
    let odd = multiplier;
    let seen = 0;
    let index = 0;
    for (const pairs = length - 1; index < pairs; index += 2) {
      const first = key.charCodeAt(index);
      const second = key.charCodeAt(index + 1);
      seen |= first | second;
      even = Math.imul(even ^ first, multiplier);
      odd = Math.imul(odd ^ second, multiplier);
      even ^= even >>> 15;
      odd ^= odd >>> 15;
    }
    if (index < length) {
      const unit = key.charCodeAt(index);
      seen |= unit;
      even = Math.imul(even ^ unit, multiplier);
    }
    let hash = Math.imul(even ^ even >>> 16, multiplier) + odd;
    this.bytes = seen < 0x80 ? length : utf8Length(key);
    hash = Math.imul(hash ^ hash >>> 15, multiplier);
    return this.last = (hash ^ hash >>> 16) || 1;
  }
}
