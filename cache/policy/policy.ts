// Copyright 2026 the Gee authors. MIT license.

/**
 * Why an entry left: `"evicted"` to keep a limit, `"replaced"` by a newer value
 * of its key, `"deleted"` by `delete`, `"cleared"` by `clear`.
 */
export type EvictionReason = "evicted" | "replaced" | "deleted" | "cleared";

/**
 * The seam between what keeps entries and what uses them: which entries stay
 * when a limit is reached is all a policy decides.
 *
 * A policy is synchronous, keeps its limits exactly and at all times, and is
 * consistent whenever `onEvicted` runs, which may therefore call it again.
 *
 * @typeParam V What the policy keeps.
 */
export interface Policy<V> extends Iterable<[key: string, value: V]> {
  /** How many entries it holds. */
  readonly size: number;
  /** The cost of all entries together, in bytes. */
  readonly bytes: number;
  /**
   * Finds a value and counts that as a use of it.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  get(key: string): V | undefined;
  /**
   * Finds a value without counting that as a use.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  peek(key: string): V | undefined;
  /**
   * Stores a value and evicts what no longer fits. A value that alone is larger
   * than the budget is refused: it evicts nothing, but an older value of the
   * same key leaves, since it is no longer true.
   *
   * @param key The key of the entry.
   * @param value The value to keep.
   * @returns Whether the value was stored.
   */
  set(key: string, value: V): boolean;
  /**
   * Removes one entry.
   *
   * @param key The key of the entry.
   * @returns Whether there was one.
   */
  delete(key: string): boolean;
  /** Removes every entry. */
  clear(): void;
  /**
   * Whether there is an entry; that is no use of it.
   *
   * @param key The key of the entry.
   * @returns Whether `peek` would find it.
   */
  has(key: string): boolean;
  /**
   * Changes the limits and evicts what no longer fits.
   *
   * @param limits The new limits; one that is left out stays.
   * @throws {RangeError} When a limit is out of bounds.
   * @throws {TypeError} When bytes are limited that were never counted: the
   * policy was made with neither `maxBytes` nor `sizeOf`.
   */
  resize(limits: PolicyLimits): void;
  /**
   * Counts what happened so far.
   *
   * @returns A snapshot; it does not change later.
   */
  stats(): PolicyStats;
}

/** The policies of {@linkcode createPolicy}. */
export type PolicyName = "s3fifo" | "lru" | "gdsf" | "adaptive";

/** What a policy keeps to. */
export interface PolicyLimits {
  /** The most the entries may cost together, in bytes; 0 keeps nothing. */
  readonly maxBytes?: number;
  /** The most entries to keep. */
  readonly maxEntries?: number;
}

/** What a policy has counted. */
export interface PolicyStats {
  /** Which policy it is. */
  readonly policy: string;
  /** How it behaves now: an adaptive policy as `"s3fifo"` or as `"lirs"`. */
  readonly acting: string;
  /** How many calls of `get` found their entry. */
  readonly hits: number;
  /** How many calls of `get` found none. */
  readonly misses: number;
  /** How many values were stored. */
  readonly sets: number;
  /** How many values were refused as larger than the whole budget. */
  readonly refused: number;
  /** How many entries left to keep a limit. */
  readonly evictions: number;
  /** How many entries it holds. */
  readonly entries: number;
  /** The cost of all entries together, in bytes. */
  readonly bytes: number;
  /** The most the entries may cost together, in bytes. */
  readonly maxBytes: number;
  /** The most entries it keeps. */
  readonly maxEntries: number;
}

/** Limits and hooks that every policy takes. */
export interface PolicyOptions<V> {
  /**
   * The most the entries may cost together, in bytes; 0 keeps nothing. One of
   * `maxBytes` and `maxEntries` has to be given.
   *
   * @default {Infinity}
   */
  readonly maxBytes?: number;
  /**
   * The most entries to keep.
   *
   * @default {Infinity}
   */
  readonly maxEntries?: number;
  /**
   * The size of a value: a whole number of bytes, the same for the same value.
   * An entry costs this, its key as UTF-8 and `overhead`.
   *
   * @default {byteLength}
   */
  readonly sizeOf?: (value: V) => number;
  /**
   * What each entry costs besides, in bytes; 0 counts as the Go original does.
   *
   * @default {64}
   */
  readonly overhead?: number;
  /**
   * Called after an entry left; it may use the policy. But `set` does not return
   * when each eviction is answered by storing another entry.
   *
   * @default {undefined}
   */
  readonly onEvicted?: (key: string, value: V, reason: EvictionReason) => void;
}
