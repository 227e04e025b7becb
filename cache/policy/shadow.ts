// Copyright 2026 the Gee authors. MIT license.

import { FIRST_SLOT } from "./lists.ts";
import type { Order, OrderEntries } from "./order.ts";

/**
 * Simulates an order on hashes alone: no keys, no values, every entry of the
 * same size. It tells how many hits the order would have had.
 */
export class Shadow implements OrderEntries {
  readonly #slots = new Map<number, number>();
  readonly #hashes: Int32Array;
  readonly #order: Order;
  #unused = FIRST_SLOT;
  readonly capacity: number;
  readonly marks: Uint8Array;
  count = 0;

  constructor(most: number, makeOrder: (entries: OrderEntries) => Order) {
    this.capacity = most + FIRST_SLOT;
    this.#hashes = new Int32Array(this.capacity);
    this.marks = new Uint8Array(this.capacity);
    this.#order = makeOrder(this);
  }

  hashOf(slot: number): number {
    return this.#hashes[slot]!;
  }

  sizeOf(): number {
    return 1;
  }

  /** Uses a key: true for a hit. */
  use(hash: number): boolean {
    const known = this.#slots.get(hash);
    if (known !== undefined) {
      this.#order.hit(known);
      return true;
    }
    let slot = this.#unused;
    if (slot < this.capacity) this.#unused++;
    else {
      slot = this.#order.victim();
      this.#order.evict(slot);
      this.#slots.delete(this.#hashes[slot]!);
      this.count--;
    }
    this.#hashes[slot] = hash;
    this.marks[slot] = 0;
    this.count++;
    this.#slots.set(hash, slot);
    this.#order.add(slot, hash);
    return false;
  }
}
