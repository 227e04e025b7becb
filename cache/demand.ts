// Copyright 2026 the Gee authors. MIT license.

import { KeyHash } from "./policy/key_hash.ts";

const ROWS = 4;
const COLUMNS = 1024;
/** Counts halve after this many ms, so that yesterday's fame fades. */
const HALF_LIFE = 10_000;

/**
 * Tells which keys are asked for most, in four kilobytes however many keys there
 * are: a count-min sketch (Cormode and Muthukrishnan, 2005) whose counts halve
 * every ten seconds. It never counts too little, and rarely too much.
 */
export class Demand {
  readonly #hash = new KeyHash();
  readonly #counts = new Uint8Array(ROWS * COLUMNS);
  readonly #now: () => number;
  #halvedAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a question, and gives how often the key was asked for lately. */
  count(key: string): number {
    this.#fade();
    const hash = this.#hash.of(key);
    // Ten bits for each row, of a hash and of its mirror.
    const mirror = Math.imul(hash, 0x9e37_79b1) >>> 0;
    const parts = [hash, hash >>> 10, mirror >>> 12, mirror >>> 22];
    let least = 255;
    for (let row = 0; row < ROWS; row++) {
      const place = row * COLUMNS + ((parts[row] ?? 0) & COLUMNS - 1);
      const count = Math.min(255, (this.#counts[place] ?? 0) + 1);
      this.#counts[place] = count;
      least = Math.min(least, count);
    }
    return least;
  }

  #fade(): void {
    const now = this.#now();
    const halvings = Math.floor((now - this.#halvedAt) / HALF_LIFE);
    if (halvings === 0) return;
    this.#halvedAt = now;
    // After a step back of the clock the counts are as good as unknown.
    const shift = halvings < 0 ? 8 : Math.min(8, halvings);
    const { length } = this.#counts;
    for (let place = 0; place < length; place++) {
      this.#counts[place] = (this.#counts[place] ?? 0) >> shift;
    }
  }
}
