// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "../nearest_name.ts";

/**
 * Refuses options that there are not: a misspelled one would be no option at
 * all.
 *
 * @param action What cannot be done with them, as in `"open database"`.
 * @param options What was given.
 * @param names The options there are.
 */
export function checkNames(
  action: string,
  options: object,
  names: readonly string[],
): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const known = names.map((name) => `"${name}"`).join(", ");
    throw new TypeError(
      `Cannot ${action}: there is no option "${name}", want ${known}${
        didYouMean(name, names)
      }`,
    );
  }
}

/**
 * Refuses a value that an option does not take.
 *
 * @param action What cannot be done with it.
 * @param name The option.
 * @param value What was given; `undefined` is no value.
 * @param values What it takes.
 */
export function checkChoice(
  action: string,
  name: string,
  value: unknown,
  values: readonly unknown[],
): void {
  if (value === undefined || values.includes(value)) return;
  const known = values.map((value) =>
    typeof value === "string" ? `"${value}"` : String(value)
  ).join(", ");
  throw new TypeError(
    `Cannot ${action}: "${name}" is ${
      typeof value === "string" ? `"${value}"` : String(value)
    }, want ${known}`,
  );
}

/**
 * Refuses a number that an option does not take.
 *
 * @param action What cannot be done with it.
 * @param name The option.
 * @param value What was given; `undefined` is no value.
 * @param least The smallest number it takes.
 * @param most The greatest.
 */
export function checkWhole(
  action: string,
  name: string,
  value: unknown,
  least: number,
  most: number = Infinity,
): void {
  if (value === undefined) return;
  const isWhole = Number.isSafeInteger(value);
  if (isWhole && Number(value) >= least && Number(value) <= most) return;
  const to = most === Infinity ? "" : ` to ${most}`;
  throw new RangeError(
    `Cannot ${action}: "${name}" is ${
      String(value)
    }, want a whole number from ${least}${to}`,
  );
}

/** The longest that a timer waits, in ms; a longer one would not wait at all. */
export const MAX_TIMEOUT = 2_147_483_647;
