// Copyright 2026 the Gee authors. MIT license.

import { Ghost } from "./ghost.ts";
import { Lists } from "./lists.ts";
import type { OrderEntries, Successor } from "./order.ts";

const SMALL = 0;
const MAIN = 1;
/** Marks: two bits count uses, one tells the list. */
const USES = 3;
const IN_MAIN = 4;
/** The small list holds a tenth of the entries. */
const SMALL_SHARE = 10;
/** Uses that carry an entry from the small list to the main one. */
const WORTHY = 2;

/**
 * S3-FIFO (Yang et al., SOSP 2023): what is new waits in a small queue, and only
 * what is used there, or comes back soon after, gets into the main one. So a
 * scan flows through the small queue and leaves the main one alone.
 */
export class S3FifoOrder implements Successor {
  readonly name = "s3fifo";
  readonly #entries: OrderEntries;
  readonly #lists: Lists;
  readonly #ghost = new Ghost();
  #small = 0;

  /**
   * Orders entries.
   *
   * @param entries The entries; none yet.
   */
  constructor(entries: OrderEntries) {
    this.#entries = entries;
    this.#lists = new Lists(entries.capacity);
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
  }

  add(slot: number, hash: number): void {
    if (this.#ghost.take(hash) === undefined) this.#enterSmall(slot);
    else this.#enterMain(slot);
  }

  hit(slot: number): void {
    const { marks } = this.#entries;
    // `!`: every slot has a mark.
    const mark = marks[slot]!;
    // A counter that is full is not written: 0.3 ns of a hit.
    if ((mark & USES) !== USES) marks[slot] = mark + 1;
  }

  replace(slot: number): void {
    this.hit(slot);
  }

  victim(): number {
    const lists = this.#lists;
    const { marks, count } = this.#entries;
    while (true) {
      const isSmall = this.#small * SMALL_SHARE >= count ||
        this.#small === count;
      const slot = lists.last(isSmall ? SMALL : MAIN);
      const mark = marks[slot]!;
      const uses = mark & USES;
      if (uses < (isSmall ? WORTHY : 1)) return slot;
      if (isSmall) {
        this.#small--;
        lists.unlink(slot);
        lists.link(MAIN, slot);
        marks[slot] = mark & ~USES | IN_MAIN;
      } else {
        lists.moveToFront(MAIN, slot);
        marks[slot] = mark - 1;
      }
    }
  }

  evict(slot: number): void {
    if ((this.#entries.marks[slot]! & IN_MAIN) === 0) {
      this.#ghost.fit(this.#entries.count);
      this.#ghost.add(this.#entries.hashOf(slot));
    }
    this.remove(slot);
  }

  remove(slot: number): void {
    if ((this.#entries.marks[slot]! & IN_MAIN) === 0) this.#small--;
    this.#lists.unlink(slot);
  }

  adopt(slots: readonly number[]): void {
    const kept = slots.length - Math.ceil(slots.length / SMALL_SHARE);
    for (let rank = slots.length - 1; rank >= 0; rank--) {
      const slot = slots[rank]!;
      if (rank < kept) this.#enterMain(slot);
      else this.#enterSmall(slot);
    }
  }

  slots(): number[] {
    return [...this.#lists.slots(MAIN), ...this.#lists.slots(SMALL)];
  }

  #enterSmall(slot: number): void {
    this.#small++;
    this.#lists.link(SMALL, slot);
  }

  #enterMain(slot: number): void {
    this.#entries.marks[slot]! |= IN_MAIN;
    this.#lists.link(MAIN, slot);
  }
}
