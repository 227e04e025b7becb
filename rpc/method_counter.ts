// Copyright 2026 the Gee authors. MIT license.

import type { BatchClock } from "./batch_clock.ts";
import type { Code } from "./code.ts";
import { Histogram } from "./histogram.ts";

/** What became of the calls of one method, until now. */
export interface MethodStats {
  /** Calls that have ended, well or not, those that were given up too. */
  readonly calls: number;
  /** How many of them failed, by code; only codes that occurred. */
  readonly errors: Readonly<Partial<Record<Code, number>>>;
  /** Calls being handled. */
  readonly inFlight: number;
  /** Half of the last 100,000 calls or so took no longer, in ms. */
  readonly p50: number;
  /** 99 % of them took no longer, in ms. */
  readonly p99: number;
}

/** Counts the calls of one method. */
export class MethodCounter {
  readonly #clock: BatchClock;
  readonly #times = new Histogram();
  readonly #errors = new Map<Code, number>();
  #begun = 0;
  #ended = 0;
  #endedInBatch = 0;

  /**
   * @param clock Shared by all methods of a server.
   */
  constructor(clock: BatchClock) {
    this.#clock = clock;
  }

  /** Counts a call that begins; returns when that is, for `end`. */
  begin(): number {
    this.#begun++;
    return this.#clock.now();
  }

  /**
   * Counts a call that has ended.
   *
   * @param started What `begin` returned.
   * @param code Why it failed; undefined for a success.
   */
  end(started: number, code: Code | undefined): void {
    this.#ended++;
    if (code !== undefined) {
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    }
    const now = this.#clock.now();
    if (now !== started) return this.#times.record(now - started);
    // Its reply leaves with those of its batch, so it takes as long as that.
    if (this.#endedInBatch++ === 0) this.#clock.onEnd(this);
  }

  /** Takes the time of the calls that ended in the batch they began in. */
  endBatch(ms: number): void {
    this.#times.record(ms, this.#endedInBatch);
    this.#endedInBatch = 0;
  }

  /** What was counted until now. */
  stats(): MethodStats {
    return Object.freeze({
      calls: this.#ended,
      errors: Object.freeze(Object.fromEntries(this.#errors)),
      inFlight: this.#begun - this.#ended,
      p50: this.#times.quantile(0.5),
      p99: this.#times.quantile(0.99),
    });
  }
}
