// Copyright 2026 the Gee authors. MIT license.

import { crc32 } from "./hash.ts";

/** The index of a name fits beside a 32-bit hash in one exact number. */
const MAX_NAMES = 1 << 16;
const MAX_INDEX_BITS = 16;

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
export class HashRing {
  readonly #replicas: number;
  readonly #hash: (text: string) => number;
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
    const all = new Set([...this.#names, ...names]);
    if (all.size > MAX_NAMES) {
      throw new RangeError(
        `Cannot add to a ring: it holds at most ${MAX_NAMES} names, got ${all.size}`,
      );
    }
    this.#build([...all]);
  }

  /**
   * Removes a name.
   *
   * @param name The name.
   * @returns Whether it was there.
   */
  remove(name: string): boolean {
    if (!this.#names.includes(name)) return false;
    this.#build(this.#names.filter((other) => other !== name));
    return true;
  }

  /**
   * Finds the owner of a key.
   *
   * @param key The key.
   * @returns The name, or `undefined` when the ring is empty.
   */
  owner(key: string): string | undefined {
    const points = this.#points;
    const hash = this.#hash(key) >>> 0;
    // The index covers every value of the upper bits, so the start exists.
    let index = this.#starts[hash >>> this.#shift] as number;
    while (index < points.length && (points[index] as number) < hash) index++;
    // Past the last point the ring wraps, so the first one owns the key.
    if (index === points.length) index = 0;
    // On an empty ring both are `undefined`.
    return this.#names[this.#owners[index] as number];
  }

  #build(names: string[]): void {
    names.sort();
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
    const all = new Float64Array(names.length * this.#replicas);
    let at = 0;
    for (const [index, name] of names.entries()) {
      for (let replica = 0; replica < this.#replicas; replica++) {
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
