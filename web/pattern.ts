// Copyright 2026 the Gee authors. MIT license.
import { canonicalPath } from "./path.ts";

/** One piece of a pattern between slashes. */
export interface PatternSegment {
  /** How the segment matches: itself, one segment, or all that is left. */
  readonly kind: "static" | "param" | "wildcard";
  /** The canonical text of a static segment, else the name ("" when it has none). */
  readonly text: string;
}

/**
 * The name a segment of a pattern gives to its parameter, never when it has
 * none.
 *
 * @typeParam Segment The text between two slashes as a literal type.
 */
export type SegmentName<Segment extends string> = Segment extends
  `:${infer Name}` ? Name
  : Segment extends `*${infer Name}` ? Exclude<Name, "">
  : never;

/**
 * The parameter names of a pattern literal: `"id" | "rest"` for
 * `/users/:id/*rest`, any string for a pattern that is not a literal.
 *
 * @typeParam Pattern The pattern as a literal type.
 */
export type ParamNames<Pattern extends string> = string extends Pattern ? string
  : Pattern extends `${infer Segment}/${infer Rest}`
    ? SegmentName<Segment> | ParamNames<Rest>
  : SegmentName<Pattern>;

const NAME = /^[A-Za-z_$][\w$]*$/;

/**
 * Reads a pattern: `/static`, `/:param`, `/*wildcard` (last, name optional).
 * The empty pattern has no segments.
 *
 * @throws {SyntaxError} When the pattern is malformed; the message says where.
 */
export function parsePattern(pattern: string): PatternSegment[] {
  if (pattern === "") return [];
  const refuse = (reason: string): never => {
    throw new SyntaxError(`Cannot read pattern "${pattern}": ${reason}`);
  };
  if (!pattern.startsWith("/")) refuse('it must start with "/"');
  const pieces = pattern.slice(1).split("/");
  const names = new Set<string>();
  return pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1;
    if (piece === "" && !isLast) refuse("it has an empty segment");
    if (/[{}?#]/.test(piece)) {
      refuse(`"${piece}" holds one of the reserved characters {}?#`);
    }
    const isPlain = !piece.includes("%");
    const mark = piece.charAt(0);
    if (mark !== ":" && mark !== "*") {
      const text = isPlain ? piece : canonicalPath(piece) ??
        refuse(`"${piece}" has a malformed escape`);
      return { kind: "static", text };
    }
    const name = piece.slice(1);
    const mayBeUnnamed = mark === "*" && name === "";
    if (!mayBeUnnamed && !NAME.test(name)) {
      refuse(`"${piece}" needs a name of letters, digits and "_"`);
    }
    if (names.has(name)) refuse(`the name "${name}" is used twice`);
    names.add(name);
    if (mark === "*" && !isLast) refuse(`"${piece}" must come last`);
    return { kind: mark === ":" ? "param" : "wildcard", text: name };
  });
}

/** Whether every path below `prefix` that `pattern` names lies in the prefix. */
export function covers(
  prefix: readonly PatternSegment[],
  pattern: readonly PatternSegment[],
): boolean {
  return prefix.length <= pattern.length &&
    prefix.every(({ kind, text }, index) => {
      const other = pattern[index];
      if (other === undefined || other.kind !== kind) return false;
      return kind !== "static" || other.text === text;
    });
}
