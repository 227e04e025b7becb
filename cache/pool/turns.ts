// Copyright 2026 the Gee authors. MIT license.

import { unrefTimer } from "./unref_timer.ts";

/**
 * Lets one thing run at a time; who comes later waits. Who takes too long does not
 * hold up the others.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  readonly #limit: number;

  /**
   * Makes turns.
   *
   * @param limit The most ms for which one holds up the next.
   */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs something when it is its turn.
   *
   * @param run What to run.
   * @returns When that is done; it rejects as that does.
   */
  async take(run: () => Promise<void>): Promise<void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    const timer = setTimeout(resolve, this.#limit);
    unrefTimer(timer);
    try {
      await run();
    } finally {
      clearTimeout(timer);
      resolve();
    }
  }
}
