// Copyright 2026 the Gee authors. MIT license.
import { canonicalPath } from "./path.ts";
import type { ParamValue } from "./scanner.ts";

/** One piece of a pattern between slashes. */
export interface PatternSegment {
  /** How the segment matches: itself, one segment, or all that is left. */
  readonly kind: "static" | "param" | "wildcard";
  /** The canonical text of a static segment, else the name ("" when it has none). */
  readonly text: string;
  /** What stands between braces after the name of a parameter. */
  readonly scanner?: string;
}

/**
 * What each segment of a pattern declares: `"id{int}" | "rest"` for
 * `/users/:id{int}/*rest`.
 *
 * @typeParam Pattern The pattern as a literal type.
 */
export type Declarations<Pattern extends string> = Pattern extends
  `${infer Segment}/${infer Rest}` ? DeclarationOf<Segment> | Declarations<Rest>
  : DeclarationOf<Pattern>;

/**
 * What one segment declares, never when it has no name.
 *
 * @typeParam Segment The text between two slashes as a literal type.
 */
export type DeclarationOf<Segment extends string> = Segment extends
  `:${infer Declaration}` ? Declaration
  : Segment extends `*${infer Declaration}` ? Exclude<Declaration, "">
  : never;

/**
 * The name in a declaration: `id` in `id{int}`.
 *
 * @typeParam Declaration A name, perhaps with a scanner.
 */
export type NameIn<Declaration extends string> = Declaration extends
  `${infer Name}{${string}` ? Name : Declaration;

/**
 * The type of a declared value: `number` for `id{int}`, the choices for
 * `order{asc|desc}`, `string` for any other.
 *
 * @typeParam Declaration A name, perhaps with a scanner.
 */
export type ValueIn<Declaration extends string> = Declaration extends
  `${string}{${infer Scanner}}` ? ScannedAs<Scanner> : string;

/**
 * The type a scanner gives to a segment.
 *
 * @typeParam Scanner The text between the braces.
 */
export type ScannedAs<Scanner extends string> = Scanner extends "int" ? number
  : Scanner extends `${string}|${string}` ? ChoiceOf<Scanner>
  : string;

/**
 * The choices of a scanner such as `asc|desc`.
 *
 * @typeParam Choices The text between the braces.
 */
export type ChoiceOf<Choices extends string> = Choices extends
  `${infer First}|${infer Rest}` ? First | ChoiceOf<Rest> : Choices;

/**
 * The parameters of a pattern literal as an object type: `{ id: number; rest:
 * string }` for `/users/:id{int}/*rest`, any names for a pattern that is not a
 * literal.
 *
 * @typeParam Pattern The pattern as a literal type.
 */
export type ParamsOf<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, ParamValue>>
  : {
    readonly [
      Declaration in Declarations<Pattern> as NameIn<Declaration>
    ]: ValueIn<Declaration>;
  };

const NAME = /^[A-Za-z_$][\w$]*$/;
const PARAM = /^:([^{}]*)(?:\{([^{}]*)\})?$/;

/**
 * Reads a pattern: `/static`, `/:param`, `/:param{scanner}`, `/*wildcard` (last,
 * name optional). The empty pattern has no segments.
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
    const segment = parseSegment(piece, refuse);
    const { kind, text } = segment;
    if (kind === "static") return segment;
    if (names.has(text)) refuse(`the name "${text}" is used twice`);
    names.add(text);
    if (kind === "wildcard" && !isLast) refuse(`"${piece}" must come last`);
    return segment;
  });
}

function parseSegment(
  piece: string,
  refuse: (reason: string) => never,
): PatternSegment {
  const [isParam, name = piece.slice(1), scanner] = PARAM.exec(piece) ?? [];
  if (isParam === undefined && /[{}?#]/.test(piece)) {
    refuse(`"${piece}" holds one of the reserved characters {}?#`);
  }
  const mark = piece.charAt(0);
  if (mark !== ":" && mark !== "*") {
    const text = piece.includes("%") ? canonicalPath(piece) : piece;
    if (text === undefined) refuse(`"${piece}" has a malformed escape`);
    return { kind: "static", text: text ?? "" };
  }
  const mayBeUnnamed = mark === "*" && name === "";
  if (!mayBeUnnamed && !NAME.test(name)) {
    refuse(`"${piece}" needs a name of letters, digits and "_"`);
  }
  if (scanner === undefined) {
    return { kind: mark === ":" ? "param" : "wildcard", text: name };
  }
  if (scanner.split("|").some((choice) => !/^[\w.~-]+$/.test(choice))) {
    refuse(`"{${scanner}}" is neither a name nor a choice such as {a|b}`);
  }
  return { kind: "param", text: name, scanner };
}

/** Whether every path below `prefix` that `pattern` names lies in the prefix. */
export function covers(
  prefix: readonly PatternSegment[],
  pattern: readonly PatternSegment[],
): boolean {
  return prefix.length <= pattern.length &&
    prefix.every(({ kind, text, scanner }, index) => {
      const other = pattern[index];
      if (other === undefined || other.kind !== kind) return false;
      if (kind === "static") return other.text === text;
      return scanner === undefined || other.scanner === scanner;
    });
}
