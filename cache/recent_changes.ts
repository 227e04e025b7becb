// Copyright 2026 the Gee authors. MIT license.

/** More keys than this are not remembered one by one. */
const MAX_KEYS = 10_000;

/**
 * The keys that changed a short while ago. Not every node may have heard of that
 * yet, so what another one still holds of such a key must not be taken over: the
 * change would be told to that node, but not to this one again.
 */
export class RecentChanges {
  /** When each key changed last, the oldest first. */
  readonly #keys = new Map<string, number>();
  readonly #now: () => number;
  /** When everything may have changed last. */
  #allAt = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a key changed. */
  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.set(key, this.#now());
    if (this.#keys.size <= MAX_KEYS) return;
    const [[oldest, at] = ["", 0]] = this.#keys;
    this.#keys.delete(oldest);
    this.#allAt = Math.max(this.#allAt, at);
  }

  /** Notes that any key may have changed. */
  addAll(): void {
    this.#keys.clear();
    this.#allAt = this.#now();
  }

  /** Whether a key changed within the last so many ms. */
  has(key: string, ms: number): boolean {
    const at = Math.max(this.#allAt, this.#keys.get(key) ?? -Infinity);
    const age = this.#now() - at;
    // After a step back of the clock nothing is known of the age.
    return age < 0 || age < ms;
  }
}
