// Copyright 2026 the Gee authors. MIT license.

/** The state of one call of a template. */
export class Frame {
  /** The template that was asked for: errors name it. */
  readonly page: string;
  /** How many calls are open. */
  readonly depth: number;
  /** What `.` is. */
  dot: unknown;
  /** Variables by slot; the first one is `$`, the data of the call. */
  readonly variables: unknown[];

  constructor(page: string, dot: unknown, depth: number) {
    this.page = page;
    this.dot = dot;
    this.depth = depth;
    this.variables = [dot];
  }
}
