// Copyright 2026 the Gee authors. MIT license.
import type { Lifetime } from "./lifetime.ts";

/** An answer somebody waits for. */
interface Pending {
  readonly lifetime: Lifetime;
  readonly late: () => unknown;
  ticks: number;
}

/** Turns of the microtask queue an answer may take before it gets a clock. */
const FREE_TURNS = 8;

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
  readonly #pending = new Set<Pending>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds an answer may take; `Infinity` only notices who leaves. */
  constructor(limit: number) {
    this.#tick = Math.min(500, Math.max(1, limit / 4));
    this.#ticks = limit / this.#tick;
  }

  /**
   * The answer, or a rejection as soon as its lifetime ends; at the deadline
   * the lifetime ends with what `late` gives.
   */
  hold(
    work: Promise<Response>,
    lifetime: Lifetime,
    late: () => unknown,
  ): Promise<Response> {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const pending: Pending = { lifetime, late, ticks: 0 };
    this.#pending.add(pending);
    let isDone = false;
    const done = () => {
      isDone = true;
      lifetime.onEnd = undefined;
      this.#remove(pending);
    };
    lifetime.onEnd = (reason) => {
      done();
      reject(reason);
    };
    work.then(async (response) => {
      // Nobody reads the body of an answer that came too late.
      if (isDone) return await response.body?.cancel();
      done();
      return resolve(response);
    }).catch((error) => {
      if (isDone) return;
      done();
      reject(error);
    });
    this.#startLater(pending);
    return promise;
  }

  /** Ends every answer that is awaited now. */
  endAll(reason: unknown): void {
    for (const { lifetime } of [...this.#pending]) lifetime.end(reason);
  }

  async #startLater(pending: Pending): Promise<void> {
    for (let turn = 0; turn < FREE_TURNS; turn++) {
      await undefined;
      if (!this.#pending.has(pending)) return;
    }
    this.#timer ??= setInterval(() => this.#onTick(), this.#tick);
  }

  #remove(pending: Pending): void {
    this.#pending.delete(pending);
    if (this.#pending.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #onTick(): void {
    for (const pending of this.#pending) {
      // Listening to a request costs, so only those that take longer pay it.
      if (++pending.ticks === 1) pending.lifetime.watch();
      if (pending.ticks > this.#ticks) pending.lifetime.end(pending.late());
    }
  }
}
