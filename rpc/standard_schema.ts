// Copyright 2026 the Gee authors. MIT license.

/**
 * A validator of any library that follows Standard Schema v1
 * (https://standardschema.dev): Zod, Valibot, ArkType and others. The interface
 * is copied, as its authors ask for, so that nothing depends on them.
 *
 * @typeParam Output What it makes of a valid value.
 */
export interface StandardSchema<Output = unknown> {
  /** All that the standard defines. */
  readonly "~standard": StandardProps<Output>;
}

/**
 * What stands under `~standard`.
 *
 * @typeParam Output What it makes of a valid value.
 */
export interface StandardProps<Output = unknown> {
  /** The version of the standard. */
  readonly version: 1;
  /** The name of the library. */
  readonly vendor: string;
  /** Checks a value. */
  readonly validate: (
    value: unknown,
  ) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** For the compiler only: nothing is there at run time. */
  readonly types?:
    | { readonly input: unknown; readonly output: Output }
    | undefined;
  /** Makes its JSON Schema (Standard JSON Schema v1), where the library does. */
  readonly jsonSchema?: StandardJsonSchema | undefined;
}

/** Makes JSON Schema of a validator. */
export interface StandardJsonSchema {
  /** Of what the validator takes. */
  readonly input: (options: JsonSchemaTarget) => Record<string, unknown>;
  /** Of what it makes of that. */
  readonly output: (options: JsonSchemaTarget) => Record<string, unknown>;
}

/** Which JSON Schema is asked for. */
export interface JsonSchemaTarget {
  /** The dialect. */
  readonly target: "draft-2020-12";
}

/**
 * What a validator says of a value: there are `issues`, or else it fits.
 *
 * @typeParam Output What it made of the value.
 */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** Something that does not fit. */
export interface StandardIssue {
  /** What is wrong, in the validator's words. */
  readonly message: string;
  /** Where: keys from the outside in, as they are or each in an object. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}
