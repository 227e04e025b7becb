// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import official from "npm:@seriousme/openapi-schema-validator@2.11.0/schemas/v3.1/schema.json" with {
  type: "json",
};
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { toJsonSchema } from "npm:@valibot/to-json-schema@1.8.0";
import { type } from "npm:arktype@2.2.9";
import * as v from "npm:valibot@1.5.0";
import { z } from "npm:zod@4.6.7";
import { canGenerateCode } from "../../.dev/testing/code_generation.ts";
import { defineRoutes } from "./define_routes.ts";
import type { OpenApiDocument } from "./openapi_types.ts";

const handler = () => null;

/** What the official schema of OpenAPI 3.1 has against a document. */
function problems(document: OpenApiDocument): unknown {
  // Its formats are those of URIs and e-mail, which our documents hardly have.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(official);
  validate(JSON.parse(JSON.stringify(document)));
  return validate.errors ?? [];
}

/** References that lead nowhere, and JSON Schemas that are none. */
function brokenSchemas({ paths, components }: OpenApiDocument): string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const broken: string[] = [];
  JSON.stringify({ paths, components }, (key, value) => {
    if (key === "$ref") {
      const name = String(value).split("#/components/schemas/")[1] ?? "";
      if (!Object.hasOwn(components.schemas, name)) broken.push(value);
    }
    if (key === "schema" && ajv.validateSchema(value) !== true) {
      broken.push(JSON.stringify(value));
    }
    return value;
  });
  return broken;
}

/** A test of documents by ajv, which compiles schemas into code. */
function testByAjv(name: string, fn: () => void): void {
  const title = canGenerateCode
    ? name
    : `${name} (skipped: ajv makes code from strings)`;
  Deno.test({ name: title, ignore: !canGenerateCode, fn });
}

interface Folder {
  readonly name: string;
  readonly folders: readonly Folder[];
}
const folder: z.ZodType<Folder> = z.object({
  name: z.string(),
  get folders() {
    return z.array(folder);
  },
});

const rich = defineRoutes({
  "GET /users/:id{int}/:order{asc|desc}/:key{uuid}/:word{alpha}/:text/*rest": {
    summary: "One user",
    description: "First.\n\nSecond.",
    tags: ["users"],
    operationId: "oneUser",
    deprecated: true,
    security: [{ token: [] }],
    errors: { 404: "There is no such user" },
    query: z.object({
      verbose: z.stringbool().optional(),
      page: z.string().meta({ description: "Where to begin" }),
    }),
    response: z.object({ id: z.number(), name: z.string() }),
    handler: ({ params }) => ({ id: params.id, name: "Tom" }),
  },
  "POST /users": {
    tags: ["users", "writes"],
    body: z.object({ name: z.string() }),
    accepts: ["json", "form"],
    status: 201,
    handler,
  },
  "PUT /folders": {
    body: folder,
    response: folder,
    handler: ({ body }) => body,
  },
  "PATCH /ark": { body: type({ "name?": "string" }), handler },
  "DELETE /date": { query: z.object({ at: z.date() }), handler },
  "GET /valibot": {
    response: v.object({ a: v.string() }),
    handler: () => ({ a: "" }),
  },
  "HEAD /static/caf%C3%A9": { handler },
  "OPTIONS /": { handler },
});

const options = {
  title: "Users",
  version: "2.0.0",
  description: "All of them",
  servers: ["https://example.com"],
  securitySchemes: { token: { type: "http", scheme: "bearer" } },
  security: [{}],
};

testByAjv(
  "Routes.openApi() makes a valid document of everything a route may say",
  () => {
    const document = rich.openApi(options);
    assertEquals(problems(document), []);
    assertEquals(brokenSchemas(document), []);
    assertEquals(document.info, {
      title: "Users",
      version: "2.0.0",
      description: "All of them",
    });
    assertEquals(document.tags, [{ name: "users" }, { name: "writes" }]);
  },
);

testByAjv("Routes.openApi() makes a valid document of nothing at all", () => {
  const document = defineRoutes({}).openApi();
  assertEquals(problems(document), []);
  assertEquals(document.info, { title: "API", version: "1.0.0" });
});

testByAjv("The check of documents can fail", () => {
  const document = rich.openApi(options);
  const wrong = { ...document, paths: { users: {} } } as OpenApiDocument;
  assertEquals(problems(wrong) === undefined, false);
  assertEquals(JSON.stringify(problems(wrong)).includes("users"), true);
});

Deno.test("Routes.openApi() types parameters by their scanners", () => {
  const [path] = Object.entries(rich.openApi().paths);
  assertEquals(
    path?.[0],
    "/users/{id}/{order}/{key}/{word}/{text}/{rest}",
  );
  const parameters = path?.[1].get?.parameters ?? [];
  assertEquals(
    parameters.map(({ name, in: place, required, schema }) => [
      name,
      place,
      required,
      schema,
    ]),
    [
      ["id", "path", true, { type: "integer" }],
      ["order", "path", true, { type: "string", enum: ["asc", "desc"] }],
      ["key", "path", true, { type: "string", format: "uuid" }],
      ["word", "path", true, { type: "string", pattern: "^[A-Za-z]+$" }],
      ["text", "path", true, { type: "string" }],
      ["rest", "path", true, { type: "string" }],
      ["verbose", "query", false, { type: "string" }],
      ["page", "query", true, { type: "string" }],
    ],
  );
  assertEquals(parameters.at(-1)?.description, "Where to begin");
});

Deno.test("Routes.openApi() tells what a route takes and answers", () => {
  const { paths } = rich.openApi();
  const { requestBody, responses } = paths["/users"]?.post ?? {};
  assertEquals(Object.keys(requestBody?.content ?? {}), [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
  ]);
  assertEquals(requestBody?.content["application/json"]?.schema, {
    type: "object",
    properties: { name: { type: "string" } },
    required: ["name"],
  });
  assertEquals(Object.keys(responses ?? {}), ["201", "422", "default"]);
  const [operation] = Object.values(Object.values(paths)[0] ?? {});
  assertEquals(Object.keys(operation?.responses ?? {}), [
    "200",
    "404",
    "422",
    "default",
  ]);
  assertEquals(
    operation?.responses[404]?.content?.["application/problem+json"],
    { schema: { $ref: "#/components/schemas/Problem" } },
  );
  assertEquals(Object.keys(paths["/"]?.options?.responses ?? {}), [
    "2XX",
    "default",
  ]);
});

Deno.test("Routes.openApi() moves schemas that refer to themselves into components", () => {
  const { paths, components } = rich.openApi();
  const body = paths["/folders"]?.put?.requestBody?.content["application/json"];
  assertEquals(body?.schema, { $ref: "#/components/schemas/putFoldersBody" });
  const schema = JSON.stringify(components.schemas.putFoldersBody);
  assertEquals(schema.includes('"#/components/schemas/putFoldersBody"'), true);
});

testByAjv(
  "Routes.openApi() moves definitions into components under names of their own",
  () => {
    const routes = defineRoutes({
      "POST /a": { body: z.object({}), handler },
      "POST /b": { body: z.object({}), operationId: "b b", handler },
    });
    const document = routes.openApi({
      toJsonSchema: () => ({
        $ref: "#/$defs/a~1b",
        $defs: {
          "a/b": { type: "array", items: { $ref: "#/$defs/c" } },
          c: {},
        },
      }),
    });
    assertEquals(problems(document), []);
    assertEquals(brokenSchemas(document), []);
    assertEquals(Object.keys(document.components.schemas).slice(2), [
      "postABody.a_b",
      "postABody.c",
      "b_bBody.a_b",
      "b_bBody.c",
    ]);
  },
);

Deno.test("Routes.openApi() takes anything where a validator has no JSON Schema", () => {
  const { paths } = rich.openApi();
  const [query] = paths["/date"]?.delete?.parameters ?? [];
  const anything = "Anything: no JSON Schema of its validator is known";
  assertEquals(query, {
    name: "query",
    in: "query",
    required: false,
    schema: { type: "object", description: anything },
  });
  const answer = paths["/valibot"]?.get?.responses[200];
  assertEquals(answer?.content?.["application/json"]?.schema, {
    description: anything,
  });
});

testByAjv(
  "The option toJsonSchema is asked first, for the side that is meant",
  () => {
    const asked: string[] = [];
    const optional = v.object({ a: v.optional(v.string(), "x") });
    const routes = defineRoutes({
      "POST /": {
        query: optional,
        body: optional,
        response: optional,
        handler: ({ body }) => body,
      },
      "PUT /": { body: z.object({ b: z.number() }), handler },
    });
    const document = routes.openApi({
      toJsonSchema: (schema, side) => {
        if (schema["~standard"].vendor !== "valibot") return undefined;
        asked.push(side);
        return {
          ...toJsonSchema(schema as typeof optional, { typeMode: side }),
        };
      },
    });
    assertEquals(problems(document), []);
    assertEquals(asked, ["input", "input", "output"]);
    const { post, put } = document.paths["/"] ?? {};
    assertEquals(post?.parameters[0]?.required, false);
    assertEquals(post?.parameters[0]?.schema, { type: "string", default: "x" });
    assertEquals(
      put?.requestBody?.content["application/json"]?.schema.required,
      ["b"],
    );
  },
);

testByAjv(
  "Routes.openApi() keeps routes apart that differ in scanners alone",
  () => {
    const document = defineRoutes({
      "GET /x/:id{int}": { handler },
      "GET /x/:id{a|b}": { handler },
      "GET /x/*": { handler },
      "POST /x/:id": { handler },
    }).openApi({ prefix: "/v1/:tenant" });
    assertEquals(problems(document), []);
    assertEquals(
      Object.entries(document.paths).map(([path, operations]) => [
        path,
        Object.keys(operations),
      ]),
      [
        ["/v1/{tenant}/x/{id}", ["get", "post"]],
        ["/v1/{tenant_text}/x/{id_a_b}", ["get"]],
        ["/v1/{tenant}/x/{*}", ["get"]],
      ],
    );
  },
);

Deno.test("Routes.openApi() names operations uniquely", () => {
  const names = (routes: { openApi(): OpenApiDocument }) =>
    Object.values(routes.openApi().paths).flatMap(Object.values)
      .map(({ operationId }) => operationId);
  assertEquals(
    names(defineRoutes({
      "GET /a/b": { handler },
      "GET /a-b": { handler },
      "GET /aB": { operationId: "getAB2", handler },
      "GET /": { handler },
      "GET /users/:id{int}/*rest": { handler },
    })),
    ["getAB", "getAB3", "getAB2", "get", "getUsersIdRest"],
  );
  const twice = defineRoutes({
    "GET /a": { operationId: "x", handler },
    "GET /b": { operationId: "x", handler },
  });
  const error = assertThrows(() => twice.openApi(), TypeError);
  assertEquals(
    error.message,
    'Cannot describe routes: two of them have the operationId "x"',
  );
});
