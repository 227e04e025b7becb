// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import { OverloadError } from "./errors.ts";

/**
 * Lets so many loads run at once and so many wait, first come, first served: a
 * cold start must not reach the source with everything at once.
 */
export class LoadLimit {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  /** Each starts the load that waits; a set, so that leaving is cheap. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /**
   * Makes a limit.
   *
   * @param maxRunning The most loads at once.
   * @param maxWaiting The most loads that wait.
   */
  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  /** How many loads run. */
  get running(): number {
    return this.#running;
  }

  /** How many loads wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs a load when its turn comes. A load whose signal is aborted gives its
   * place up at once, whether it heeds the signal or not.
   *
   * @param load The load.
   * @param signal Ends the wait and the load.
   * @returns What the load gives.
   * @throws {OverloadError} When too many wait already.
   */
  async run<T>(load: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running < this.#maxRunning) this.#running++;
    else await this.#turn(signal);
    try {
      return await abortable(load(), signal);
    } finally {
      this.#pass();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new OverloadError(
        `Cannot load: ${this.#running} loads run and ${this.#waiting.size} wait already`,
      );
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return abortable(promise, signal, () => {
      // Who leaves in the moment its turn came passes the turn on.
      if (!this.#waiting.delete(resolve)) this.#pass();
    });
  }

  /** Hands the place of a load that ended to the one that waits longest. */
  #pass(): void {
    const [start] = this.#waiting;
    if (start === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(start);
    start();
  }
}
