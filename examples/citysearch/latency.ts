// Copyright 2026 the Gee authors. MIT license.

/** The last durations of one kind of work, and what they amount to. */
export class Latency {
  readonly #samples: Float64Array;
  #count = 0;

  /** @param size How many durations count. */
  constructor(size = 512) {
    this.#samples = new Float64Array(size);
  }

  /** Notes one duration, in ms. */
  add(ms: number): void {
    this.#samples[this.#count++ % this.#samples.length] = ms;
  }

  /** How many there were, and two percentiles of the last ones, in ms. */
  summary(): {
    readonly count: number;
    readonly p50: number;
    readonly p99: number;
  } {
    const kept = this.#samples.slice(0, this.#count).sort();
    const at = (share: number) =>
      round(kept[Math.ceil(kept.length * share) - 1] ?? 0);
    return { count: this.#count, p50: at(0.5), p99: at(0.99) };
  }
}

/** The slowest of many, one per name, slowest first. */
export class Slowest {
  readonly #limit: number;
  #entries: { readonly name: string; readonly ms: number }[] = [];

  /** @param limit How many are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Notes one duration, in ms. */
  add(name: string, ms: number): void {
    const slower = this.#entries.find((entry) =>
      entry.name === name && entry.ms >= ms
    );
    if (slower !== undefined) return;
    this.#entries = [...this.#entries.filter((entry) => entry.name !== name), {
      name,
      ms: round(ms),
    }].sort((a, b) => b.ms - a.ms).slice(0, this.#limit);
  }

  /** The kept ones, slowest first. */
  list(): readonly { readonly name: string; readonly ms: number }[] {
    return this.#entries;
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
