// Copyright 2026 the Gee authors. MIT license.

// 16 buckets to each doubling: a value is at most 1/32 off.
const BITS = 4;
const BUCKETS = (31 - BITS) * (1 << BITS) + (1 << BITS);
const MAX_MICROSECONDS = 2 ** 31 - 1;
// What is older than this many values has lost half of its weight.
const HALF_LIFE = 1 << 16;

/**
 * Times in ms, in buckets that grow with the times (log-linear, as
 * HdrHistogram's): 3.5 KB whatever comes, recorded in constant time, from 1 µs
 * to 35 minutes at 3 % exactness. Old times fade: it tells of about the last
 * 100,000.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /**
   * Counts a time.
   *
   * @param ms The time in ms.
   * @param count How often it was measured.
   */
  record(ms: number, count = 1): void {
    const index = bucketOf(ms);
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#total += count;
    if (this.#total >= 2 * HALF_LIFE) this.#fade();
  }

  /**
   * The time in ms that a share of all times does not exceed; 0 when there are none.
   *
   * @param share Between 0 and 1; 0.5 is the median.
   */
  quantile(share: number): number {
    let left = share * this.#total;
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return middleOf(index);
    }
    return 0;
  }

  #fade(): void {
    this.#total = 0;
    for (const [index, count] of this.#counts.entries()) {
      this.#counts[index] = count / 2;
      this.#total += count / 2;
    }
  }
}

function bucketOf(ms: number): number {
  const micros = Math.min(Math.max(ms * 1000, 0), MAX_MICROSECONDS) | 0;
  const shift = Math.max(31 - Math.clz32(micros) - BITS, 0);
  return (shift << BITS) + (micros >>> shift);
}

function middleOf(index: number): number {
  if (index === 0) return 0;
  const shift = Math.max((index >>> BITS) - 1, 0);
  const start = (index - (shift << BITS)) * 2 ** shift;
  return (start + 2 ** shift / 2) / 1000;
}
