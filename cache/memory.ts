// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import { LruCache } from "./policy/lru.ts";
import type { Policy } from "./policy/policy.ts";
import type { Counters } from "./stats.ts";

/**
 * What each entry of a `Group` costs beside its key and its value, in bytes:
 * what V8 takes for its objects and buffers (measured: 371), rounded up.
 */
export const GROUP_ENTRY_OVERHEAD = 384;

/** What memory holds of a key. */
export interface Entry {
  /** The value; `undefined` when the source has none. */
  readonly view: ByteView | undefined;
  /** When it was stored, in ms. */
  readonly storedAt: number;
  /** How long it is served, in ms. */
  readonly ttl: number;
}

/** Settings of a {@linkcode Memory}. */
export interface MemoryOptions {
  /** The most bytes. */
  readonly maxBytes: number;
  /** How long a value is served in ms. */
  readonly ttl: number;
  /** How long "there is none" is served in ms, but never longer than `ttl`. */
  readonly negativeTtl: number;
  /** The clock in ms. */
  readonly now: () => number;
  /** Where evictions are counted. */
  readonly counters: Counters;
}

/** The entries of a group: a policy says which stay, a clock which are fresh. */
export class Memory {
  readonly #policy: Policy<Entry>;
  readonly #ttl: number;
  readonly #negativeTtl: number;
  readonly #now: () => number;

  /**
   * Makes an empty memory.
   *
   * @param options Its limits.
   */
  constructor(options: MemoryOptions) {
    const { maxBytes, ttl, negativeTtl, now, counters } = options;
    this.#ttl = ttl;
    this.#negativeTtl = Math.min(negativeTtl, ttl);
    this.#now = now;
    this.#policy = new LruCache<Entry>({
      maxBytes,
      overhead: GROUP_ENTRY_OVERHEAD,
      sizeOf: ({ view }) => view?.length ?? 0,
      onEvicted: (_key, _entry, reason) => {
        if (reason === "evicted") counters.evictions++;
      },
    });
  }

  /** How many entries there are, stale ones included. */
  get size(): number {
    return this.#policy.size;
  }

  /** What they cost in bytes. */
  get bytes(): number {
    return this.#policy.bytes;
  }

  /**
   * Finds a fresh entry and drops a stale one.
   *
   * @param key The key.
   * @returns The entry, or `undefined`.
   */
  find(key: string): Entry | undefined {
    const entry = this.#policy.get(key);
    if (entry === undefined || this.#isFresh(entry)) return entry;
    this.#policy.delete(key);
    return undefined;
  }

  /**
   * Finds a fresh entry and changes nothing.
   *
   * @param key The key.
   * @returns The entry, or `undefined`.
   */
  peek(key: string): Entry | undefined {
    const entry = this.#policy.peek(key);
    return entry === undefined || this.#isFresh(entry) ? entry : undefined;
  }

  /**
   * Stores a result in place of an older one.
   *
   * @param key The key.
   * @param view The value, or `undefined` for "there is none".
   * @returns Whether it was kept.
   */
  store(key: string, view: ByteView | undefined): boolean {
    const ttl = view === undefined ? this.#negativeTtl : this.#ttl;
    if (ttl === 0) {
      this.#policy.delete(key);
      return false;
    }
    const storedAt = ttl === Infinity ? 0 : this.#now();
    return this.#policy.set(key, { view, storedAt, ttl });
  }

  /**
   * Drops an entry.
   *
   * @param key The key.
   * @returns Whether there was one that is fresh.
   */
  remove(key: string): boolean {
    const isFresh = this.peek(key) !== undefined;
    this.#policy.delete(key);
    return isFresh;
  }

  /** Drops every entry. */
  clear(): void {
    this.#policy.clear();
  }

  #isFresh({ storedAt, ttl }: Entry): boolean {
    if (ttl === Infinity) return true;
    // After a step back of the clock nothing is known of the age: not fresh.
    const age = this.#now() - storedAt;
    return age >= 0 && age < ttl;
  }
}
