// Copyright 2026 the Gee authors. MIT license.
import type {
  RateLimit,
  RateLimitStore,
  RateVerdict,
} from "./rate_limit_store.ts";

/** How many buckets are looked at to find one to forget. */
const SAMPLE = 8;

/** Milliseconds that sums of fractions may be off. */
const SLACK = 1e-3;

/**
 * Token buckets in memory, for one process. A bucket is one number: the moment
 * at which it will be full again. One that is full says nothing, so it need not
 * be kept; where there are too many, the fullest of the next few is forgotten,
 * so that a flood of new keys does not free those who are being held back.
 */
export class TokenBuckets implements RateLimitStore {
  /** When each bucket is full. */
  readonly #fullAt = new Map<string, number>();
  /**
   * Goes round the buckets. To begin at the oldest each time is slow: a map
   * steps over what was deleted there (28 against 1 microseconds each).
   */
  #hand = this.#fullAt.entries();
  readonly #maxKeys: number;
  readonly #now: () => number;

  /**
   * Makes a store without buckets.
   *
   * @param maxKeys The most buckets it keeps.
   * @param now The clock in ms, which never goes back.
   * @throws {RangeError} When `maxKeys` is no whole number from 1 on.
   */
  constructor(maxKeys: number, now: () => number) {
    if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) {
      throw new RangeError(
        `Cannot make rateLimit: got maxKeys ${maxKeys}, want a whole number from 1 on`,
      );
    }
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  /** How many buckets it keeps. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes tokens out of a bucket, or none when there are too few.
   *
   * @param key The bucket.
   * @param cost How many.
   * @param limit What it holds and how fast it fills.
   * @returns How it went.
   */
  take(key: string, cost: number, { tokens, window }: RateLimit): RateVerdict {
    const now = this.#now();
    const interval = window / tokens;
    const before = Math.max(this.#fullAt.get(key) ?? now, now);
    const after = before + cost * interval;
    const isAllowed = after - now <= window + SLACK;
    const fullAt = isAllowed ? after : before;
    this.#keep(key, fullAt, now);
    const owed = fullAt - now;
    const left = Math.floor((window - owed + SLACK) / interval);
    const remaining = Math.min(left, tokens);
    return {
      isAllowed,
      remaining,
      nextIn: owed > 0 ? owed - window + (remaining + 1) * interval : 0,
      retryIn: isAllowed ? 0 : after - now - window,
    };
  }

  #keep(key: string, fullAt: number, now: number): void {
    if (fullAt <= now) {
      this.#fullAt.delete(key);
      return;
    }
    const isFull = this.#fullAt.size >= this.#maxKeys;
    if (isFull && !this.#fullAt.has(key)) this.#forget(now);
    this.#fullAt.set(key, fullAt);
  }

  #forget(now: number): void {
    let [fullest, least] = this.#next();
    for (let left = SAMPLE - 1; left > 0 && least > now; left--) {
      const [key, fullAt] = this.#next();
      if (fullAt < least) [fullest, least] = [key, fullAt];
    }
    this.#fullAt.delete(fullest);
  }

  #next(): [key: string, fullAt: number] {
    const { value } = this.#hand.next();
    if (value !== undefined) return value;
    this.#hand = this.#fullAt.entries();
    return this.#hand.next().value ?? ["", 0]; // called only when there are some
  }
}
