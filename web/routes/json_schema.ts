// Copyright 2026 the Gee authors. MIT license.
import type { StandardSchema } from "./standard_schema.ts";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Which side of a validator a JSON Schema is of. */
export type SchemaSide = "input" | "output";

/**
 * Makes a JSON Schema of a validator; undefined leaves it to the validator.
 *
 * @param schema The validator.
 * @param side What it takes, or what it makes of that.
 * @returns The JSON Schema.
 */
export type ToJsonSchema = (
  schema: StandardSchema,
  side: SchemaSide,
) => JsonSchema | undefined;

const UNKNOWN: JsonSchema = {
  description: "Anything: no JSON Schema of its validator is known",
};

/**
 * The JSON Schemas of one document. Schemas that others refer to move into
 * `components`, since a `#` in them would mean the whole document there.
 */
export class SchemaBook {
  /** The schemas that others refer to, by name. */
  readonly components: Record<string, JsonSchema> = {};
  readonly #toJsonSchema: ToJsonSchema | undefined;

  /**
   * Makes an empty book.
   *
   * @param toJsonSchema Asked first.
   */
  constructor(toJsonSchema: ToJsonSchema | undefined) {
    this.#toJsonSchema = toJsonSchema;
  }

  /**
   * The JSON Schema of a validator.
   *
   * @param schema The validator.
   * @param side What it takes, or what it makes of that.
   * @param title What to call the schemas it refers to, unique in the document.
   * @returns The schema; one that takes anything where none can be made.
   */
  of(schema: StandardSchema, side: SchemaSide, title: string): JsonSchema {
    const name = componentName(title);
    const made = this.#make(schema, side);
    if (made === undefined) return UNKNOWN;
    const { $schema: _, $defs, definitions, ...own } = made;
    const shared = Object.assign({}, definitions, $defs);
    for (const [key, definition] of Object.entries(shared)) {
      this.components[componentName(`${name}.${key}`)] = moved(
        definition,
        name,
      );
    }
    const root = moved(own, name);
    if (!refersToRoot(own)) return root;
    this.components[name] = root;
    return { $ref: `#/components/schemas/${name}` };
  }

  #make(schema: StandardSchema, side: SchemaSide): JsonSchema | undefined {
    const own = this.#toJsonSchema?.(schema, side);
    if (own !== undefined) return own;
    const { jsonSchema } = schema["~standard"];
    try {
      return jsonSchema?.[side]({ target: "draft-2020-12" });
    } catch {
      // Not every validator has a JSON form, a `Date` say: the rest of the
      // document is worth having without it.
      return undefined;
    }
  }
}

/** Only letters, digits and `._-` may name a component. */
function componentName(text: string): string {
  return text.replaceAll(/[^\w.-]/g, "_");
}

/** The schema with its references as they are in the document. */
function moved(schema: unknown, name: string): JsonSchema {
  // A copy of an object is an object.
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    if (key !== "$ref" || typeof value !== "string") return value;
    if (value === "#") return `#/components/schemas/${name}`;
    const shared = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(value)?.[1];
    if (shared === undefined) return value;
    const unescaped = shared.replaceAll("~1", "/").replaceAll("~0", "~");
    const target = componentName(`${name}.${decodeURIComponent(unescaped)}`);
    return `#/components/schemas/${target}`;
  }) as JsonSchema;
}

/** Whether a schema without definitions of its own refers to itself. */
function refersToRoot(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if ("$ref" in schema && schema.$ref === "#") return true;
  return Object.values(schema).some(refersToRoot);
}
