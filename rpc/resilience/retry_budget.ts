// Copyright 2026 the Gee authors. MIT license.

/** Options of the retry budget of an `XClient`. */
export interface RetryBudgetOptions {
  /**
   * Retries (and backup requests) per call, over time, from 0.
   *
   * @default {0.1}
   */
  readonly ratio?: number;
  /**
   * Retries per second that are free, so that few calls may be retried too.
   *
   * @default {10}
   */
  readonly perSecond?: number;
}

// What can be saved up in quiet times, in retries beyond a second's free ones.
const MAX_SAVED = 100;

/**
 * A bucket of tokens that calls fill and retries empty: when most calls fail,
 * retries must not multiply the load (as in Finagle and gRPC A6).
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #perSecond: number;
  /** The most free ones at a time: one even where they take longer than a second. */
  readonly #free: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /**
   * Begins with the free retries of a second.
   *
   * @param options How many retries there may be.
   * @param now The clock, in ms; tests give their own.
   * @throws {RangeError} when an option is negative or no number.
   */
  constructor(
    options: RetryBudgetOptions = {},
    now: () => number = () => performance.now(),
  ) {
    const { ratio = 0.1, perSecond = 10 } = options;
    for (const [name, value] of Object.entries({ ratio, perSecond })) {
      if (value >= 0 && value < Infinity) continue;
      throw new RangeError(
        `Cannot use ${name} ${value}: a number from 0 is wanted`,
      );
    }
    this.#ratio = ratio;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#free = perSecond > 0 ? Math.max(perSecond, 1) : 0;
    this.#tokens = this.#free;
    this.#filledAt = now();
  }

  /** Notes a call. */
  deposit(): void {
    this.#tokens = Math.min(
      this.#tokens + this.#ratio,
      this.#perSecond + MAX_SAVED,
    );
  }

  /** Takes a retry out, if there is one. */
  withdraw(): boolean {
    const now = this.#now();
    // Free ones are not saved up beyond a second.
    if (this.#tokens < this.#free) {
      const free = this.#perSecond * (now - this.#filledAt) / 1000;
      this.#tokens = Math.min(this.#tokens + free, this.#free);
    }
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
