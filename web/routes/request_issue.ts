// Copyright 2026 the Gee authors. MIT license.

/** A part of a request that does not fit its schema, as 422 lists them. */
export interface RequestIssue {
  /** Where it is. */
  readonly in: "query" | "body";
  /** The keys that lead there, from the outside in. */
  readonly path: readonly (string | number)[];
  /** What is wrong, in the words of the validator. */
  readonly message: string;
}
