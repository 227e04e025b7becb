// Copyright 2026 the Gee authors. MIT license.

import { enlarged } from "./lists.ts";
import type { Order, OrderEntries } from "./order.ts";

/**
 * GreedyDual-Size-Frequency (Cherkasova, 1998): the entry with the least
 * `clock + uses / size` leaves, and the clock moves to its priority, so that
 * entries that are not used any more fall behind.
 *
 * A binary heap of slots. A hit only raises the priority; the heap compares the
 * keys under which entries were filed and files an entry anew when it comes to
 * the top with a priority above its key, so a hit costs no walk.
 */
export class GdsfOrder implements Order {
  readonly name = "gdsf";
  readonly #entries: OrderEntries;
  #heap: Uint32Array;
  #places: Uint32Array;
  #keys: Float64Array;
  #priorities: Float64Array;
  #uses: Uint16Array;
  #length = 0;
  #clock = 0;

  /**
   * Orders entries.
   *
   * @param entries The entries; none yet.
   */
  constructor(entries: OrderEntries) {
    this.#entries = entries;
    const { capacity } = entries;
    this.#heap = new Uint32Array(capacity);
    this.#places = new Uint32Array(capacity);
    this.#keys = new Float64Array(capacity);
    this.#priorities = new Float64Array(capacity);
    this.#uses = new Uint16Array(capacity);
  }

  grow(capacity: number): void {
    this.#heap = enlarged(this.#heap, new Uint32Array(capacity));
    this.#places = enlarged(this.#places, new Uint32Array(capacity));
    this.#keys = enlarged(this.#keys, new Float64Array(capacity));
    this.#priorities = enlarged(this.#priorities, new Float64Array(capacity));
    this.#uses = enlarged(this.#uses, new Uint16Array(capacity));
  }

  add(slot: number): void {
    this.#uses[slot] = 0;
    this.hit(slot);
    this.#keys[slot] = this.#priorities[slot]!;
    this.#up(this.#length++, slot);
  }

  hit(slot: number): void {
    const uses = Math.min(this.#uses[slot]! + 1, 0xffff);
    this.#uses[slot] = uses;
    const size = Math.max(this.#entries.sizeOf(slot), 1);
    this.#priorities[slot] = this.#clock + uses / size;
  }

  replace(slot: number): void {
    this.hit(slot);
    const place = this.#places[slot]!;
    this.#keys[slot] = this.#priorities[slot]!;
    this.#up(place, slot);
    this.#down(this.#places[slot]!, slot);
  }

  victim(): number {
    while (true) {
      const slot = this.#heap[0]!;
      const priority = this.#priorities[slot]!;
      if (priority === this.#keys[slot]) return slot;
      this.#keys[slot] = priority;
      this.#down(0, slot);
    }
  }

  evict(slot: number): void {
    this.#clock = this.#priorities[slot]!;
    this.remove(slot);
  }

  remove(slot: number): void {
    const place = this.#places[slot]!;
    const last = this.#heap[--this.#length]!;
    if (last === slot) return;
    this.#up(place, last);
    this.#down(this.#places[last]!, last);
  }

  slots(): number[] {
    const priorities = this.#priorities;
    return [...this.#heap.subarray(0, this.#length)].sort((a, b) =>
      priorities[b]! - priorities[a]!
    );
  }

  #up(place: number, slot: number): void {
    const key = this.#keys[slot]!;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.#heap[parent]!;
      if (this.#keys[other]! <= key) break;
      this.#put(place, other);
      place = parent;
    }
    this.#put(place, slot);
  }

  #down(place: number, slot: number): void {
    const keys = this.#keys;
    const heap = this.#heap;
    const length = this.#length;
    const key = keys[slot]!;
    while (true) {
      let child = place * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length && keys[heap[child + 1]!]! < keys[heap[child]!]!) {
        child++;
      }
      const other = heap[child]!;
      if (keys[other]! >= key) break;
      this.#put(place, other);
      place = child;
    }
    this.#put(place, slot);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }
}
