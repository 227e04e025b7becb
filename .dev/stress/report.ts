// Copyright 2026 the Gee authors. MIT license.
// What the stress runs print: a line for each figure beside its goal. A figure
// of counts decides whether the run passed; a figure of time only tells, since
// two shared cores swing.

/** Collects the figures of a run. */
export class Report {
  readonly #failures: string[] = [];
  #missed = 0;

  /** Says which rig runs now. */
  title(text: string): void {
    console.log(`\n${text}`);
  }

  /** Something to know. */
  note(text: string): void {
    console.log(`       ${text}`);
  }

  /** A count that must be right. */
  count(name: string, got: number | string, want: number | string): void {
    this.check(`${name}: ${got}, want ${want}`, got === want);
  }

  /** A condition that must hold. */
  check(text: string, holds: boolean): void {
    console.log(`  ${holds ? "ok  " : "FAIL"} ${text}`);
    if (!holds) this.#failures.push(text);
  }

  /** A figure of time or memory: it is told, and does not fail the run. */
  figure(name: string, got: number, unit: string, goal?: number): void {
    const isMissed = goal !== undefined && !(got <= goal);
    if (isMissed) this.#missed++;
    const wanted = goal === undefined ? "" : `, goal ${goal.toPrecision(3)}`;
    console.log(
      `  ${isMissed ? "over" : "    "} ${name}: ${
        got.toPrecision(3)
      } ${unit}${wanted}`,
    );
  }

  /** Prints the end, and gives the exit code. */
  end(): number {
    console.log(
      `\n${this.#failures.length} failed, ${this.#missed} goals of time or memory missed`,
    );
    for (const text of this.#failures) console.log(`  FAIL ${text}`);
    return this.#failures.length === 0 ? 0 : 1;
  }
}

/** The value that 99 of 100 do not pass; the largest of fewer. */
export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[
    Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))
  ] ??
    NaN;
}

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waits; a stress run has to let time pass. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
