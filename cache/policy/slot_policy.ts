// Copyright 2026 the Gee authors. MIT license.

import { byteLength, ENTRY_OVERHEAD } from "./cost.ts";
import type { Order, OrderEntries } from "./order.ts";
import type {
  EvictionReason,
  Policy,
  PolicyLimits,
  PolicyOptions,
  PolicyStats,
} from "./policy.ts";
import { NO_SLOT, Slots } from "./slots.ts";

/** Costs are kept in 32 bits, which keeps an entry under 60 bytes. */
const MAX_COST = 0xffff_ffff;

/** Makes the order of a policy over its (still empty) entries. */
export type MakeOrder = (entries: OrderEntries) => Order;

/**
 * What all policies share: storage, exact limits, costs, reports and counters.
 * An {@linkcode Order} decides which entries stay: a policy of your own needs
 * only that.
 *
 * @typeParam V What the policy keeps; never `undefined`.
 *
 * @example First in, first out
 * ```ts
 * import { type Order, SlotPolicy } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * class FifoOrder implements Order {
 *   readonly name = "fifo";
 *   readonly #queue = new Set<number>();
 *   grow(): void {}
 *   add(slot: number): void {
 *     this.#queue.add(slot);
 *   }
 *   hit(): void {}
 *   replace(): void {}
 *   victim(): number {
 *     for (const slot of this.#queue) return slot;
 *     throw new RangeError("Cannot choose a victim: there is no entry");
 *   }
 *   evict(slot: number): void {
 *     this.#queue.delete(slot);
 *   }
 *   remove(slot: number): void {
 *     this.#queue.delete(slot);
 *   }
 *   slots(): number[] {
 *     return [...this.#queue].reverse();
 *   }
 * }
 *
 * const options = { maxEntries: 2 };
 * const queue = new SlotPolicy<string>("fifo", options, () => new FifoOrder());
 * for (const key of ["a", "b", "c"]) queue.set(key, "value");
 * assertEquals([...queue].map(([key]) => key), ["c", "b"]);
 * ```
 */
export class SlotPolicy<V> implements Policy<V> {
  readonly #name: string;
  readonly #makeOrder: MakeOrder;
  #slots = new Slots<V>();
  #order: Order;
  #maxBytes: number;
  #maxEntries: number;
  readonly #sizeOf: (value: V) => number;
  /** Whether the bytes of values are known. */
  readonly #isCounting: boolean;
  readonly #overhead: number;
  readonly #onEvicted: PolicyOptions<V>["onEvicted"];
  #hits = 0;
  #misses = 0;
  #sets = 0;
  #refused = 0;
  #evictions = 0;

  /**
   * Makes an empty cache.
   *
   * @param name The name of the policy.
   * @param options Its limits; `maxBytes`, `maxEntries` or both.
   * @param makeOrder Makes what decides which entries stay.
   * @throws {RangeError} When a limit is negative or not a number, or none is
   * given.
   */
  constructor(
    name: string,
    options: PolicyOptions<V>,
    makeOrder: MakeOrder,
  ) {
    const {
      maxBytes = Infinity,
      maxEntries = Infinity,
      overhead = ENTRY_OVERHEAD,
    } = options;
    checkLimits("create", { maxBytes, maxEntries });
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
    this.#name = name;
    this.#makeOrder = makeOrder;
    this.#order = makeOrder(this.#slots);
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    // Without a byte limit sizes decide nothing, so values of any kind will do.
    this.#isCounting = options.sizeOf !== undefined || maxBytes !== Infinity;
    this.#sizeOf = options.sizeOf ?? (this.#isCounting ? byteLength : () => 0);
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
   * Finds a value and counts that as a use of it.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  get(key: string): V | undefined {
    const slots = this.#slots;
    const slot = slots.find(key);
    if (slot === NO_SLOT) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#order.hit(slot);
    return slots.value(slot);
  }

  /**
   * Finds a value; that is no use of it and not counted.
   *
   * @param key The key of the entry.
   * @returns The value, or `undefined` when there is none.
   */
  peek(key: string): V | undefined {
    const slot = this.#slots.find(key);
    return slot === NO_SLOT ? undefined : this.#slots.value(slot);
  }

  /**
   * Whether there is an entry; that is no use of it and not counted.
   *
   * @param key The key of the entry.
   * @returns Whether `peek` would find it.
   */
  has(key: string): boolean {
    return this.#slots.find(key) !== NO_SLOT;
  }

  /**
   * Stores a value and evicts what no longer fits. A value larger than the whole
   * budget is refused: it evicts nothing but an older value of its own key.
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
    if (slot === NO_SLOT) {
      const { last, bytes } = slots.hash;
      return this.#insert(key, value, last, bytes);
    }
    const keyBytes = slots.keyBytes(slot, key);
    const size = this.#costOf(keyBytes, key, value);
    const old = slots.sizeOf(slot);
    if (
      size > old && slots.bytes - old + size > this.#maxBytes || size > MAX_COST
    ) {
      const hash = slots.hashOf(slot);
      this.#remove(slot, "replaced");
      return this.#insert(key, value, hash, keyBytes);
    }
    this.#sets++;
    const onEvicted = this.#onEvicted;
    const replaced = onEvicted === undefined ? undefined : slots.value(slot);
    slots.replace(slot, value, size);
    this.#order.replace(slot);
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

  /** Removes every entry, then reports each to `onEvicted`. What was counted stays. */
  clear(): void {
    const onEvicted = this.#onEvicted;
    const entries = onEvicted === undefined ? [] : [...this];
    this.#slots = new Slots<V>(this.#slots.hash);
    this.#order = this.#makeOrder(this.#slots);
    for (const [key, value] of entries) onEvicted?.(key, value, "cleared");
  }

  /**
   * Changes the limits, evicts what no longer fits, then reports it.
   *
   * @param limits The new limits; one that is left out stays.
   * @throws {RangeError} When a limit is negative or not a number.
   * @throws {TypeError} When bytes are limited that were never counted.
   */
  resize(limits: PolicyLimits): void {
    const { maxBytes = this.#maxBytes, maxEntries = this.#maxEntries } = limits;
    checkLimits("resize", { maxBytes, maxEntries });
    if (maxBytes !== Infinity && !this.#isCounting) {
      throw new TypeError(
        `Cannot resize to ${maxBytes} bytes: the cache counts entries alone, give maxBytes or sizeOf when it is made`,
      );
    }
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    const slots = this.#slots;
    const gone: [key: string, value: V][] = [];
    while (slots.bytes > maxBytes || slots.count > maxEntries) {
      const slot = this.#order.victim();
      gone.push([slots.key(slot), slots.value(slot)]);
      this.#evictions++;
      this.#order.evict(slot);
      slots.remove(slot);
    }
    // Reported at the end: a throwing onEvicted then leaves no limit broken.
    for (const [key, value] of gone) this.#onEvicted?.(key, value, "evicted");
  }

  /**
   * Counts what happened so far.
   *
   * @returns A snapshot; it does not change later.
   */
  stats(): PolicyStats {
    return Object.freeze({
      policy: this.#name,
      acting: this.#order.name,
      hits: this.#hits,
      misses: this.#misses,
      sets: this.#sets,
      refused: this.#refused,
      evictions: this.#evictions,
      entries: this.#slots.count,
      bytes: this.#slots.bytes,
      maxBytes: this.#maxBytes,
      maxEntries: this.#maxEntries,
    });
  }

  /**
   * Goes over the entries that are there now, those that would stay longest
   * first.
   *
   * @returns Pairs of key and value.
   */
  [Symbol.iterator](): IterableIterator<[key: string, value: V]> {
    return this.#slots.entries(this.#order.slots()).values();
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

  #insert(key: string, value: V, hash: number, keyBytes: number): boolean {
    const size = this.#costOf(keyBytes, key, value);
    if (size > MAX_COST || !this.#makeRoom(size)) {
      this.#refused++;
      return false;
    }
    const slots = this.#slots;
    // onEvicted may have stored this very key meanwhile: the outer call wins.
    if (this.#onEvicted !== undefined && slots.find(key) !== NO_SLOT) {
      return this.set(key, value);
    }
    if (slots.isFull) this.#order.grow(slots.grow());
    this.#sets++;
    this.#order.add(slots.insert(key, value, size, hash, keyBytes), hash);
    return true;
  }

  /**
   * Evicts until an entry fits, before it is stored: a throwing onEvicted then
   * leaves no limit broken. False when it fits no empty cache.
   */
  #makeRoom(size: number): boolean {
    if (size > this.#maxBytes || this.#maxEntries < 1) return false;
    while (
      this.#slots.bytes + size > this.#maxBytes ||
      this.#slots.count >= this.#maxEntries
    ) {
      // onEvicted has made the cache smaller.
      if (this.#slots.count === 0) return false;
      this.#remove(this.#order.victim(), "evicted");
    }
    return true;
  }

  #remove(slot: number, reason: EvictionReason): void {
    const slots = this.#slots;
    const key = slots.key(slot);
    const value = slots.value(slot);
    if (reason === "evicted") {
      this.#evictions++;
      this.#order.evict(slot);
    } else this.#order.remove(slot);
    slots.remove(slot);
    this.#onEvicted?.(key, value, reason);
  }
}

/** Throws unless all are 0 or more. */
function checkLimits(
  action: string,
  limits: Readonly<Record<string, number>>,
): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit >= 0) continue;
    throw new RangeError(
      `Cannot ${action} a cache with ${name} ${limit}: it must not be negative`,
    );
  }
}
