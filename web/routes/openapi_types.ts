// Copyright 2026 the Gee authors. MIT license.
import type { JsonSchema } from "./json_schema.ts";

/** An OpenAPI 3.1 document, as far as routes fill it. */
export interface OpenApiDocument {
  /** The version of OpenAPI. */
  readonly openapi: "3.1.1";
  /** What the whole is. */
  readonly info: OpenApiInfo;
  /** Where it is served. */
  readonly servers?: readonly { readonly url: string }[];
  /** The operations, by path and by method in lower case. */
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, OpenApiOperation>>>
  >;
  /** What operations refer to. */
  readonly components: {
    /** JSON Schemas. */
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    /** The ways to prove who one is. */
    readonly securitySchemes?: Readonly<Record<string, JsonSchema>>;
  };
  /** Who may call an operation that does not say so itself. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** The tags in their order. */
  readonly tags: readonly { readonly name: string }[];
}

/** What a document is about. */
export interface OpenApiInfo {
  /** The name of the service. */
  readonly title: string;
  /** The version of the service. */
  readonly version: string;
  /** What the service is for. */
  readonly description?: string;
}

/** A route. */
export interface OpenApiOperation {
  /** Its name, unique in the document. */
  readonly operationId: string;
  /** One line on what it does. */
  readonly summary?: string;
  /** More on what it does. */
  readonly description?: string;
  /** The groups it belongs to. */
  readonly tags?: readonly string[];
  /** Whether new clients should not use it. */
  readonly deprecated?: boolean;
  /** Who may call it. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** What stands in path and query. */
  readonly parameters: readonly OpenApiParameter[];
  /** What it takes. */
  readonly requestBody?: {
    /** Whether the body has to be there. */
    readonly required: boolean;
    /** Its schema, by media type. */
    readonly content: Readonly<Record<string, OpenApiContent>>;
  };
  /** What it answers, by status. */
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

/** Something in the path or the query. */
export interface OpenApiParameter {
  /** Its name. */
  readonly name: string;
  /** Where it stands. */
  readonly in: "path" | "query";
  /** Whether it has to be there. */
  readonly required: boolean;
  /** What it is for. */
  readonly description?: string;
  /** What it may be. */
  readonly schema: JsonSchema;
  /** Whether it takes the rest of the path, which OpenAPI has no word for. */
  readonly "x-wildcard"?: true;
}

/** An answer. */
export interface OpenApiResponse {
  /** When it comes. */
  readonly description: string;
  /** Its schema, by media type. */
  readonly content?: Readonly<Record<string, OpenApiContent>>;
}

/** A body of one media type. */
export interface OpenApiContent {
  /** What it may be. */
  readonly schema: JsonSchema;
}
