// Copyright 2026 the Gee authors. MIT license.

import { checkAtLeast } from "./check_at_least.ts";

/** How long values are served, and what happens at the end of that time. */
export interface FreshnessOptions {
  /**
   * How long a value is fresh in ms.
   *
   * @default {Infinity}
   */
  readonly ttl?: number;
  /**
   * The most by which the time of each value is shortened by chance, as a part
   * of it from 0 to 1, so that values loaded together do not end together.
   *
   * @default {0.1}
   */
  readonly ttlJitter?: number;
  /**
   * How long "there is none" is remembered in ms, but never longer than `ttl`;
   * 0 asks the source each time.
   *
   * @default {1000}
   */
  readonly negativeTtl?: number;
  /**
   * How long a value is kept that nobody asks for, in ms.
   *
   * @default {Infinity}
   */
  readonly idleTtl?: number;
  /**
   * How long after the end of its time a value is still served in ms, while it
   * is loaded anew behind the caller's back (RFC 5861, section 3).
   *
   * @default {0}
   */
  readonly staleWhileRevalidate?: number;
  /**
   * How long after the end of its time a value is served in ms where loading it
   * anew fails (RFC 5861, section 4).
   *
   * @default {0}
   */
  readonly staleIfError?: number;
  /**
   * How eagerly a value is loaded anew before its time ends: the more, the longer
   * its last load took and the nearer the end is (XFetch: Vattani, Chierichetti
   * and Lowenstein, Optimal Probabilistic Cache Stampede Prevention, 2015). 1 is
   * what the paper finds best, 0 turns it off.
   *
   * @default {0}
   */
  readonly earlyRefresh?: number;
  /**
   * The clock in ms; it may go backwards, which ends what it dates.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * Chance, from 0 up to 1.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** The times of one value. */
export interface Times {
  /** When it was stored, in ms. */
  readonly storedAt: number;
  /** How long it is fresh, in ms. */
  readonly ttl: number;
  /** How long its load took, in ms. */
  readonly loadMs: number;
  /** When it was asked for last, in ms. */
  usedAt: number;
}

/**
 * What may be done with a value: serve it; serve it and load it anew; serve it
 * only where loading it anew fails; nothing.
 */
export type Freshness = "fresh" | "refresh" | "fallback" | "gone";

/** The rules of time of a group, without a timer: age is found when asked for. */
export class FreshnessRules {
  /** The clock in ms. */
  readonly now: () => number;
  /** Chance, from 0 up to 1. */
  readonly random: () => number;
  readonly #ttl: number;
  readonly #jitter: number;
  readonly #negativeTtl: number;
  readonly #idleTtl: number;
  readonly #revalidate: number;
  readonly #ifError: number;
  readonly #beta: number;
  /** Without an end nothing has to be dated. */
  readonly #isTimed: boolean;

  /**
   * Checks and keeps the rules.
   *
   * @param options The rules.
   * @throws {RangeError} When a number is out of bounds.
   */
  constructor(options: FreshnessOptions) {
    const { ttl = Infinity, ttlJitter = 0.1, negativeTtl = 1000 } = options;
    const { staleWhileRevalidate = 0, staleIfError = 0 } = options;
    const { idleTtl = Infinity, earlyRefresh = 0 } = options;
    checkAtLeast(0, {
      ttl,
      ttlJitter,
      negativeTtl,
      idleTtl,
      staleWhileRevalidate,
      staleIfError,
      earlyRefresh,
    });
    if (ttlJitter > 1) {
      throw new RangeError(
        `Cannot create a group with ttlJitter ${ttlJitter}: want 0 to 1`,
      );
    }
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    this.#ttl = ttl;
    this.#jitter = ttlJitter;
    this.#negativeTtl = Math.min(negativeTtl, ttl);
    this.#idleTtl = idleTtl;
    this.#revalidate = staleWhileRevalidate;
    this.#ifError = staleIfError;
    this.#beta = earlyRefresh;
    this.#isTimed = idleTtl !== Infinity;
  }

  /**
   * The times of a value that is stored now.
   *
   * @param isNone Whether it is "there is none".
   * @param ttl How long it is fresh in ms, where its source has said so.
   * @param loadMs How long its load took.
   * @returns Its times; a `ttl` of 0 is not worth keeping.
   */
  stamp(isNone: boolean, ttl: number | undefined, loadMs: number): Times {
    const wanted = ttl ?? (isNone ? this.#negativeTtl : this.#ttl);
    const jittered = this.#jitter === 0 || wanted === Infinity
      ? wanted
      : wanted * (1 - this.#jitter * this.random());
    const isDated = jittered !== Infinity || this.#isTimed;
    const storedAt = isDated ? this.now() : 0;
    return { storedAt, ttl: jittered, loadMs, usedAt: storedAt };
  }

  /**
   * What may be done with a value now.
   *
   * @param times Its times.
   * @param isNone Whether it is "there is none", which is never served stale.
   * @returns What may be done.
   */
  of(times: Times, isNone: boolean): Freshness {
    const { storedAt, ttl, usedAt } = times;
    if (ttl === Infinity && !this.#isTimed) return "fresh";
    const now = this.now();
    const age = now - storedAt;
    // After a step back of the clock nothing is known of the age.
    if (age < 0 || now - usedAt >= this.#idleTtl) return "gone";
    const over = age - ttl;
    if (over < 0) return this.#isEarly(times, over) ? "refresh" : "fresh";
    if (isNone) return "gone";
    if (over < this.#revalidate) return "refresh";
    return over < this.#ifError ? "fallback" : "gone";
  }

  /** How long a value is still fresh in ms; never below 0. */
  remaining({ storedAt, ttl }: Times): number {
    if (ttl === Infinity) return Infinity;
    return Math.min(ttl, Math.max(0, storedAt + ttl - this.now()));
  }

  /** Marks a value as used. */
  use(times: Times): void {
    if (this.#isTimed) times.usedAt = this.now();
  }

  #isEarly({ loadMs }: Times, over: number): boolean {
    if (this.#beta === 0) return false;
    // -ln of chance is 1 on average and now and then much more.
    return -Math.log(1 - this.random()) * this.#beta * loadMs >= -over;
  }
}
