// Copyright 2026 the Gee authors. MIT license.

/**
 * A validator of any library that follows Standard Schema v1
 * (https://standardschema.dev): zod, valibot, arktype and others. The interface
 * is copied, as its authors ask for, so that nothing depends on them.
 *
 * @typeParam Input What it takes.
 * @typeParam Output What it makes of that.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** All that the standard defines. */
  readonly "~standard": StandardProps<Input, Output>;
}

/**
 * What stands under `~standard`.
 *
 * @typeParam Input What it takes.
 * @typeParam Output What it makes of that.
 */
export interface StandardProps<Input = unknown, Output = Input> {
  /** The version of the standard. */
  readonly version: 1;
  /** The name of the library. */
  readonly vendor: string;
  /** Checks a value. */
  readonly validate: (
    value: unknown,
  ) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** For the compiler only: nothing is there at run time. */
  readonly types?: StandardTypes<Input, Output> | undefined;
  /** The JSON Schema of it, where the library makes one. */
  readonly jsonSchema?: StandardJsonSchema | undefined;
}

/**
 * The two types of a validator.
 *
 * @typeParam Input What it takes.
 * @typeParam Output What it makes of that.
 */
export interface StandardTypes<Input = unknown, Output = Input> {
  /** What it takes. */
  readonly input: Input;
  /** What it makes of that. */
  readonly output: Output;
}

/** Makes JSON Schema (Standard JSON Schema v1), as zod and arktype do. */
export interface StandardJsonSchema {
  /** Of what the validator takes. */
  readonly input: (options: JsonSchemaTarget) => Record<string, unknown>;
  /** Of what it makes of that. */
  readonly output: (options: JsonSchemaTarget) => Record<string, unknown>;
}

/** Which JSON Schema is asked for. */
export interface JsonSchemaTarget {
  /** The dialect; that of OpenAPI 3.1. */
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
  /** What is wrong. */
  readonly message: string;
  /** Where: keys from the outside in, as they are or each in an object. */
  readonly path?:
    | readonly (PropertyKey | { readonly key: PropertyKey })[]
    | undefined;
}

/**
 * What a validator takes; undefined where there is none.
 *
 * @typeParam Schema The type of the validator.
 */
export type InputOf<Schema> = Schema extends TypedSchema
  ? NonNullable<Schema["~standard"]["types"]>["input"]
  : undefined;

/**
 * What a validator makes of a value; undefined where there is none.
 *
 * @typeParam Schema The type of the validator.
 */
export type OutputOf<Schema> = Schema extends TypedSchema
  ? NonNullable<Schema["~standard"]["types"]>["output"]
  : undefined;

/**
 * As little of a validator as its types take: to compare all of it costs the
 * compiler seven times as much for a record of routes with zod.
 */
export interface TypedSchema {
  /** What the standard defines. */
  readonly "~standard": {
    /** For the compiler only: nothing is there at run time. */
    readonly types?: StandardTypes<unknown, unknown> | undefined;
  };
}
