// Copyright 2026 the Gee authors. MIT license.
import type { Lifetime } from "./lifetime.ts";

/** Whose answer is awaited: a context. */
export interface Awaited {
  /** Made on first use, which most requests never come to. */
  readonly lifetime: Lifetime;
  /** The answer so far. */
  readonly response: Response | undefined;
  /** Milliseconds it may take, where it is not the usual time. */
  readonly handlerTimeout: number | undefined;
  /** Why the deadline failed it. */
  overdue(): unknown;
  /** The response to send for what its work gave. */
  end(result: Response | void): Response;
}

/** Makes the answer of work that failed or is not awaited any longer. */
export type Fail<Of> = (
  error: unknown,
  of: Of,
) => Response | Promise<Response>;

interface Pending {
  resolve(answer: Response | Promise<Response>): void;
  /** Ticks of the clock it has seen. */
  ticks: number;
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
 *
 * @typeParam Of Whose answers are awaited.
 */
export class Deadline<Of extends Awaited> {
  readonly #tick: number;
  readonly #limit: number;
  readonly #fail: Fail<Of>;
  // A map from outside: a closure kept by the context itself costs a request
  // over a socket a quarter of its time.
  readonly #pending = new Map<Of, Pending>();
  #turnsLeft = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds an answer may take; `Infinity` only notices who leaves. */
  constructor(limit: number, fail: Fail<Of>) {
    this.#tick = Math.min(500, Math.max(1, limit / 4));
    this.#limit = limit;
    this.#fail = fail;
  }

  /** The answer of the work, or another one once it is abandoned. */
  hold(work: Promise<Response | void>, of: Of): Promise<Response> {
    return new Promise((resolve) => {
      this.#pending.set(of, { resolve, ticks: 0 });
      work.then((result) => {
        if (!this.#remove(of)) return discard(result ?? of.response);
        try {
          resolve(of.end(result));
        } catch (error) {
          resolve(this.#fail(error, of));
        }
      }, (error) => {
        if (this.#remove(of)) resolve(this.#fail(error, of));
      });
      const isArmed = this.#turnsLeft > 0 || this.#timer !== undefined;
      if (!isArmed) this.#arm();
    });
  }

  /** Goes on without the answer, where it is still awaited. */
  abandon(of: Of, reason: unknown): void {
    const pending = this.#pending.get(of);
    if (this.#remove(of)) pending?.resolve(this.#fail(reason, of));
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
  #remove(of: Of): boolean {
    const wasPending = this.#pending.delete(of);
    if (this.#pending.size === 0 && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return wasPending;
  }

  #onTick(): void {
    for (const [of, pending] of [...this.#pending]) {
      // Listening to a request costs, so only those that take longer pay it.
      if (pending.ticks++ === 0) of.lifetime.watch();
      const limit = of.handlerTimeout ?? this.#limit;
      if (pending.ticks * this.#tick > limit) of.lifetime.end(of.overdue());
    }
  }
}

/** Nobody reads the body of an answer that came too late. */
function discard(late: unknown): void {
  if (late instanceof Response) late.body?.cancel().catch(() => {});
}
