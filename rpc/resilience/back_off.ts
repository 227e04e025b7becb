// Copyright 2026 the Gee authors. MIT license.

/** Options of a `BackOff`. */
export interface BackOffOptions {
  /** The first pause at its longest, in ms. */
  readonly base: number;
  /** The longest pause, in ms. */
  readonly max: number;
  /** Numbers from 0 up to, not including, 1; tests give their own. */
  readonly random?: () => number;
}

/** Pauses that double from failure to failure, each cut by chance to a half or more. */
export class BackOff {
  readonly #base: number;
  readonly #max: number;
  readonly #random: () => number;

  /** @param options The first pause, the longest, and the chance. */
  constructor(options: BackOffOptions) {
    this.#base = options.base;
    this.#max = options.max;
    this.#random = options.random ?? Math.random;
  }

  /** The pause after so many failures in a row, from 1, in ms. */
  pause(failures: number): number {
    const longest = Math.min(this.#max, this.#base * 2 ** (failures - 1));
    // Jitter, or all clients would come back to a server at the same moment.
    return longest * (0.5 + this.#random() / 2);
  }
}
