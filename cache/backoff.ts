// Copyright 2026 the Gee authors. MIT license.

/** The most by which chance shortens a pause: keys fail together, and must not be tried in step. */
const JITTER = 0.3;
/** A pause grows to this many times the first one. */
const MAX_GROWTH = 20;
/** More failing keys than this are not remembered: the oldest goes first. */
const MAX_KEYS = 1024;

/** How a key failed last, and for how long it is left alone. */
interface Failure {
  readonly error: unknown;
  readonly at: number;
  /** How long it lasts. */
  readonly pause: number;
  /** The same before chance has shortened it. */
  readonly fullPause: number;
  /** How many recoveries there were before it. */
  readonly recoveries: number;
}

/**
 * Remembers which keys failed a moment ago, so that everybody who asks again
 * at once gets the same error instead of burdening a source in trouble. The
 * pause doubles with each failure in a row. When one of them loads again, the
 * source may be well, and every pause is over. It is read lazily; no timer runs.
 */
export class Backoff {
  readonly #failures = new Map<string, Failure>();
  readonly #pause: number;
  readonly #now: () => number;
  readonly #random: () => number;
  #recoveries = 0;

  /**
   * Makes an empty memory.
   *
   * @param pause The first pause in ms; 0 turns this off.
   * @param now The clock in ms.
   * @param random Chance, from 0 up to 1.
   */
  constructor(pause: number, now: () => number, random: () => number) {
    this.#pause = pause;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Says whether a key is left alone now.
   *
   * @param key The key.
   * @returns Its failure, or `undefined` when it may be loaded.
   */
  find(key: string): { readonly error: unknown } | undefined {
    const failure = this.#failures.get(key);
    if (failure?.recoveries !== this.#recoveries) return undefined;
    const age = this.#now() - failure.at;
    // A clock that went back says nothing about the age, so the pause is over.
    return age >= 0 && age < failure.pause ? failure : undefined;
  }

  /**
   * Begins or doubles the pause of a key.
   *
   * @param key The key.
   * @param error What it failed with.
   */
  failed(key: string, error: unknown): void {
    if (this.#pause === 0) return;
    const last = this.#failures.get(key);
    const fullPause = last === undefined
      ? this.#pause
      : Math.min(last.fullPause * 2, this.#pause * MAX_GROWTH);
    const pause = fullPause * (1 - JITTER * this.#random());
    this.#failures.delete(key);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= MAX_KEYS) {
      this.#failures.delete(oldest);
    }
    const at = this.#now();
    const recoveries = this.#recoveries;
    this.#failures.set(key, { error, at, pause, fullPause, recoveries });
  }

  /**
   * Ends the pause of a key that was loaded, and of all others if it had failed.
   *
   * @param key The key.
   */
  loaded(key: string): void {
    if (this.#failures.delete(key)) this.#recoveries++;
  }

  /**
   * Ends the pause of a key.
   *
   * @param key The key.
   */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Ends every pause. */
  clear(): void {
    this.#failures.clear();
  }
}
