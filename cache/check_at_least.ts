// Copyright 2026 the Gee authors. MIT license.

/** Checks that numbers are in bounds. */
export function checkAtLeast(
  least: number,
  numbers: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value >= least) continue;
    throw new RangeError(
      `Cannot create a group with ${name} ${value}: want at least ${least}`,
    );
  }
}
