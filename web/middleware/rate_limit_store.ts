// Copyright 2026 the Gee authors. MIT license.

/** What a bucket of tokens holds and how fast it fills. */
export interface RateLimit {
  /** The most tokens in the bucket. */
  readonly tokens: number;
  /** Milliseconds in which an empty bucket becomes full, steadily. */
  readonly window: number;
}

/** How an attempt to take tokens went. */
export interface RateVerdict {
  /** Whether they were taken. */
  readonly isAllowed: boolean;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Milliseconds until there is one more; 0 for a full bucket. */
  readonly nextIn: number;
  /** Milliseconds until the attempt would work; 0 when it did. */
  readonly retryIn: number;
}

/**
 * Where buckets are kept: in memory, or somewhere that several servers share.
 * A store that fails fails the request; one that should rather let it pass says
 * so by its verdict.
 */
export interface RateLimitStore {
  /**
   * Takes tokens out of a bucket, all or none, as one step that no other `take`
   * of the same key comes between (a script in Redis, say). A bucket that was
   * not there is full.
   *
   * @param key The bucket.
   * @param cost How many tokens.
   * @param limit What the bucket holds and how fast it fills.
   * @returns How it went.
   */
  take(
    key: string,
    cost: number,
    limit: RateLimit,
  ): RateVerdict | Promise<RateVerdict>;
}
