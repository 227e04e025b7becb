// Copyright 2026 the Gee authors. MIT license.
import type { JsonSchema } from "./json_schema.ts";

/** Schemas may refer to themselves. */
const MAX_DEPTH = 6;

/**
 * A value that a JSON Schema may stand for, to begin a request with.
 *
 * @param schema The schema.
 * @param components What it may refer to, by name.
 * @param depth How deep the value is in the whole.
 * @returns The value.
 */
export function exampleOf(
  schema: unknown,
  components: Readonly<Record<string, JsonSchema>>,
  depth = 0,
): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const inner = (other: unknown) => exampleOf(other, components, depth + 1);
  if (typeof schema.$ref === "string") {
    return inner(components[schema.$ref.split("/").at(-1) ?? ""]);
  }
  if ("default" in schema) return schema.default;
  if ("const" in schema) return schema.const;
  const first = [schema.examples, schema.enum].find(Array.isArray)?.[0];
  if (first !== undefined) return first;
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].find(
    Array.isArray,
  );
  if (choices !== undefined) return inner(choices[0]);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(isObject(schema.properties) ? schema.properties : {})
          .map(([name, property]) => [name, inner(property)]),
      );
    case "array":
      return isObject(schema.items) ? [inner(schema.items)] : [];
    case "string":
      return "";
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
