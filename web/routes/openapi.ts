// Copyright 2026 the Gee authors. MIT license.
import {
  type JsonSchema,
  SchemaBook,
  type ToJsonSchema,
} from "./json_schema.ts";
import { openApiPath } from "./openapi_path.ts";
import type {
  OpenApiContent,
  OpenApiDocument,
  OpenApiInfo,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from "./openapi_types.ts";
import type {
  BodyKind,
  Endpoint,
  RouteDefinition,
} from "./route_definition.ts";

/** What an OpenAPI document says beside the routes. */
export interface OpenApiOptions {
  /**
   * The name of the service.
   *
   * @default {"API"}
   */
  readonly title?: string;
  /**
   * The version of the service.
   *
   * @default {"1.0.0"}
   */
  readonly version?: string;
  /** What the service is for; empty lines part paragraphs. */
  readonly description?: string;
  /**
   * The prefix of the group that the routes are registered on.
   *
   * @default {""}
   */
  readonly prefix?: string;
  /** Where it is served, as URLs without a slash at their end. */
  readonly servers?: readonly string[];
  /** The ways to prove who one is, by name, as OpenAPI has them. */
  readonly securitySchemes?: Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  /** Who may call a route that does not say so itself. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /**
   * Makes JSON Schemas of validators. Those of zod and arktype need none: they
   * have `~standard.jsonSchema`.
   */
  readonly toJsonSchema?: ToJsonSchema;
}

/**
 * Describes routes.
 *
 * @param endpoints The routes.
 * @param options What to say beside them.
 * @returns The document.
 * @throws {TypeError} When two routes have one `operationId`.
 */
export function openApi(
  endpoints: readonly Endpoint[],
  options: OpenApiOptions,
): OpenApiDocument {
  const { servers, security, securitySchemes, prefix = "" } = options;
  const book = new SchemaBook(options.toJsonSchema);
  const ids = operationIds(endpoints);
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const [index, endpoint] of endpoints.entries()) {
    const method = endpoint.method.toLowerCase();
    const { path, parameters } = openApiPath(
      prefix + endpoint.pattern,
      (path) => paths[path]?.[method] !== undefined,
    );
    const id = ids[index] ?? endpoint.key;
    const operations = paths[path] ??= {};
    operations[method] = operation(endpoint.route, id, parameters, book);
  }
  const tags = new Set(endpoints.flatMap(({ route }) => route.tags ?? []));
  return {
    openapi: "3.1.1",
    info: infoOf(options),
    ...servers === undefined
      ? {}
      : { servers: servers.map((url) => ({ url })) },
    paths,
    components: {
      schemas: { ...ERROR_SCHEMAS, ...book.components },
      ...securitySchemes === undefined ? {} : { securitySchemes },
    },
    ...security === undefined ? {} : { security },
    tags: [...tags].map((name) => ({ name })),
  };
}

function infoOf(
  { title = "API", version = "1.0.0", description }: OpenApiOptions,
): OpenApiInfo {
  return description === undefined
    ? { title, version }
    : { title, version, description };
}

function operation(
  route: RouteDefinition,
  operationId: string,
  pathParameters: readonly OpenApiParameter[],
  book: SchemaBook,
): OpenApiOperation {
  const { summary, description, tags, deprecated, security } = route;
  const requestBody = bodyOf(route, operationId, book);
  return {
    operationId,
    ...summary === undefined ? {} : { summary },
    ...description === undefined ? {} : { description },
    ...tags === undefined ? {} : { tags },
    ...deprecated === undefined ? {} : { deprecated },
    ...security === undefined ? {} : { security },
    parameters: [...pathParameters, ...queryOf(route, operationId, book)],
    ...requestBody === undefined ? {} : { requestBody },
    responses: responsesOf(route, operationId, book),
  };
}

/** A parameter for each property; without a schema one for them all. */
function queryOf(
  { query }: RouteDefinition,
  id: string,
  book: SchemaBook,
): OpenApiParameter[] {
  if (query === undefined) return [];
  const schema = book.of(query, "input", `${id}Query`);
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null) {
    return [{
      name: "query",
      in: "query",
      required: false,
      schema: {
        type: "object",
        ...schema,
      },
    }];
  }
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as JsonSchema; // not a boolean in `properties` of a query
    return {
      name,
      in: "query" as const,
      required: names.includes(name),
      ...typeof description === "string" ? { description } : {},
      schema,
    };
  });
}

const MEDIA_TYPES: Readonly<Record<BodyKind, readonly string[]>> = {
  json: ["application/json"],
  form: ["application/x-www-form-urlencoded", "multipart/form-data"],
};

function bodyOf(
  { body, accepts = ["json"] }: RouteDefinition,
  id: string,
  book: SchemaBook,
): OpenApiOperation["requestBody"] {
  if (body === undefined) return undefined;
  const content: OpenApiContent = {
    schema: book.of(body, "input", `${id}Body`),
  };
  const types = accepts.flatMap((kind) => MEDIA_TYPES[kind]);
  return {
    required: true,
    content: Object.fromEntries(types.map((type) => [type, content])),
  };
}

function responsesOf(
  route: RouteDefinition,
  id: string,
  book: SchemaBook,
): Record<string, OpenApiResponse> {
  const { response, query, body, errors = {} } = route;
  // Without a schema a handler may give nothing too, which is 204.
  const status = route.status ?? (response === undefined ? "2XX" : 200);
  const schema = response && book.of(response, "output", `${id}Response`);
  const responses: Record<string, OpenApiResponse> = {
    [status]: {
      description: "The answer",
      ...schema === undefined
        ? {}
        : { content: { "application/json": { schema } } },
    },
  };
  if (query !== undefined || body !== undefined) {
    responses[422] = errorResponse("The request does not fit its schema");
  }
  for (const [status, description] of Object.entries(errors)) {
    responses[status] = errorResponse(description);
  }
  responses["default"] = errorResponse("Any other error");
  return responses;
}

function errorResponse(description: string): OpenApiResponse {
  const ref = (name: string) => ({
    schema: { $ref: `#/components/schemas/${name}` },
  });
  return {
    description,
    content: {
      "application/problem+json": ref("Problem"),
      "application/json": ref("ErrorMessage"),
    },
  };
}

const ISSUES: JsonSchema = {
  type: "array",
  description: "What does not fit, for status 422",
  items: {
    type: "object",
    properties: {
      in: { type: "string", enum: ["query", "body"] },
      path: { type: "array", items: { type: ["string", "integer"] } },
      message: { type: "string" },
    },
    required: ["in", "path", "message"],
  },
};

const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Problem: {
    type: "object",
    description: "An error as RFC 9457 has it, for clients that accept JSON",
    properties: {
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      issues: ISSUES,
    },
    required: ["title", "status"],
  },
  ErrorMessage: {
    type: "object",
    description: "An error for clients that do not say what they accept",
    properties: { message: { type: "string" }, issues: ISSUES },
    required: ["message"],
  },
};

/** The names of all routes: their own, or method and path, made unique. */
function operationIds(endpoints: readonly Endpoint[]): string[] {
  const own = endpoints.flatMap(({ route }) => route.operationId ?? []);
  const taken = new Set(own);
  if (taken.size < own.length) {
    const twice = own.find((id, at) => own.indexOf(id) !== at);
    throw new TypeError(
      `Cannot describe routes: two of them have the operationId "${twice}"`,
    );
  }
  return endpoints.map(({ method, pattern, route }) => {
    if (route.operationId !== undefined) return route.operationId;
    const words = pattern.replaceAll(/\{[^}]*\}/g, "").split(/[^A-Za-z0-9]+/)
      .filter((word) => word !== "");
    const base = method.toLowerCase() +
      words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}${count}`;
    taken.add(id);
    return id;
  });
}
