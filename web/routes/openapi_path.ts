// Copyright 2026 the Gee authors. MIT license.
import { parsePattern, type PatternSegment } from "../pattern.ts";
import type { JsonSchema } from "./json_schema.ts";
import type { OpenApiParameter } from "./openapi_types.ts";

/** A pattern as OpenAPI has it. */
export interface OpenApiPath {
  /** The path, `/users/{id}` for `/users/:id`. */
  readonly path: string;
  /** Its parameters, in their order. */
  readonly parameters: readonly OpenApiParameter[];
}

/**
 * Translates a pattern. OpenAPI has no scanners, so that patterns which differ
 * in them alone would be one path: where that path is taken, the scanners
 * become a part of the names.
 *
 * @param pattern The pattern.
 * @param isTaken Whether another route has a path already.
 * @returns The path and its parameters.
 */
export function openApiPath(
  pattern: string,
  isTaken: (path: string) => boolean,
): OpenApiPath {
  const segments = parsePattern(pattern);
  const short = translate(segments, ({ text }) => text || "*");
  if (!isTaken(short.path)) return short;
  return translate(segments, ({ text, scanner = "text" }) => {
    return `${text || "*"}_${scanner.replaceAll(/\W/g, "_")}`;
  });
}

function translate(
  segments: readonly PatternSegment[],
  nameOf: (segment: PatternSegment) => string,
): OpenApiPath {
  const parameters: OpenApiParameter[] = [];
  const pieces = segments.map((segment) => {
    if (segment.kind === "static") return segment.text;
    const name = nameOf(segment);
    parameters.push({
      name,
      in: "path",
      required: true,
      ...segment.kind === "wildcard"
        ? { description: "The rest of the path", "x-wildcard": true }
        : {},
      schema: scannerSchema(segment.scanner),
    });
    return `{${name}}`;
  });
  return { path: `/${pieces.join("/")}`, parameters };
}

function scannerSchema(scanner: string | undefined): JsonSchema {
  if (scanner?.includes("|")) {
    return { type: "string", enum: scanner.split("|") };
  }
  switch (scanner) {
    case "int":
      return { type: "integer" };
    case "uuid":
      return { type: "string", format: "uuid" };
    case "alpha":
      return { type: "string", pattern: "^[A-Za-z]+$" };
    default:
      return { type: "string" };
  }
}
