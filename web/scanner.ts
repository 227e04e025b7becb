// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "./nearest.ts";

/** What a parameter of a path may be: a number only where `{int}` asks for it. */
export type ParamValue = string | number;

/**
 * Says which segments a parameter takes: a regular expression, which must fit
 * the whole segment, or a function. The segment is decoded.
 */
export type SegmentTest = RegExp | ((segment: string) => boolean);

/** Scanners of one's own, by the name that patterns use: `{slug}`. */
export type SegmentTests = Readonly<Record<string, SegmentTest>>;

/** A constraint of a pattern, ready to be asked. */
export interface Scanner {
  /** Those of a lower rank are tried first. */
  readonly rank: number;
  /** Whether a segment fits. */
  test(segment: string): boolean;
  /** The value of a segment that fits, where it is not the text itself. */
  readonly parse?: (segment: string) => ParamValue;
}

// One way to write each number, so that there is one URL for each.
const INT = /^(?:0|-?[1-9]\d{0,15})$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const ALPHA = /^[A-Za-z]+$/;

const BUILT_IN: Readonly<Record<string, Scanner>> = {
  int: {
    rank: 1,
    test: (text) => INT.test(text) && Number.isSafeInteger(Number(text)),
    parse: Number,
  },
  uuid: { rank: 2, test: (text) => UUID.test(text) },
  alpha: { rank: 3, test: (text) => ALPHA.test(text) },
};

/**
 * Makes the scanner that stands between braces.
 *
 * @param text `int`, `uuid`, `alpha`, the name of an own one, or a choice such
 * as `asc|desc`.
 * @param own Scanners of one's own.
 * @param pattern Where it stands, for the message.
 * @returns The scanner.
 * @throws {SyntaxError} When there is no such scanner.
 */
export function scannerOf(
  text: string,
  own: SegmentTests,
  pattern: string,
): Scanner {
  if (text.includes("|")) {
    const choices = new Set(text.split("|"));
    return { rank: 0, test: (segment) => choices.has(segment) };
  }
  const ownTest = Object.hasOwn(own, text) ? own[text] : undefined;
  if (ownTest !== undefined) return ownScanner(ownTest);
  const builtIn = Object.hasOwn(BUILT_IN, text) ? BUILT_IN[text] : undefined;
  if (builtIn !== undefined) return builtIn;
  const known = [...Object.keys(BUILT_IN), ...Object.keys(own)];
  throw new SyntaxError(
    `Cannot read pattern "${pattern}": "{${text}}" is not a scanner` +
      didYouMean(text, known),
  );
}

function ownScanner(test: SegmentTest): Scanner {
  if (typeof test === "function") return { rank: 4, test };
  // Neither a flag with a state nor a part of the segment decides.
  const flags = test.flags.replaceAll(/[gy]/g, "");
  const whole = new RegExp(`^(?:${test.source})$`, flags);
  return { rank: 4, test: (segment) => whole.test(segment) };
}
