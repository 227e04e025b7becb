// Copyright 2026 the Gee authors. MIT license.

/** Where in a template something stands; lines and columns begin at 1. */
export interface TemplatePlace {
  /** Name of the file in its set, such as `"pages/home.html"`. */
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1, in UTF-16 units. */
  readonly column: number;
}

/**
 * A template that cannot be parsed or rendered, with the place to look at.
 *
 * @example Find the mistake
 * ```ts
 * import { TemplateError, Templates } from "@gee/std/web";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const templates = new Templates({ "hi.html": "<p>\n{{ .nmae }}</p>" });
 * const error = assertThrows(
 *   () => templates.render("hi.html", { name: "Tom" }),
 *   TemplateError,
 * );
 * assertEquals([error.file, error.line, error.column], ["hi.html", 2, 4]);
 * assertEquals(
 *   error.message,
 *   'Cannot render template "hi.html": the data has no ".nmae" ' +
 *     '(did you mean ".name"?) at hi.html:2:4',
 * );
 * ```
 */
export class TemplateError extends Error implements TemplatePlace {
  /** The name of the class. */
  override readonly name = "TemplateError";
  /** Name of the file in its set. */
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1. */
  readonly column: number;

  /**
   * Makes an error at a place.
   *
   * @param problem What went wrong; the place is put behind it.
   * @param place File, line and column.
   * @param options The error that caused it.
   */
  constructor(problem: string, place: TemplatePlace, options?: ErrorOptions) {
    super(`${problem} at ${place.file}:${place.line}:${place.column}`, options);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
  }
}
