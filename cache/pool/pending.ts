// Copyright 2026 the Gee authors. MIT license.

import type { Answer } from "./link.ts";

/** A longer delay ends at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** A question under way. */
interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly sentAt: number;
  readonly signal: AbortSignal | undefined;
  readonly leave: (() => void) | undefined;
}

/** Settings of {@linkcode Pending}. */
export interface PendingSettings {
  /** The most ms each question may take. */
  readonly timeout: number;
  /** Told of a question nobody answered in time, and when it was asked. */
  readonly onTimeout?: (id: number, sentAt: number) => void;
}

/**
 * The questions of a link that are under way, by their numbers. One timer
 * watches all of them, since they end in the order they came in: a timer, a
 * signal and an `AbortController` for each would cost more than the rest of a
 * question. When nothing is under way there is no timer.
 */
export class Pending {
  readonly #settings: PendingSettings;
  // A Map keeps the order of insertion: the first is the oldest.
  readonly #waiting = new Map<number, Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #time: number | undefined;
  #lastId = 0;
  #abandoned = 0;

  /** Makes an empty list. */
  constructor(settings: PendingSettings) {
    this.#settings = settings;
  }

  /** How many questions are under way. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Whether somebody waits for the answer of this number. */
  has(id: number): boolean {
    return this.#waiting.has(id);
  }

  /** The number of the question that was added last. */
  get lastId(): number {
    return this.#lastId;
  }

  /**
   * Adds a question; its number is `lastId` then.
   *
   * @returns The answer; it rejects after the time limit, or when the signal
   * ends the wait.
   */
  add(signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = this.#nextId();
    const sentAt = this.#now();
    this.#timer ??= this.#watch(this.#settings.timeout);
    return new Promise((resolve, reject) => {
      const leave = signal && (() => this.#abandon(id, signal.reason));
      if (leave) signal.addEventListener("abort", leave);
      this.#waiting.set(id, { resolve, reject, sentAt, signal, leave });
    });
  }

  /**
   * Gives an answer to who waits for it.
   *
   * @returns Whether the number was asked for; those who left count.
   */
  resolve(id: number, answer: Answer): boolean {
    const waiting = this.#take(id);
    if (waiting !== undefined) waiting.resolve(answer);
    else if (this.#abandoned === 0) return false;
    else this.#abandoned--;
    return true;
  }

  /** Ends one question that is still under way. */
  reject(id: number, error: unknown): void {
    this.#take(id)?.reject(error);
  }

  /** Ends all questions; the numbers of those who left are forgotten. */
  rejectAll(error: unknown): void {
    const all = [...this.#waiting.keys()];
    for (const id of all) this.reject(id, error);
    this.#abandoned = 0;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    if (waiting.leave) {
      waiting.signal?.removeEventListener("abort", waiting.leave);
    }
    if (this.#waiting.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return waiting;
  }

  #abandon(id: number, error: unknown): void {
    this.#abandoned++;
    this.reject(id, error);
  }

  #nextId(): number {
    do this.#lastId = this.#lastId + 1 >>> 0; while (
      this.#waiting.has(this.#lastId)
    );
    return this.#lastId;
  }

  /** The clock, read once for all that is added in a turn. */
  #now(): number {
    if (this.#time === undefined) {
      this.#time = performance.now();
      queueMicrotask(() => this.#time = undefined);
    }
    return this.#time;
  }

  #watch(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#expire(), Math.min(ms, MAX_DELAY));
  }

  #expire(): void {
    const { timeout, onTimeout } = this.#settings;
    const time = performance.now();
    this.#timer = undefined;
    for (const [id, { sentAt }] of this.#waiting) {
      const rest = sentAt + timeout - time;
      if (rest > 0) {
        this.#timer ??= this.#watch(rest); // `onTimeout` may have asked
        return;
      }
      this.#abandon(
        id,
        new DOMException(
          `Cannot wait longer than ${timeout} ms`,
          "TimeoutError",
        ),
      );
      onTimeout?.(id, sentAt);
    }
  }
}
