// Copyright 2026 the Gee authors. MIT license.

// As in Finagle: after this time a measurement counts for about a third.
const DECAY_MS = 10_000;

/**
 * A mean of durations that follows a rise at once and a fall slowly, so that a
 * server that became slow is left alone at once, and is tried again in time.
 */
export class PeakEwma {
  #value = 0;
  #at = 0;

  /** Takes one duration in, measured at `now`, both in ms. */
  add(duration: number, now: number): void {
    const value = this.at(now);
    const weight = this.#value === 0
      ? 0
      : Math.exp((this.#at - now) / DECAY_MS);
    this.#value = duration > value
      ? duration
      : this.#value * weight + duration * (1 - weight);
    this.#at = now;
  }

  /** The mean at a time, in ms; without new durations it sinks towards 0. */
  at(now: number): number {
    return this.#value === 0
      ? 0
      : this.#value * Math.exp((this.#at - now) / DECAY_MS);
  }
}
