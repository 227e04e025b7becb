// Copyright 2026 the Gee authors. MIT license.

const SIZE = 128;
// Fewer say nothing about the slowest of twenty.
const MIN = 20;
const REFRESH = 16;

/** The last durations of calls, for the one that only one in twenty exceeds. */
export class LatencyWindow {
  readonly #durations = new Float64Array(SIZE);
  #added = 0;
  #p95: number | undefined;

  /** Takes a duration in, in ms. */
  add(duration: number): void {
    this.#durations[this.#added++ % SIZE] = duration;
    // Sorting is not for every call.
    if (this.#added >= MIN && this.#added % REFRESH === 0) {
      this.#p95 = this.#percentile();
    }
  }

  /** The 95th percentile, in ms; undefined while too little is known. */
  get p95(): number | undefined {
    return this.#p95;
  }

  #percentile(): number | undefined {
    const sorted = this.#durations.slice(0, Math.min(this.#added, SIZE)).sort();
    return sorted[Math.floor(sorted.length * 0.95)];
  }
}
