// Copyright 2026 the Gee authors. MIT license.

interface Waiter {
  readonly topic: string;
  readonly wake: () => void;
}

/** Those who wait for a change of something, never more than so many. */
export class Waiters {
  readonly #max: number;
  readonly #waiting = new Set<Waiter>();
  #isClosed = false;

  /** @param max How many may wait at a time. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether nobody may wait any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether nobody else may wait now. */
  get isFull(): boolean {
    return this.#waiting.size >= this.#max;
  }

  /** Resolves on a change, when the time (in ms) is over, on abort, or on `close`. */
  wait(topic: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(waiter);
        resolve();
      };
      const waiter = { topic, wake };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Ends the waits for one thing. */
  wake(topic: string): void {
    for (const waiter of [...this.#waiting]) {
      if (waiter.topic === topic) waiter.wake();
    }
  }

  /** Ends all waits. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiting]) waiter.wake();
  }
}
