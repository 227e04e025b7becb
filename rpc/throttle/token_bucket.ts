// Copyright 2026 the Gee authors. MIT license.

/** How often something may happen. */
export interface Rate {
  /** How often in a second, on average; may be a fraction. */
  readonly perSecond: number;
  /**
   * How often at once after a rest, at least 1.
   *
   * @default {perSecond, rounded up}
   */
  readonly burst?: number;
}

/** Lets through as many as a rate allows (token bucket). */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filled: number;

  /**
   * Makes a full bucket.
   *
   * @param rate How often.
   * @param now The clock, in ms; tests give their own.
   * @throws {RangeError} when the rate is no positive number, or the burst below 1.
   */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    const { perSecond, burst = Math.ceil(perSecond) } = rate;
    checkAtLeast("rate.perSecond", perSecond, Number.MIN_VALUE, "above 0");
    checkAtLeast("rate.burst", burst, 1, "at least 1");
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
    this.#filled = now();
  }

  /** Whether it may happen once more, now. */
  take(): boolean {
    const now = this.#now();
    const fresh = (now - this.#filled) / 1000 * this.#perSecond;
    this.#filled = now;
    this.#tokens = Math.min(this.#tokens + fresh, this.#burst);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

function checkAtLeast(
  name: string,
  value: number,
  least: number,
  wanted: string,
): void {
  if (value >= least && value < Infinity) return;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be a number ${wanted}`,
  );
}
