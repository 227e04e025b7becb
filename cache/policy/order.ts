// Copyright 2026 the Gee authors. MIT license.

/**
 * Which entries stay: the part in which policies differ. An order knows slots,
 * not keys or values, so it serves live entries and simulations alike.
 */
export interface Order {
  /** What it is called in `stats`. */
  readonly name: string;
  /** Makes place for more slots. */
  grow(capacity: number): void;
  /**
   * Takes in a new entry.
   *
   * @param slot Its slot.
   * @param hash The hash of its key.
   */
  add(slot: number, hash: number): void;
  /** Counts a use of an entry. */
  hit(slot: number): void;
  /** Counts a use of an entry whose value, and perhaps size, is new. */
  replace(slot: number): void;
  /**
   * Chooses the entry that leaves next; there is at least one. The caller
   * removes it, with `evict` unless something else came between.
   */
  victim(): number;
  /** Forgets the entry that `victim` chose; a policy with a ghost remembers it there. */
  evict(slot: number): void;
  /** Forgets an entry. */
  remove(slot: number): void;
  /** The slots, those that would stay longest first. */
  slots(): number[];
}

/** An order that can take over from another one. */
export interface Successor extends Order {
  /**
   * Takes in entries that are there already; their marks are clear.
   *
   * @param slots Their slots, those that shall stay longest first.
   */
  adopt(slots: readonly number[]): void;
}

/** What an order may ask about the entries. */
export interface OrderEntries {
  /** How many slots there is place for. */
  readonly capacity: number;
  /** How many entries there are. */
  readonly count: number;
  /** Four low bits of each slot belong to the order. */
  readonly marks: Uint8Array;
  /** The hash of the key in a slot. */
  hashOf(slot: number): number;
  /** The cost of the entry in a slot. */
  sizeOf(slot: number): number;
}
