// Copyright 2026 the Gee authors. MIT license.

import { crc32 } from "./hash.ts";
import type { NodeOptions, Ring } from "./ring.ts";

/** The index of a name fits beside a 32-bit hash in one exact number. */
const MAX_NAMES = 1 << 16;
const MAX_INDEX_BITS = 16;
/** A larger weight is a mistake, or an attack on the memory of the ring. */
const MAX_WEIGHT = 100;

/** Settings of a {@linkcode HashRing}. */
export interface HashRingOptions {
  /**
   * How many points each name has.
   *
   * @default {50}
   */
  readonly replicas?: number;
  /**
   * Hashes a text to a whole number below 2^32.
   *
   * @default {crc32}
   */
  readonly hash?: (text: string) => number;
}

/**
 * Consistent hashing: says which of some names owns a key so that adding or
 * removing one moves only the keys it gains or loses.
 *
 * A name has a point at the hash of `0name`, `1name` and so on; the first point
 * at or after the hash of a key owns it. With the defaults owners are those of
 * the Go original, except where the points of two names collide: there the
 * smaller name wins, whatever the order in which they were added.
 *
 * @example Find the owner of a key
 * ```ts
 * import { HashRing } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const ring = new HashRing();
 * ring.add("http://127.0.0.1:8001", "http://127.0.0.1:8002");
 * assertEquals(ring.owner("Jack"), "http://127.0.0.1:8002");
 * ring.remove("http://127.0.0.1:8002");
 * assertEquals(ring.owner("Jack"), "http://127.0.0.1:8001");
 * ```
 */
export class HashRing implements Ring {
  readonly #replicas: number;
  readonly #hash: (text: string) => number;
  /** How many points each name has. */
  readonly #counts = new Map<string, number>();
  #names: string[] = [];
  /** Hashes of all points, ascending, and the index of the name of each. */
  #points = new Uint32Array(0);
  #owners = new Uint16Array(0);
  /**
   * First point of each range of hashes that share their upper bits: a look-up
   * starts there, beside its point, where a binary search over 5,000 points
   * takes ten times as long.
   */
  #starts = new Uint32Array(2);
  #shift = 31;

  /**
   * Makes an empty ring.
   *
   * @param options Points per name and the hash.
   * @throws {RangeError} When `replicas` is no whole number above 0.
   */
  constructor(options: HashRingOptions = {}) {
    const { replicas = 50, hash = crc32 } = options;
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new RangeError(
        `Cannot create a ring with ${replicas} replicas: want at least 1`,
      );
    }
    this.#replicas = replicas;
    this.#hash = hash;
  }

  /** The names on the ring, sorted. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /**
   * Adds names; one that is there already stays as it is.
   *
   * @param names The names.
   * @throws {RangeError} When there are more than 65536.
   */
  add(...names: string[]): void {
    const added = names.filter((name) => !this.#counts.has(name));
    checkCount(new Set([...this.#names, ...added]).size);
    for (const name of added) this.#counts.set(name, this.#replicas);
    this.#build();
  }

  /**
   * Adds a name, or changes its weight. Go nodes know no weights.
   *
   * @param name The name.
   * @param options Its weight: how many times `replicas` points it has, rounded,
   * one at least.
   * @throws {RangeError} When the weight is not a number above 0 and up to 100,
   * or there are 65536 names already.
   */
  put(name: string, options: NodeOptions = {}): void {
    const { weight = 1 } = options;
    if (!(weight > 0 && weight <= MAX_WEIGHT)) {
      throw new RangeError(
        `Cannot add "${name}" to a ring with weight ${weight}: want a number above 0 and up to ${MAX_WEIGHT}`,
      );
    }
    const count = Math.max(1, Math.round(this.#replicas * weight));
    if (this.#counts.get(name) === count) return;
    if (!this.#counts.has(name)) checkCount(this.#names.length + 1);
    this.#counts.set(name, count);
    this.#build();
  }

  /**
   * Removes a name.
   *
   * @param name The name.
   * @returns Whether it was there.
   */
  remove(name: string): boolean {
    if (!this.#counts.delete(name)) return false;
    this.#build();
    return true;
  }

  /**
   * Finds the owner of a key.
   *
   * @param key The key.
   * @returns The name, or `undefined` when the ring is empty.
   */
  owner(key: string): string | undefined {
    // On an empty ring both are `undefined`.
    return this.#names[this.#owners[this.#pointOf(key)] as number];
  }

  /**
   * Finds the owner of a key and those who would own it without it: the names
   * of the points that follow.
   *
   * @param key The key.
   * @param count How many at most.
   * @returns Different names, the owner first.
   */
  owners(key: string, count: number): string[] {
    const found = new Set<number>();
    const { length } = this.#points;
    const start = this.#pointOf(key);
    for (let step = 0; step < length && found.size < count; step++) {
      found.add(this.#owners[(start + step) % length] as number); // is below it
    }
    return [...found].map((index) => this.#names[index] as string);
  }

  /**
   * Finds the first of the owners of a key that is fit.
   *
   * @param key The key.
   * @param isFit Whether a name is.
   * @returns The name, or `undefined` when none is.
   */
  ownerAmong(
    key: string,
    isFit: (name: string) => boolean,
  ): string | undefined {
    const { length } = this.#points;
    const start = this.#pointOf(key);
    for (let step = 0; step < length; step++) {
      const index = this.#owners[(start + step) % length] as number; // is below it
      const name = this.#names[index] as string;
      if (isFit(name)) return name;
    }
    return undefined;
  }

  /**
   * Copies the ring.
   *
   * @returns A ring of its own with the same names and owners.
   */
  clone(): HashRing {
    const copy = new HashRing({ replicas: this.#replicas, hash: this.#hash });
    for (const [name, count] of this.#counts) copy.#counts.set(name, count);
    // None of these is written to: they are made anew when names change.
    copy.#names = this.#names;
    copy.#points = this.#points;
    copy.#owners = this.#owners;
    copy.#starts = this.#starts;
    copy.#shift = this.#shift;
    return copy;
  }

  /** Index of the point that owns a key. */
  #pointOf(key: string): number {
    const points = this.#points;
    const hash = this.#hash(key) >>> 0;
    // The index covers every value of the upper bits, so the start exists.
    let index = this.#starts[hash >>> this.#shift] as number;
    while (index < points.length && (points[index] as number) < hash) index++;
    // Past the last point the ring wraps, so the first one owns the key.
    return index === points.length ? 0 : index;
  }

  #build(): void {
    const names = [...this.#counts.keys()].sort();
    const sorted = this.#sortedPoints(names);
    const points = new Uint32Array(sorted.length);
    const owners = new Uint16Array(sorted.length);
    let count = 0;
    for (const point of sorted) {
      const hash = Math.floor(point / MAX_NAMES);
      // Equal hashes follow one another, the smallest name first.
      if (count > 0 && points[count - 1] === hash) continue;
      points[count] = hash;
      owners[count++] = point % MAX_NAMES;
    }
    this.#names = names;
    this.#points = points.slice(0, count);
    this.#owners = owners.slice(0, count);
    this.#buildIndex();
  }

  /** Hash and name index of every point as one number, ascending. */
  #sortedPoints(names: readonly string[]): Float64Array {
    const counts = names.map((name) => this.#counts.get(name) ?? 0);
    const all = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let at = 0;
    for (const [index, name] of names.entries()) {
      for (let replica = 0; replica < (counts[index] ?? 0); replica++) {
        const hash = this.#hash(`${replica}${name}`) >>> 0;
        all[at++] = hash * MAX_NAMES + index;
      }
    }
    return all.sort();
  }

  #buildIndex(): void {
    const points = this.#points;
    // About eight ranges a point: most look-ups then start at their point.
    const wanted = Math.ceil(Math.log2(points.length + 1)) + 3;
    const bits = Math.min(Math.max(wanted, 1), MAX_INDEX_BITS);
    const starts = new Uint32Array(1 << bits);
    this.#shift = 32 - bits;
    let point = 0;
    for (let range = 0; range < starts.length; range++) {
      const first = range * 2 ** this.#shift;
      while (point < points.length && (points[point] as number) < first) {
        point++;
      }
      starts[range] = point;
    }
    this.#starts = starts;
  }
}

function checkCount(count: number): void {
  if (count <= MAX_NAMES) return;
  throw new RangeError(
    `Cannot add to a ring: it holds at most ${MAX_NAMES} names, got ${count}`,
  );
}
