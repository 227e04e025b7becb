// Copyright 2026 the Gee authors. MIT license.

import { Ghost } from "./ghost.ts";
import { enlarged, Lists } from "./lists.ts";
import type { OrderEntries, Successor } from "./order.ts";

const HOT = 0;
const COLD = 1;
const IS_COLD = 1;
/** Cold entries are one in so many, but at least one. */
const COLD_SHARE = 100;

/**
 * LIRS (Jiang and Zhang, SIGMETRICS 2002): an entry is hot when it was used
 * twice while the coldest of the hot ones was not used at all. Loops longer than
 * the cache then keep a part of their keys instead of losing all.
 *
 * The stack of the paper is not built: what would be on it is what was used
 * after the last of the hot entries, which a stamp per entry tells.
 */
export class LirsOrder implements Successor {
  readonly name = "lirs";
  readonly #entries: OrderEntries;
  readonly #lists: Lists;
  readonly #ghost = new Ghost(true);
  /** When each entry was used last; it wraps after 2^32 uses. */
  #stamps: Int32Array;
  #now = 0;
  #cold = 0;

  /**
   * Orders entries.
   *
   * @param entries The entries; none yet.
   */
  constructor(entries: OrderEntries) {
    this.#entries = entries;
    this.#lists = new Lists(entries.capacity);
    this.#stamps = new Int32Array(entries.capacity);
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#stamps = enlarged(this.#stamps, new Int32Array(capacity));
  }

  add(slot: number, hash: number): void {
    const { count } = this.#entries;
    const stamp = this.#ghost.take(hash);
    const isHot = this.#cold >= this.#target(count) ||
      stamp !== undefined && this.#isRecent(stamp);
    this.#stamp(slot);
    if (isHot) {
      this.#lists.link(HOT, slot);
      this.#balance();
    } else {
      this.#enterCold(slot);
    }
  }

  hit(slot: number): void {
    const { marks } = this.#entries;
    const lists = this.#lists;
    const isRecent = this.#isRecent(this.#stamps[slot]!);
    this.#stamp(slot);
    if ((marks[slot]! & IS_COLD) === 0) lists.moveToFront(HOT, slot);
    else if (isRecent) {
      marks[slot]! &= ~IS_COLD;
      this.#cold--;
      lists.unlink(slot);
      lists.link(HOT, slot);
      this.#balance();
    } else lists.moveToFront(COLD, slot);
  }

  replace(slot: number): void {
    this.hit(slot);
  }

  victim(): number {
    return this.#lists.last(this.#cold > 0 ? COLD : HOT);
  }

  evict(slot: number): void {
    this.#ghost.fit(this.#entries.count * 2);
    this.#ghost.add(this.#entries.hashOf(slot), this.#stamps[slot]);
    this.remove(slot);
  }

  remove(slot: number): void {
    if ((this.#entries.marks[slot]! & IS_COLD) !== 0) this.#cold--;
    this.#lists.unlink(slot);
  }

  adopt(slots: readonly number[]): void {
    const kept = slots.length - this.#target(slots.length);
    for (let rank = slots.length - 1; rank >= 0; rank--) {
      const slot = slots[rank]!;
      this.#stamp(slot);
      if (rank < kept) this.#lists.link(HOT, slot);
      else this.#enterCold(slot);
    }
  }

  slots(): number[] {
    return [...this.#lists.slots(HOT), ...this.#lists.slots(COLD)];
  }

  #target(count: number): number {
    return Math.max(1, Math.floor(count / COLD_SHARE));
  }

  /** Whether something was used after the last of the hot entries. */
  #isRecent(stamp: number): boolean {
    const last = this.#lists.last(HOT);
    // The difference says which is later even when one has wrapped.
    return last === HOT || (stamp - this.#stamps[last]! | 0) > 0;
  }

  #stamp(slot: number): void {
    this.#now = this.#now + 1 | 0;
    this.#stamps[slot] = this.#now;
  }

  #balance(): void {
    const { count } = this.#entries;
    const target = this.#target(count);
    while (this.#cold < target && this.#cold < count - 1) {
      const slot = this.#lists.last(HOT);
      this.#lists.unlink(slot);
      this.#enterCold(slot);
    }
  }

  #enterCold(slot: number): void {
    this.#entries.marks[slot]! |= IS_COLD;
    this.#cold++;
    this.#lists.link(COLD, slot);
  }
}
