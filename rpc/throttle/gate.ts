// Copyright 2026 the Gee authors. MIT license.

/** How many may be inside a gate; may change with time. */
export interface GateLimit {
  /** How many, now. */
  readonly limit: number;
}

interface Waiting {
  readonly enter: () => void;
}

/** Lets so many in at a time; some more wait outside, in order. */
export class Gate {
  readonly #limit: GateLimit;
  readonly #maxQueued: number;
  readonly #queue = new Set<Waiting>();
  #inside = 0;

  /**
   * @param limit How many may be inside.
   * @param maxQueued How many may wait.
   */
  constructor(limit: GateLimit, maxQueued: number) {
    this.#limit = limit;
    this.#maxQueued = maxQueued;
  }

  /** How many are inside. */
  get inside(): number {
    return this.#inside;
  }

  /** Whether somebody else may wait. */
  get hasRoom(): boolean {
    return this.#queue.size < this.#maxQueued;
  }

  /** Goes in where that is possible at once; whoever is in has to `leave`. */
  tryEnter(): boolean {
    // Nobody overtakes those who wait.
    if (this.#inside >= this.#limit.limit || this.#queue.size > 0) return false;
    this.#inside++;
    return true;
  }

  /**
   * Waits to go in.
   *
   * @param signal Ends the wait.
   * @throws the reason of the signal.
   */
  enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = {
      enter: () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      },
    };
    const giveUp = () => {
      this.#queue.delete(waiting);
      reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.#queue.add(waiting);
    return promise;
  }

  /** Goes out and lets the next ones in. */
  leave(): void {
    this.#inside--;
    for (const waiting of this.#queue) {
      if (this.#inside >= this.#limit.limit) return;
      this.#queue.delete(waiting);
      this.#inside++;
      waiting.enter();
    }
  }
}
