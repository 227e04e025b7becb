// Copyright 2026 the Gee authors. MIT license.

import { checkCount } from "../limits.ts";

/** Options of adaptive concurrency. */
export interface AdaptiveOptions {
  /**
   * The limit at the start.
   *
   * @default {20}
   */
  readonly initial?: number;
  /**
   * The least the limit becomes.
   *
   * @default {1}
   */
  readonly min?: number;
  /**
   * The most it becomes.
   *
   * @default {1000}
   */
  readonly max?: number;
}

// So often half as many run.
const WINDOWS_PER_PROBE = 50;
// Fewer times than that say little.
const MIN_SAMPLES = 20;

/**
 * How many calls may run at once, learned from how long they take, as TCP Vegas
 * learns its window (Brakmo and Peterson 1995; Netflix's concurrency-limits).
 *
 * With `limit` calls at once that take `mean` where they take `base` without
 * haste, about `limit * (1 - base / mean)` of them wait for something inside.
 * While few wait the limit grows, when many wait it shrinks, so that it settles
 * slightly above what the method can really do at once. It is looked at once for
 * as many calls as the limit is, since calls that began earlier know nothing of
 * the last change; and it does not grow while it is not reached.
 *
 * Vegas takes the shortest time there was for `base`. A method that answers half
 * of its calls from memory would be strangled by that; so in one window of 50 half
 * as many run, and `base` is the mean of their times.
 */
export class Vegas {
  readonly #min: number;
  readonly #max: number;
  #limit: number;
  #base: number | undefined;
  #isProbing = true;
  #windows = 0;
  #skipped = 0;
  #sum = 0;
  #count = 0;
  #busiest = 0;

  /**
   * @param options Bounds.
   * @throws {RangeError} when a bound is no positive whole number or they cross.
   */
  constructor(options: AdaptiveOptions = {}) {
    const { initial = 20, min = 1, max = 1000 } = options;
    this.#min = checkCount("adaptive.min", min);
    this.#max = checkCount("adaptive.max", max);
    this.#limit = checkCount("adaptive.initial", initial);
    if (min <= initial && initial <= max) return;
    throw new RangeError(
      `Cannot use adaptive.initial ${initial}: it must be ${min} to ${max}`,
    );
  }

  /** How many calls may run at once, now. */
  get limit(): number {
    const limit = this.#isProbing ? this.#limit / 2 : this.#limit;
    return Math.max(Math.floor(limit), this.#min);
  }

  /**
   * Learns from a call that has ended well.
   *
   * @param ms How long it took, in ms.
   * @param running How many ran when it ended, itself included.
   */
  observe(ms: number, running: number): void {
    // Those that began before the probe ran among too many.
    if (this.#isProbing && running > this.limit) this.#skipped = 0;
    if (this.#isProbing && this.#skipped++ < this.limit) return;
    this.#sum += ms;
    this.#count++;
    this.#busiest = Math.max(this.#busiest, running);
    if (this.#count < Math.max(this.limit, MIN_SAMPLES)) return;
    const mean = this.#sum / this.#count;
    if (this.#isProbing) this.#base = (mean + (this.#base ?? mean)) / 2;
    else this.#adjust(mean, this.#base ?? mean);
    this.#isProbing = ++this.#windows % WINDOWS_PER_PROBE === 0;
    this.#sum =
      this.#count =
      this.#busiest =
      this.#skipped =
        0;
  }

  #adjust(mean: number, base: number): void {
    const waiting = mean > 0 ? this.#limit * (1 - base / mean) : 0;
    const step = Math.max(Math.log10(this.#limit), 1);
    const isReached = this.#busiest * 2 >= this.#limit;
    if (waiting > 6 * step) this.#move(-step);
    else if (waiting < 3 * step && isReached) this.#move(step);
  }

  #move(by: number): void {
    this.#limit = Math.min(Math.max(this.#limit + by, this.#min), this.#max);
  }
}
