// Copyright 2026 the Gee authors. MIT license.

/** The first pause after a failure, and the longest, in ms. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
/** More keys than this are not remembered one by one: then every value goes. */
const MAX_OWED = 10_000;

/** What a {@linkcode TierHealth} works on. */
export interface TierHealthParts {
  /** The clock in ms. */
  readonly now: () => number;
  /** Deletes a key of the store. */
  readonly erase: (key: string, signal: AbortSignal) => Promise<unknown>;
  /** Ends every value of the store. */
  readonly eraseAll: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Whether a second tier is down, and what it missed meanwhile: the store is not
 * used again before it has been told, so that no old value comes back.
 */
export class TierHealth {
  readonly #parts: TierHealthParts;
  // Each debt is an object of its own: while one is paid a new one may come.
  readonly #owed = new Map<string, object>();
  #owesAll: object | undefined;
  #pause = 0;
  #failedAt = 0;

  constructor(parts: TierHealthParts) {
    this.#parts = parts;
  }

  /** Whether it failed a moment ago and is left alone. */
  get isDown(): boolean {
    if (this.#pause === 0) return false;
    const age = this.#parts.now() - this.#failedAt;
    // A clock that went back says nothing about the age, so the pause is over.
    return age >= 0 && age < this.#pause;
  }

  /** A call came through. */
  worked(): void {
    this.#pause = 0;
  }

  /** A call failed: the pause doubles with each failure in a row. */
  failed(): void {
    // Those that were under way together fail together, and count once.
    if (this.isDown) return;
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2 || FIRST_PAUSE);
    this.#failedAt = this.#parts.now();
  }

  /** A key has to be deleted before the store is used again. */
  owe(key: string): void {
    if (this.#owed.size >= MAX_OWED) return this.oweAll();
    this.#owed.set(key, {});
  }

  /** Every value has to end before the store is used again. */
  oweAll(): void {
    this.#owesAll = {};
    this.#owed.clear();
  }

  /** Tells the store what it missed; it rejects where that fails. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const all = this.#owesAll;
    if (all !== undefined) {
      await this.#parts.eraseAll(signal);
      if (this.#owesAll === all) this.#owesAll = undefined;
    }
    for (const [key, debt] of [...this.#owed]) {
      await this.#parts.erase(key, signal);
      if (this.#owed.get(key) === debt) this.#owed.delete(key);
    }
  }
}
