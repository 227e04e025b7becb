// Copyright 2026 the Gee authors. MIT license.

/** What a validator found wrong. */
export interface ValidationIssue {
  /** What is wrong, in the validator's words. */
  readonly message: string;
  /** Where in the value it is. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/**
 * What a validator answers.
 *
 * @typeParam T The type of valid values.
 */
export type ValidationResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly ValidationIssue[] };

/**
 * A validator as Standard Schema describes it (https://standardschema.dev), as
 * Zod, Valibot, ArkType and others make them.
 *
 * @typeParam T The type of valid values.
 */
export interface StandardSchema<T> {
  /** The validator's part in the standard. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** Who made it. */
    readonly vendor: string;
    /** Validates a value. */
    readonly validate: (
      value: unknown,
    ) => ValidationResult<T> | Promise<ValidationResult<T>>;
    /** Carries the types; never read. */
    readonly types?:
      | { readonly input: unknown; readonly output: T }
      | undefined;
  };
}

/** A value that a column's validator refuses. */
export class ValidationError extends TypeError {
  /** The name of the class. */
  override readonly name = "ValidationError";
  /** The property. */
  readonly column: string;
  /** What is wrong with the value. */
  readonly issues: readonly ValidationIssue[];

  /**
   * Describes what is wrong.
   *
   * @param column The property.
   * @param issues What the validator found.
   */
  constructor(column: string, issues: readonly ValidationIssue[]) {
    super(`Cannot store "${column}": ${issues.map(inWords).join("; ")}`);
    this.column = column;
    this.issues = issues;
  }
}

function inWords({ message, path = [] }: ValidationIssue): string {
  const keys = path.map((part) =>
    String(typeof part === "object" ? part.key : part)
  );
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}

/** The value as the validator returns it. */
export function validated<T>(
  schema: StandardSchema<T>,
  value: unknown,
  column: string,
): T {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    // Whatever it comes to, nobody waits for it.
    result.catch(() => {});
    throw new TypeError(
      `Cannot store "${column}": its schema validates asynchronously`,
    );
  }
  if (result.issues === undefined) return result.value;
  throw new ValidationError(column, result.issues);
}
