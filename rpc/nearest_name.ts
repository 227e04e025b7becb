// Copyright 2026 the Gee authors. MIT license.

// Names beyond this length are compared by their beginnings: a hostile key of
// a megabyte must not cost a quadratic time.
const MAX_LENGTH = 64;

/** How many letters have to be put in, left out, changed or swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      // Each row has as many cells as `b` has letters, and one.
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, before[j - 2]! + 1); // as above
      }
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length]!; // as above
}

/**
 * The name that was most likely meant, for the end of a message.
 *
 * @param name What was given.
 * @param known What there is.
 * @returns ` (did you mean "name"?)`, or nothing when none is near.
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const given = name.slice(0, MAX_LENGTH).toLowerCase();
  let best = Math.max(1, Math.floor(given.length / 3)) + 1;
  let nearest: string | undefined;
  for (const candidate of known) {
    const other = candidate.slice(0, MAX_LENGTH).toLowerCase();
    const letters = distance(given, other);
    // One letter has nothing in common with another.
    if (letters >= best || letters >= other.length) continue;
    best = letters;
    nearest = candidate;
  }
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}
