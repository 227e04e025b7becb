// Copyright 2026 the Gee authors. MIT license.

import { BusyError } from "./errors.ts";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The line before something that one at a time may hold: a database's write
 * lock, or a transaction's innermost savepoint. First come, first served.
 */
export class WriteQueue {
  readonly #limit: number;
  readonly #waiters = new Set<Waiter>();
  #isHeld = false;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `limit` is how long, in ms, anyone waits for one holder. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether nobody holds it. */
  get isFree(): boolean {
    return !this.#isHeld;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Takes one's turn, and returns the promise of it when others come first.
   * Who has it calls `release()` once.
   */
  acquire(signal?: AbortSignal): Promise<void> | undefined {
    signal?.throwIfAborted();
    if (this.#isHeld) return this.#wait(signal);
    this.#isHeld = true;
    return undefined;
  }

  /** Gives the turn to the one that waited longest. */
  release(): void {
    this.#turn++;
    for (const waiter of this.#waiters) {
      this.#leave(waiter);
      waiter.resolve();
      return;
    }
    this.#isHeld = false;
  }

  async #wait(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { resolve, reject };
    this.#waiters.add(waiter);
    if (this.#timer === undefined) this.#watch();
    const abort = () => {
      this.#leave(waiter);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort);
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * One timer for the whole line, not one for each in it: when the turn has
   * not changed hands between two looks, all who wait are told. So a call that
   * waits for the very transaction it is made in fails instead of hanging.
   */
  #watch(): void {
    const turn = this.#turn;
    this.#timer = setTimeout(() => {
      if (turn !== this.#turn) return this.#watch();
      this.#timer = undefined;
      const waiters = [...this.#waiters];
      this.#waiters.clear();
      for (const { reject } of waiters) {
        reject(
          new BusyError(
            `Cannot run statement: a transaction held the database for ${this.#limit} ms; inside of it, use its own session`,
          ),
        );
      }
    }, this.#limit);
  }
}
