// Copyright 2026 the Gee authors. MIT license.

import { Lists } from "./lists.ts";
import type { Order, OrderEntries } from "./order.ts";

/** The one list: most recently used first. */
const RECENT = 0;

/** Least recently used first to go. */
export class LruOrder implements Order {
  readonly name = "lru";
  readonly #lists: Lists;

  /**
   * Orders entries.
   *
   * @param entries The entries; none yet.
   */
  constructor(entries: OrderEntries) {
    this.#lists = new Lists(entries.capacity);
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
  }

  add(slot: number): void {
    this.#lists.link(RECENT, slot);
  }

  hit(slot: number): void {
    this.#lists.moveToFront(RECENT, slot);
  }

  replace(slot: number): void {
    this.#lists.moveToFront(RECENT, slot);
  }

  victim(): number {
    return this.#lists.last(RECENT);
  }

  evict(slot: number): void {
    this.#lists.unlink(slot);
  }

  remove(slot: number): void {
    this.#lists.unlink(slot);
  }

  slots(): number[] {
    return this.#lists.slots(RECENT);
  }
}
