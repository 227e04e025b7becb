// Copyright 2026 the Gee authors. MIT license.

/** More ranges than this are not worth their bytes. */
const MAX_RANGES = 500;

/**
 * Which tellings of changes are meant: for each pool that began some, the ranges
 * of their numbers, as `[first, last, first, last, ...]`, in order and apart.
 */
export type ChangeIds = ReadonlyMap<string, readonly number[]>;

/** Numbers what one pool tells. */
export class ChangeCounter {
  readonly #origin: string = crypto.randomUUID();
  #last = 0;

  /** The id of one more telling. */
  next(): ChangeIds {
    const number = ++this.#last;
    return new Map([[this.#origin, [number, number]]]);
  }
}

/**
 * Puts two together.
 *
 * @returns Both; `undefined` when one of them is unknown or it gets too long.
 */
export function joinIds(
  one: ChangeIds | undefined,
  other: ChangeIds | undefined,
): ChangeIds | undefined {
  if (one === undefined || other === undefined) return undefined;
  const joined = new Map(one);
  for (const [origin, ranges] of other) {
    const known = joined.get(origin);
    joined.set(origin, known === undefined ? ranges : union(known, ranges));
  }
  let count = 0;
  for (const ranges of joined.values()) count += ranges.length / 2;
  return count > MAX_RANGES ? undefined : joined;
}

/** Whether all of some ids are among others. */
export function holdIds(ids: ChangeIds, wanted: ChangeIds): boolean {
  for (const [origin, ranges] of wanted) {
    const known = ids.get(origin) ?? [];
    for (const [first, last] of pairs(ranges)) {
      const isIn = pairs(known).some(([from, to]) =>
        from <= first && last <= to
      );
      if (!isIn) return false;
    }
  }
  return true;
}

/** Whether ranges that somebody sent are some. */
export function areRanges(ranges: readonly number[]): boolean {
  const isOdd = ranges.length % 2 !== 0;
  return !isOdd && ranges.length > 0 &&
    ranges.every((number, index) =>
      Number.isSafeInteger(number) && number >= (ranges[index - 1] ?? 0)
    );
}

function union(one: readonly number[], other: readonly number[]): number[] {
  const joined: number[] = [];
  const all = [...pairs(one), ...pairs(other)].sort(([a], [b]) => a - b);
  for (const [first, last] of all) {
    const end = joined.at(-1);
    if (end === undefined || first > end + 1) joined.push(first, last);
    else joined[joined.length - 1] = Math.max(end, last);
  }
  return joined;
}

function pairs(ranges: readonly number[]): [first: number, last: number][] {
  return Array.from(
    { length: ranges.length / 2 },
    (_, index) => [ranges[index * 2] ?? 0, ranges[index * 2 + 1] ?? 0],
  );
}
