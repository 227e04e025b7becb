// Copyright 2026 the Gee authors. MIT license.

/** More ranges than this are not worth their bytes. */
export const MAX_RANGES = 500;
/** That of a UUID. */
const MAX_ORIGIN = 36;

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
 * @param one Some.
 * @param other Others.
 * @param maxRanges How many ranges are worth their bytes.
 * @returns Both; `undefined` when it gets too long.
 */
export function joinIds(
  one: ChangeIds,
  other: ChangeIds,
  maxRanges: number,
): ChangeIds | undefined {
  const joined = new Map(one);
  for (const [origin, ranges] of other) {
    const known = joined.get(origin);
    joined.set(origin, known === undefined ? ranges : union(known, ranges));
  }
  let count = 0;
  for (const ranges of joined.values()) count += ranges.length / 2;
  return count > maxRanges ? undefined : joined;
}

/**
 * Reads what came from another node.
 *
 * @param ids What it sent.
 * @returns The ids; `undefined` where there are none, or more than nodes send.
 */
export function readIds(ids: ChangeIds | undefined): ChangeIds | undefined {
  if (ids === undefined || ids.size === 0) return undefined;
  const isLong = ids.keys().some(({ length }) => length > MAX_ORIGIN);
  return isLong ? undefined : joinIds(new Map(), ids, MAX_RANGES);
}

/** Whether all of some ids are among others. */
export function holdIds(ids: ChangeIds, wanted: ChangeIds): boolean {
  for (const [origin, ranges] of wanted) {
    if (!holdRanges(ids.get(origin) ?? [], ranges)) return false;
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

/** Both go up, and there may be thousands: one walk along the two. */
function holdRanges(
  known: readonly number[],
  wanted: readonly number[],
): boolean {
  let at = 0;
  for (let index = 0; index < wanted.length; index += 2) {
    const first = wanted[index]!; // both ends are there
    const last = wanted[index + 1]!;
    while (at < known.length && known[at + 1]! < first) at += 2;
    if (at === known.length || known[at]! > first || known[at + 1]! < last) {
      return false;
    }
  }
  return true;
}

function union(one: readonly number[], other: readonly number[]): number[] {
  const joined: number[] = [];
  let [at, to] = [0, 0];
  while (at < one.length || to < other.length) {
    const isOne = to === other.length ||
      at < one.length && one[at]! <= other[to]!; // below their lengths
    const [from, index] = isOne ? [one, at] : [other, to];
    if (isOne) at += 2;
    else to += 2;
    const first = from[index]!;
    const last = from[index + 1]!;
    const end = joined.at(-1);
    if (end === undefined || first > end + 1) joined.push(first, last);
    else joined[joined.length - 1] = Math.max(end, last);
  }
  return joined;
}
