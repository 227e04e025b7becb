// Copyright 2026 the Gee authors. MIT license.

/** How a node takes part in a ring. */
export interface NodeOptions {
  /**
   * Its share beside that of the others: with 2 it owns twice as many keys as a
   * node with 1.
   *
   * @default {1}
   */
  readonly weight?: number;
}

/**
 * The seam between keys and nodes: says which of some names owns a key. Adding
 * or removing a name moves only the keys it gains or loses, and the order in
 * which names came has no part in it.
 */
export interface Ring {
  /** The names, sorted. */
  readonly names: readonly string[];
  /**
   * Adds a name, or changes its weight.
   *
   * @param name The name.
   * @param options Its weight.
   */
  put(name: string, options?: NodeOptions): void;
  /**
   * Removes a name.
   *
   * @param name The name.
   * @returns Whether it was there.
   */
  remove(name: string): boolean;
  /**
   * Finds the owner of a key.
   *
   * @param key The key.
   * @returns The name, or `undefined` when there is none.
   */
  owner(key: string): string | undefined;
  /**
   * Finds the owner of a key and those who would own it without it, in order.
   *
   * @param key The key.
   * @param count How many at most; `Infinity` for all.
   * @returns Different names, the owner first.
   */
  owners(key: string, count: number): string[];
  /**
   * Finds the first of the owners of a key that is fit: a pool so passes over
   * nodes that are down. Where it is absent the pool looks through `owners`.
   *
   * @param key The key.
   * @param isFit Whether a name is.
   * @returns The name, or `undefined` when none is.
   */
  ownerAmong?(
    key: string,
    isFit: (name: string) => boolean,
  ): string | undefined;
  /**
   * Copies the ring: a pool keeps one for a short while when the list of nodes
   * changes. Where it is absent the pool makes a new ring name by name.
   *
   * @returns A ring of its own with the same names and owners.
   */
  clone?(): Ring;
}

/** Limits of {@linkcode boundedOwner}. */
export interface BoundedOwnerOptions {
  /**
   * How far above the mean the load of a node may be; above 1.
   *
   * @default {1.25}
   */
  readonly capacity?: number;
}

/**
 * Finds who should take a key while nobody is to have much more load than the
 * others: the first of its owners whose load is below `capacity` times the mean
 * (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads,
 * 2018). A hot key so spills to the next owner, always the same one.
 *
 * @param ring The ring.
 * @param key The key.
 * @param loadOf The load of a name now, such as its requests under way.
 * @param options How much more than the mean is too much.
 * @returns The name, or `undefined` when the ring is empty.
 * @throws {RangeError} When `capacity` is not above 1.
 *
 * @example A hot key spills over
 * ```ts
 * import { BalancedRing, boundedOwner } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const ring = new BalancedRing();
 * for (const name of ["a", "b", "c"]) ring.put(name);
 * const [first = "", second = ""] = ring.owners("hot", 2);
 * const loads = new Map([[first, 9]]);
 * const owner = boundedOwner(ring, "hot", (name) => loads.get(name) ?? 0);
 * assertEquals(owner, second);
 * ```
 */
export function boundedOwner(
  ring: Ring,
  key: string,
  loadOf: (name: string) => number,
  options: BoundedOwnerOptions = {},
): string | undefined {
  const { capacity = 1.25 } = options;
  if (!(capacity > 1)) {
    throw new RangeError(
      `Cannot bound the load by ${capacity}: want a number above 1`,
    );
  }
  const { names } = ring;
  let total = 0;
  for (const name of names) total += loadOf(name);
  // The one to come counts too, so that somebody is always below.
  const limit = Math.ceil(capacity * (total + 1) / names.length);
  const first = ring.owner(key);
  if (first === undefined || loadOf(first) < limit) return first;
  return ownerAmong(ring, key, (name) => loadOf(name) < limit);
}

/**
 * Finds the first of the owners of a key that is fit, on any ring.
 *
 * @param ring The ring.
 * @param key The key.
 * @param isFit Whether a name is.
 * @returns The name, or `undefined` when none is.
 */
export function ownerAmong(
  ring: Ring,
  key: string,
  isFit: (name: string) => boolean,
): string | undefined {
  return ring.ownerAmong === undefined
    ? ring.owners(key, Infinity).find(isFit)
    : ring.ownerAmong(key, isFit);
}
