// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

/**
 * Makes connections again, one at a time however many calls want one. After a
 * failure the next attempt waits, twice as long each time and by a random part
 * of it, so that the clients of a server that is back do not all come at once.
 */
export class Redialer<Connected> {
  readonly #redial: (signal: AbortSignal) => Promise<Connected>;
  readonly #random: () => number;
  readonly #closing = new AbortController();
  #current: Promise<Connected> | undefined;
  #failures = 0;

  /**
   * @param redial Makes a connection.
   * @param random Numbers from 0 to 1; tests give their own.
   */
  constructor(
    redial: (signal: AbortSignal) => Promise<Connected>,
    random: () => number = Math.random,
  ) {
    this.#redial = redial;
    this.#random = random;
  }

  /** How long the next attempt waits, in ms; 0 after a success. */
  get delay(): number {
    if (this.#failures === 0) return 0;
    const most = Math.min(
      FIRST_DELAY_MS * 2 ** (this.#failures - 1),
      MAX_DELAY_MS,
    );
    return most / 2 * (1 + this.#random());
  }

  /** The connection that is being made. */
  connect(): Promise<Connected> {
    this.#current ??= this.#attempt()
      .finally(() => this.#current = undefined);
    return this.#current;
  }

  /** Ends the attempt under way; later ones reject. */
  close(reason: unknown): void {
    this.#closing.abort(reason);
  }

  async #attempt(): Promise<Connected> {
    const { signal } = this.#closing;
    const { delay } = this;
    if (delay > 0) await pause(delay, signal);
    signal.throwIfAborted();
    try {
      const connected = await abortable(this.#redial(signal), signal);
      this.#failures = 0;
      return connected;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
