// Copyright 2026 the Gee authors. MIT license.

import type { JsonSchema } from "../open_rpc.ts";

const MAX_DEPTH = 5;

/** A value a JSON Schema might let through, to begin with in a form. */
export function exampleOf(schema: JsonSchema, depth = 0): unknown {
  const { examples, type } = schema;
  if ("default" in schema) return schema.default;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(choices) && isSchema(choices[0]) && depth < MAX_DEPTH) {
    return exampleOf(choices[0], depth + 1);
  }
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return "";
    case "number":
    case "integer":
      return typeof schema.minimum === "number" && schema.minimum > 0
        ? schema.minimum
        : 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return exampleObject(schema, depth);
    default:
      return null;
  }
}

function exampleObject(schema: JsonSchema, depth: number): unknown {
  const { properties } = schema;
  if (!isSchema(properties) || depth >= MAX_DEPTH) return {};
  const entries = Object.entries(properties).map(([name, property]) => [
    name,
    isSchema(property) ? exampleOf(property, depth + 1) : null,
  ]);
  return Object.fromEntries(entries);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
