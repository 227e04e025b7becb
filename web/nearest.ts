// Copyright 2026 the Gee authors. MIT license.

/** Longer names are cut: the distance costs time by the square of the length. */
const MAX_LENGTH = 64;

/**
 * The known name that a wrong one is most likely meant to be: at most a third
 * of its letters differ.
 *
 * @param name The name that is not known.
 * @param known All names that are.
 * @returns The nearest, the first of several, or undefined when none is near.
 */
export function nearest(
  name: string,
  known: Iterable<string>,
): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.min(name.length, MAX_LENGTH) / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance >= least) continue;
    best = candidate;
    least = distance;
  }
  return best;
}

/**
 * The end of a message about an unknown name.
 *
 * @param name The name that is not known.
 * @param known All names that are.
 * @returns ` (did you mean "…"?)`, or "" when no name is near.
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === undefined ? "" : ` (did you mean "${found}"?)`;
}

/** Letters to insert, drop, change or swap with a neighbor (Damerau 1964). */
function editDistance(left: string, right: string): number {
  const a = left.slice(0, MAX_LENGTH).toLowerCase();
  const b = right.slice(0, MAX_LENGTH).toLowerCase();
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] &&
        a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
