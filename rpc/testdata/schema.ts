// Copyright 2026 the Gee authors. MIT license.

import type {
  StandardJsonSchema,
  StandardResult,
  StandardSchema,
} from "../standard_schema.ts";

/** A validator, for tests. */
export function schemaOf<T>(
  validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>,
  jsonSchema?: StandardJsonSchema,
): StandardSchema<T> {
  return { "~standard": { version: 1, vendor: "test", validate, jsonSchema } };
}
