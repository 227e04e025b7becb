// Copyright 2026 the Gee authors. MIT license.

import type { Handling } from "./handling.ts";
import type { TimerWheel } from "./wire/timer_wheel.ts";

/** The calls of one connection that are being handled, and their times. */
export class Handlings {
  readonly #wheel: TimerWheel;
  readonly #isFramed: boolean;
  readonly #onExpire: (handling: Handling, wasOpen: boolean) => void;
  /** One that was given up counts until its method has settled. */
  readonly #all = new Set<Handling>();
  /** By their numbers, where a caller can say more about them. */
  readonly #bySeq = new Map<number, Handling>();
  #streams = 0;
  #waiters: (() => void)[] = [];

  /**
   * @param wheel Carries the handle timeouts.
   * @param isFramed Whether callers can say more about their calls.
   * @param onExpire Told when the time of a call is over that has ended with that;
   * `wasOpen` when its caller still waits for an answer.
   */
  constructor(
    wheel: TimerWheel,
    isFramed: boolean,
    onExpire: (handling: Handling, wasOpen: boolean) => void,
  ) {
    this.#wheel = wheel;
    this.#isFramed = isFramed;
    this.#onExpire = onExpire;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** How many of them have streams. */
  get streams(): number {
    return this.#streams;
  }

  /**
   * How many have none: only these make further calls wait. They end without more
   * from their caller, so what is behind the waiting calls is read some time; a call
   * with a stream may be waiting for just that.
   */
  get calls(): number {
    return this.#all.size - this.#streams;
  }

  /** The call of a number whose caller still waits. */
  get(seq: number): Handling | undefined {
    return this.#bySeq.size === 0 ? undefined : this.#bySeq.get(seq);
  }

  /** Counts a call whose method has not settled at once. */
  add(handling: Handling): void {
    this.#all.add(handling);
    if (handling.incoming !== undefined) this.beginStream(handling);
    if (this.#isFramed) this.#bySeq.set(handling.seq, handling);
    this.#setTimer(handling, handling.timeout);
  }

  /** Counts a call as one with a stream. */
  beginStream(handling: Handling): void {
    if (handling.isStream) return;
    handling.isStream = true;
    this.#streams++;
    this.#wake();
  }

  /** Begins the time of a call anew: a stream may take as long as it goes on. */
  renew(handling: Handling): void {
    if (handling.timer !== undefined) this.#wheel.clear(handling.timer);
    handling.timer = undefined;
    if (this.#all.has(handling)) {
      this.#setTimer(handling, handling.handleTimeout);
    }
  }

  /** Nothing more is sent; the call counts until its method has settled, or its time is over. */
  giveUp(handling: Handling, reason: unknown): void {
    handling.isAnswered = true;
    this.#bySeq.delete(handling.seq);
    // A caller's own short timeout must not end the count of what runs on.
    this.renew(handling);
    handling.abort(reason);
  }

  /** Ends the count of a call; false when nothing is to be sent any more. */
  delete(handling: Handling): boolean {
    if (!this.#all.delete(handling)) return false;
    if (handling.isStream) this.#streams--;
    if (handling.timer !== undefined) this.#wheel.clear(handling.timer);
    const wasOpen = !handling.isAnswered;
    // The number of a call that was given up may be another's by now.
    if (wasOpen) this.#bySeq.delete(handling.seq);
    else handling.end(handling.lossCode);
    handling.isAnswered = true;
    this.#wake();
    return wasOpen;
  }

  /** Ends all calls, unanswered. */
  clear(reason: unknown): void {
    for (const handling of [...this.#all]) {
      this.delete(handling);
      handling.abort(reason);
      handling.end(handling.lossCode);
    }
    this.#wake();
  }

  /** Resolves when the next call has ended, or the connection. */
  progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #setTimer(handling: Handling, ms: number): void {
    if (ms === 0) return;
    handling.timer = this.#wheel.set(ms, () => this.#expire(handling));
  }

  #expire(handling: Handling): void {
    const { callTimeout, timeout } = handling;
    const { isAnswered, outgoing } = handling;
    const isCallers = timeout === callTimeout && outgoing === undefined;
    if (!isCallers || isAnswered) {
      return this.#onExpire(handling, this.delete(handling));
    }
    handling.lossCode = "deadline_exceeded";
    // The caller has stopped waiting by itself.
    const text = "The caller waits no longer";
    this.giveUp(handling, new DOMException(text, "TimeoutError"));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
