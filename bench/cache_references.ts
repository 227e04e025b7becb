// Copyright 2026 the Gee authors. MIT license.
// What bench/cache_hit_ratio.ts compares with: Belady's bound, and W-TinyLFU and
// LIRS, which are no policies of their own here.

import type { Order, OrderEntries } from "../cache/mod.ts";
import { Lists } from "../cache/policy/lists.ts";
import type { Trace } from "./cache_traces.ts";

/**
 * The most hits any policy could have that keeps each object it loads: the one
 * used latest again leaves (Belady 1966). With `bytes` it is a bound no more, but
 * a strong greedy one: of those kept, the one with the most bytes times time to
 * its next use leaves.
 */
export function belady(trace: Trace, capacity: number, bytes = false): number {
  const { ids, objects, sizes } = trace;
  const next = nextUses(ids, objects);
  const current = new Int32Array(objects).fill(-1);
  const heap = new MaxHeap();
  let used = 0;
  let hits = 0;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index]!;
    const size = bytes ? sizes![id]! : 1; // asked for with sizes only
    const until = next[index]!;
    if (current[id]! >= 0) hits++;
    else if (size <= capacity && !(bytes && until === NEVER)) used += size;
    else continue;
    current[id] = until;
    heap.push(bytes ? (until - index) * size : until, id, until);
    while (used > capacity) {
      const [victim, filed] = heap.pop();
      if (current[victim] !== filed) continue;
      current[victim] = -1;
      used -= bytes ? sizes![victim]! : 1;
    }
  }
  return hits / ids.length;
}

const NEVER = 2 ** 31 - 1;

function nextUses(ids: Int32Array, objects: number): Int32Array {
  const next = new Int32Array(ids.length);
  const last = new Int32Array(objects).fill(NEVER);
  for (let index = ids.length - 1; index >= 0; index--) {
    next[index] = last[ids[index]!]!;
    last[ids[index]!] = index;
  }
  return next;
}

class MaxHeap {
  readonly #items: [rank: number, id: number, until: number][] = [];

  push(rank: number, id: number, until: number): void {
    const items = this.#items;
    let place = items.length;
    items.push([rank, id, until]);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (items[parent]![0] >= rank) break;
      items[place] = items[parent]!;
      place = parent;
    }
    items[place] = [rank, id, until];
  }

  pop(): [id: number, until: number] {
    const items = this.#items;
    const [, id, until] = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return [id, until];
    let place = 0;
    while (true) {
      let child = place * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]![0] > items[child]![0]) {
        child++;
      }
      if (items[child]![0] <= last[0]) break;
      items[place] = items[child]!;
      place = child;
    }
    items[place] = last;
    return [id, until];
  }
}

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

/** W-TinyLFU (Einziger et al. 2017): window 1 %, main segmented 80/20, no climbing. */
export class TinyLfuOrder implements Order {
  readonly name = "w-tinylfu";
  readonly #entries: OrderEntries;
  readonly #lists: Lists;
  readonly #sketch = new Sketch();
  readonly #sizes = [0, 0, 0];

  constructor(entries: OrderEntries) {
    this.#entries = entries;
    this.#lists = new Lists(entries.capacity);
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
  }

  add(slot: number, hash: number): void {
    this.#sketch.fit(this.#entries.count);
    this.#sketch.add(hash);
    this.#put(slot, WINDOW);
  }

  hit(slot: number): void {
    this.#sketch.add(this.#entries.hashOf(slot));
    const list = this.#entries.marks[slot]! & 3;
    if (list !== PROBATION) return this.#lists.moveToFront(list, slot);
    this.remove(slot);
    this.#put(slot, PROTECTED);
    if (this.#sizes[PROTECTED]! > this.#entries.count * 0.8) {
      this.#move(PROTECTED, PROBATION);
    }
  }

  replace(slot: number): void {
    this.hit(slot);
  }

  victim(): number {
    const { count } = this.#entries;
    const sizes = this.#sizes;
    const window = Math.max(1, Math.floor(count / 100));
    while (
      sizes[WINDOW]! > window && count - sizes[WINDOW]! < count - window - 1
    ) {
      this.#move(WINDOW, PROBATION);
    }
    if (sizes[PROBATION] === 0 && sizes[PROTECTED]! > 0) {
      this.#move(PROTECTED, PROBATION);
    }
    const candidate = this.#lists.last(WINDOW);
    if (sizes[PROBATION] === 0) return candidate;
    const victim = this.#lists.last(PROBATION);
    if (sizes[WINDOW]! < window) return victim;
    const uses = (slot: number) =>
      this.#sketch.count(this.#entries.hashOf(slot));
    if (uses(candidate) <= uses(victim)) return candidate;
    this.#move(WINDOW, PROBATION);
    return victim;
  }

  evict(slot: number): void {
    this.remove(slot);
  }

  remove(slot: number): void {
    this.#sizes[this.#entries.marks[slot]! & 3]!--;
    this.#lists.unlink(slot);
  }

  slots(): number[] {
    return [PROTECTED, PROBATION, WINDOW].flatMap((list) =>
      this.#lists.slots(list)
    );
  }

  #put(slot: number, list: number): void {
    const { marks } = this.#entries;
    marks[slot] = marks[slot]! & ~3 | list;
    this.#sizes[list]!++;
    this.#lists.link(list, slot);
  }

  #move(from: number, to: number): void {
    const slot = this.#lists.last(from);
    this.remove(slot);
    this.#put(slot, to);
  }
}

/** Count-min over four rows; counters up to 15, halved now and then. */
class Sketch {
  #counts = new Uint8Array(64 * 4);
  #added = 0;

  fit(entries: number): void {
    if (entries * 8 <= this.#counts.length) return;
    this.#counts = new Uint8Array(this.#counts.length * 2);
    this.#added = 0;
  }

  add(hash: number): void {
    for (const place of this.#places(hash)) {
      if (this.#counts[place]! < 15) this.#counts[place]!++;
    }
    if (++this.#added < this.#counts.length) return;
    this.#added >>= 1;
    this.#counts = this.#counts.map((count) => count >> 1);
  }

  count(hash: number): number {
    return Math.min(...this.#places(hash).map((place) => this.#counts[place]!));
  }

  #places(hash: number): number[] {
    const mask = this.#counts.length / 4 - 1;
    return [0, 1, 2, 3].map((row) => {
      const place = (hash & mask) * 4 + row;
      hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d + row * 2);
      return place;
    });
  }
}
