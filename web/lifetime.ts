// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "./http_error.ts";

/**
 * How long the answer to one request is awaited: until it is there, the client
 * leaves or a deadline passes.
 *
 * `request.signal` of Deno also aborts after a success, so it is listened to
 * only while the answer is being made, and handlers get a signal of our own.
 */
export class Lifetime {
  readonly #request: Request;
  readonly #onEnd: (reason: unknown) => void;
  #controller: AbortController | undefined;
  #isWatching = false;
  #hasAnswer = false;
  #reason: unknown;

  /**
   * Made by the context when somebody asks.
   *
   * @param request The request whose client may leave.
   * @param onEnd Called once, when the answer is not awaited any longer.
   */
  constructor(request: Request, onEnd: (reason: unknown) => void) {
    this.#request = request;
    this.#onEnd = onEnd;
  }

  /** Aborts with the lifetime, never by success; see `watch`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whether the answer is made, or not awaited any longer. */
  get hasAnswer(): boolean {
    return this.#hasAnswer;
  }

  /** Notices from now on when the client leaves. */
  watch(): void {
    if (this.#isWatching || this.#hasAnswer) return;
    this.#isWatching = true;
    const { signal } = this.#request;
    signal.addEventListener("abort", this.#onLeave);
    if (signal.aborted) this.#onLeave();
  }

  /**
   * Gives up: aborts the signal. Only the first call counts.
   *
   * @param reason Why.
   */
  end(reason: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.release();
    this.#controller?.abort(reason);
    this.#onEnd(reason);
  }

  /**
   * Tells the handler to stop, whose answer is still awaited.
   *
   * @param reason Why.
   */
  cancel(reason: unknown): void {
    if (this.#reason === undefined) this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** The answer is there: what `request.signal` says now means nothing. */
  release(): void {
    this.#hasAnswer = true;
    if (!this.#isWatching) return;
    this.#request.signal.removeEventListener("abort", this.#onLeave);
    this.#isWatching = false;
  }

  readonly #onLeave = () => this.end(clientLeft());
}

/** The reason when nobody waits for the answer any longer. */
export function clientLeft(): HttpError {
  return new HttpError(499);
}
