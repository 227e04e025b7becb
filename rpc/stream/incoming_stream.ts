// Copyright 2026 the Gee authors. MIT license.

import type { Deadline, TimerWheel } from "../wire/timer_wheel.ts";

/** Bytes of items that may be on their way, or wait to be taken, of one stream. */
export const WINDOW_BYTES = 256 << 10;

/** What a stream that comes in tells its connection. */
export interface IncomingEvents {
  /** Items of so many bytes were taken: the sender may send as many again. */
  onTake(bytes: number): void;
  /** The reader wants no more, or has waited too long; not called when the stream ends by itself. */
  onStop(failure?: { readonly reason: unknown }): void;
}

/** How long a reader waits for each item. */
export interface Patience {
  /** Carries the time limit. */
  readonly wheel: TimerWheel;
  /** In ms; 0 is for ever. */
  readonly timeout: number;
}

interface Waiter {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (reason: unknown) => void;
  deadline: Deadline | undefined;
}

/**
 * The items of a stream that a peer sends, for one reader. What is not taken stops
 * the sender: never more than a window of it is here.
 */
export class IncomingStream implements AsyncIterableIterator<unknown> {
  readonly #events: IncomingEvents;
  readonly #patience: Patience | undefined;
  #items: { readonly item: unknown; readonly size: number }[] = [];
  #waiters: Waiter[] = [];
  #heldBytes = 0;
  #takenBytes = 0;
  #end: { readonly reason: unknown } | "well" | undefined;

  /**
   * @param events What the connection is told.
   * @param patience How long to wait for each item; for ever by default.
   */
  constructor(events: IncomingEvents, patience?: Patience) {
    this.#events = events;
    this.#patience = patience;
  }

  /** Takes an item from the wire; false when the sender ignores the window. */
  push(item: unknown, size: number): boolean {
    if (this.#end !== undefined) return true;
    // One item may begin within the window and end beyond it.
    if (this.#heldBytes + this.#takenBytes >= WINDOW_BYTES) return false;
    const waiter = this.#shift();
    if (waiter === undefined) {
      this.#heldBytes += size;
      this.#items.push({ item, size });
      return true;
    }
    this.#take(size);
    waiter.resolve({ done: false, value: item });
    return true;
  }

  /** Ends the stream behind what has come, well or with a reason. */
  end(failure?: { readonly reason: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = failure ?? "well";
    for (let next = this.#shift(); next !== undefined; next = this.#shift()) {
      this.next().then(next.resolve, next.reject);
    }
  }

  next(): Promise<IteratorResult<unknown>> {
    const first = this.#items.shift();
    if (first !== undefined) {
      this.#heldBytes -= first.size;
      if (this.#end === undefined) this.#take(first.size);
      return Promise.resolve({ done: false, value: first.item });
    }
    if (this.#end === undefined) return this.#wait();
    const end = this.#end;
    // An error is told once.
    this.#end = "well";
    return end === "well"
      ? Promise.resolve({ done: true, value: undefined })
      : Promise.reject(end.reason);
  }

  return(): Promise<IteratorResult<unknown>> {
    this.#stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wait(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject, deadline: undefined };
      this.#waiters.push(waiter);
      const { wheel, timeout = 0 } = this.#patience ?? {};
      if (timeout === 0) return;
      waiter.deadline = wheel?.set(timeout, () => {
        const text = `Cannot go on: no item within ${timeout} ms`;
        this.#stop({ reason: new DOMException(text, "TimeoutError") });
      });
    });
  }

  #shift(): Waiter | undefined {
    const waiter = this.#waiters.shift();
    const { deadline } = waiter ?? {};
    if (deadline !== undefined) this.#patience?.wheel.clear(deadline);
    return waiter;
  }

  #stop(failure?: { readonly reason: unknown }): void {
    const isNews = this.#end === undefined;
    this.#items = [];
    this.#heldBytes = 0;
    if (!isNews) return;
    this.end(failure);
    this.#events.onStop(failure);
  }

  /** Told in halves of the window: one message for many items, and the sender never runs dry. */
  #take(size: number): void {
    this.#takenBytes += size;
    if (this.#takenBytes < WINDOW_BYTES / 2) return;
    const bytes = this.#takenBytes;
    this.#takenBytes = 0;
    this.#events.onTake(bytes);
  }
}
