// Copyright 2026 the Gee authors. MIT license.
import type { Lifetime } from "./lifetime.ts";

/** Whose answer is awaited: a context. */
export interface Awaited {
  /** Called when the answer is not awaited any longer. */
  onEnd: ((reason: unknown) => void) | undefined;
  /** Made on first use, which most requests never come to. */
  readonly lifetime: Lifetime;
  /** Why the deadline failed it. */
  overdue(): unknown;
}

/** How an answer goes on; exactly one of the two is called, once. */
export interface Continuation {
  /** With the answer. */
  resolve(response: Response): void;
  /** With what was thrown, or why the answer is not awaited any longer. */
  reject(reason: unknown): void;
}

/** Turns of the microtask queue an answer may take before it gets a clock. */
const FREE_TURNS = 32;

/**
 * Frees the sockets of handlers that never settle; `Deno.serve` would keep
 * them even after the client has left.
 *
 * All pending answers share one timer, which runs only while there are any: a
 * timer per request costs 4 microseconds, a third of a small request. Handlers
 * that are done within a few microtasks never start it.
 */
export class Deadline {
  readonly #tick: number;
  readonly #ticks: number;
  /** The answers under way, with the ticks each has seen. */
  readonly #pending = new Map<Awaited, number>();
  #turnsLeft = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds an answer may take; `Infinity` only notices who leaves. */
  constructor(limit: number) {
    this.#tick = Math.min(500, Math.max(1, limit / 4));
    this.#ticks = limit / this.#tick;
  }

  /** Goes on with the answer, or without it as soon as its lifetime ends. */
  hold(work: Promise<Response>, of: Awaited, then: Continuation): void {
    this.#pending.set(of, 0);
    of.onEnd = (reason) => {
      this.#remove(of);
      then.reject(reason);
    };
    work.then((response) => {
      if (this.#remove(of)) return then.resolve(response);
      // Nobody reads the body of an answer that came too late.
      response.body?.cancel().catch(() => {});
    }, (error) => {
      if (this.#remove(of)) then.reject(error);
    });
    const isArmed = this.#turnsLeft > 0 || this.#timer !== undefined;
    if (!isArmed) this.#arm();
  }

  /** Ends every answer that is awaited now. */
  endAll(reason: unknown): void {
    for (const { lifetime } of [...this.#pending.keys()]) lifetime.end(reason);
  }

  #arm(): void {
    this.#turnsLeft = FREE_TURNS;
    this.#settled.then(this.#onTurn);
  }

  // One closure and one settled promise: an async loop makes new ones per turn.
  readonly #settled = Promise.resolve();
  readonly #onTurn = (): void => {
    if (this.#pending.size === 0) this.#turnsLeft = 0;
    else if (--this.#turnsLeft > 0) this.#settled.then(this.#onTurn);
    else this.#timer = setInterval(() => this.#onTick(), this.#tick);
  };

  /** Whether the answer was still awaited. */
  #remove(of: Awaited): boolean {
    const wasPending = this.#pending.delete(of);
    of.onEnd = undefined;
    if (this.#pending.size === 0 && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return wasPending;
  }

  #onTick(): void {
    for (const [of, ticks] of [...this.#pending]) {
      this.#pending.set(of, ticks + 1);
      // Listening to a request costs, so only those that take longer pay it.
      if (ticks === 0) of.lifetime.watch();
      if (ticks >= this.#ticks) of.lifetime.end(of.overdue());
    }
  }
}
