// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "./duration.ts";
import type { IncomingStream } from "./stream/incoming_stream.ts";
import type { OutgoingStream } from "./stream/outgoing_stream.ts";
import type { Deadline, TimerWheel } from "./wire/timer_wheel.ts";

/** A call that waits for its answer, and what would end it sooner. */
export class PendingCall {
  readonly serviceMethod: string;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** How long it waits, in ms; 0 is for ever. */
  readonly timeout: number;
  /** The arguments, where they are a stream. */
  outgoing: OutgoingStream | undefined;
  /** The reply, where it is a stream. */
  incoming: IncomingStream | undefined;
  readonly #wheel: TimerWheel;
  #fail: ((reason: unknown) => void) | undefined;
  #deadline: Deadline | undefined;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  /**
   * @param serviceMethod What is called.
   * @param timeout How long it waits, in ms; 0 is for ever.
   * @param wheel Carries the deadline.
   * @param resolve Ends it well.
   * @param reject Ends it with a reason.
   */
  constructor(
    serviceMethod: string,
    timeout: number,
    wheel: TimerWheel,
    resolve: (reply: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    this.serviceMethod = serviceMethod;
    this.timeout = timeout;
    this.#wheel = wheel;
    this.resolve = resolve;
    this.reject = reject;
  }

  /**
   * Ends the call when its time is over, of which some ms may be, or its signal aborts.
   *
   * @throws {RangeError} when the timeout is none.
   */
  watch(
    fail: (reason: unknown) => void,
    signal?: AbortSignal,
    spent?: number,
  ): void {
    checkMilliseconds("timeout", this.timeout);
    this.#fail = fail;
    this.setDeadline(spent);
    if (signal === undefined) return;
    this.#signal = signal;
    this.#onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Begins the time anew, of which some ms may be over. */
  setDeadline(spent = 0): void {
    this.clearDeadline();
    const { timeout } = this;
    if (timeout > 0) {
      this.#deadline = this.#wheel.set(
        Math.max(timeout - spent, 0),
        () => this.#expire(),
      );
    }
  }

  /** Lets the time pass. */
  clearDeadline(): void {
    if (this.#deadline !== undefined) this.#wheel.clear(this.#deadline);
    this.#deadline = undefined;
  }

  /** Forgets deadline and signal, and sends no more items. */
  release(): void {
    if (this.#deadline !== undefined) this.#wheel.clear(this.#deadline);
    if (this.#onAbort !== undefined) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
    }
    if (this.outgoing !== undefined) this.outgoing.stop();
  }

  /** Ends it with a reason, also where its reply has begun. */
  end(reason: unknown): void {
    this.release();
    this.incoming?.end({ reason });
    this.reject(reason);
  }

  #expire(): void {
    const { serviceMethod, timeout } = this;
    const text =
      `Cannot finish "${serviceMethod}": no reply within ${timeout} ms`;
    this.#fail?.(new DOMException(text, "TimeoutError"));
  }
}
