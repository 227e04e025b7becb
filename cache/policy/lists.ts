// Copyright 2026 the Gee authors. MIT license.

/** The lowest slot of an entry: below lie the heads of lists. */
export const FIRST_SLOT = 4;

/**
 * Circular lists of slots, linked in typed arrays: a slot is on at most one.
 * List `n` has its head at index `n`, below the first slot.
 *
 * The `!` below are safe because a slot number comes from the slots these lists
 * grow with, or from a link.
 */
export class Lists {
  #next: Uint32Array;
  #previous: Uint32Array;

  /**
   * Makes empty lists.
   *
   * @param capacity How many slots there are.
   */
  constructor(capacity: number) {
    this.#next = new Uint32Array(capacity);
    this.#previous = new Uint32Array(capacity);
    this.#reset();
  }

  /** Makes place for more slots. */
  grow(capacity: number): void {
    this.#next = enlarged(this.#next, new Uint32Array(capacity));
    this.#previous = enlarged(this.#previous, new Uint32Array(capacity));
  }

  /** The slot at the end of a list, or the list itself when it is empty. */
  last(list: number): number {
    return this.#previous[list]!;
  }

  /** Puts a slot that is on no list at the front of one. */
  link(list: number, slot: number): void {
    const next = this.#next;
    const previous = this.#previous;
    const first = next[list]!;
    next[slot] = first;
    previous[slot] = list;
    previous[first] = slot;
    next[list] = slot;
  }

  /** Takes a slot off its list. */
  unlink(slot: number): void {
    const after = this.#next[slot]!;
    const before = this.#previous[slot]!;
    this.#next[before] = after;
    this.#previous[after] = before;
  }

  /** Moves a slot to the front of a list. */
  moveToFront(list: number, slot: number): void {
    if (this.#next[list] === slot) return;
    this.unlink(slot);
    this.link(list, slot);
  }

  /** The slots of a list, from its front. */
  slots(list: number): number[] {
    const found: number[] = [];
    let slot = this.#next[list]!;
    while (slot !== list) {
      found.push(slot);
      slot = this.#next[slot]!;
    }
    return found;
  }

  #reset(): void {
    for (let list = 0; list < FIRST_SLOT; list++) {
      this.#next[list] = list;
      this.#previous[list] = list;
    }
  }
}

/**
 * Copies an array to the front of a larger one.
 *
 * @param source The array.
 * @param target The larger one.
 * @returns The larger one.
 */
export function enlarged<
  A extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array,
>(source: A, target: A): A {
  target.set(source);
  return target;
}
