// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { type } from "npm:arktype@2.2.9";
import * as v from "npm:valibot@1.5.0";
import { z } from "npm:zod@4.6.7";
import { Engine } from "../engine.ts";
import { defineRoutes } from "./define_routes.ts";
import type { BodyKind } from "./route_definition.ts";
import type { StandardSchema } from "./standard_schema.ts";

/** Takes anything and says what it was given. */
const anything: StandardSchema<unknown> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ value }),
  },
};

async function queryOf(search: string, lists: readonly string[] = []) {
  const app = new Engine();
  let seen: unknown;
  defineRoutes({
    "GET /": {
      query: anything,
      lists,
      handler: ({ query }) => {
        seen = query;
      },
    },
  }).register(app);
  const response = await app.request(`/${search}`);
  await response.body?.cancel();
  return { status: response.status, seen };
}

async function post(
  init: RequestInit,
  route: {
    readonly body?: StandardSchema;
    readonly accepts?: readonly BodyKind[];
    readonly lists?: readonly string[];
  } = {},
) {
  const app = new Engine();
  let seen: unknown;
  defineRoutes({
    "POST /": {
      body: anything,
      ...route,
      handler: ({ body }) => {
        seen = body;
      },
    },
  }).register(app);
  const response = await app.request("/", { method: "POST", ...init });
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, seen, answer };
}

const json = (body: string, type = "application/json") => ({
  body,
  headers: { "content-type": type },
});

for (
  const [search, lists, wanted] of [
    ["", [], {}],
    ["?", [], {}],
    ["?a=1", [], { a: "1" }],
    ["?a=1&b=2&a=3", [], { a: ["1", "3"], b: "2" }],
    ["?a=1", ["a", "c"], { a: ["1"] }],
    ["?a=%C3%A9+x&b", [], { a: "é x", b: "" }],
    ["?a=1#a=2", [], { a: "1" }],
    ["?constructor=1&toString=2", [], { constructor: "1", toString: "2" }],
  ] as const
) {
  Deno.test(`The query "${search}" with lists ${JSON.stringify(lists)} is read by one rule`, async () => {
    const { seen } = await queryOf(search, lists);
    assertEquals(Object.getPrototypeOf(seen), null);
    assertEquals({ ...seen as object }, wanted as object);
  });
}

Deno.test("The key __proto__ of query or form is refused and pollutes nothing", async () => {
  assertEquals((await queryOf("?__proto__=1")).status, 400);
  assertEquals((await queryOf("?__proto__=1&__proto__=2")).status, 400);
  const body = new URLSearchParams("__proto__=1");
  const form = await post({ body }, { accepts: ["form"] });
  assertEquals([form.status, form.answer], [400, {
    message: 'The body holds the forbidden key "__proto__"',
  }]);
  const parsed = await post(json('{"__proto__":{"x":1}}'));
  assertEquals(parsed.status, 400);
  assertEquals("x" in {}, false);
});

for (
  const [type, accepts, status] of [
    ["application/json", ["json"], 204],
    ["application/json; charset=utf-8", ["json"], 204],
    ["Application/JSON", ["json"], 204],
    ["application/merge-patch+json", ["json"], 204],
    ["application/jsonp", ["json"], 415],
    ["text/json", ["json"], 415],
    ["text/plain", ["json"], 415],
    ["text/plain; application/json", ["json"], 415],
    ["application/x-www-form-urlencoded", ["json"], 415],
    ["application/json", ["form"], 415],
    ["application/x-www-form-urlencoded", ["form"], 204],
    ["application/x-www-form-urlencoded", ["json", "form"], 204],
    ["application/json", ["json", "form"], 204],
    ["application/x-www-form-urlencodedx", ["form"], 415],
  ] as const
) {
  Deno.test(`A body of type "${type}" where ${accepts.join(" and ")} may come is ${status}`, async () => {
    const result = await post(json("{}", type), { accepts });
    assertEquals(result.status, status);
  });
}

Deno.test("A body of another type is answered with what is wanted", async () => {
  const init = { body: "x", headers: { "content-type": "text/plain" } };
  const one = await post(init);
  assertEquals(one.answer, { message: "The body is not JSON" });
  const two = await post(init, { accepts: ["json", "form"] });
  assertEquals(two.answer, { message: "The body is not JSON or a form" });
});

Deno.test("No body at all is undefined, which the validator may take", async () => {
  const none = await post({}, { body: z.string().optional() });
  assertEquals([none.status, none.seen], [204, undefined]);
  const refused = await post({}, { body: z.string() });
  assertEquals(refused.status, 422);
  const untyped = await post({ body: new Uint8Array([0x31]) });
  assertEquals(untyped.status, 415);
  const empty = await post(json(""));
  assertEquals(empty.status, 400);
});

Deno.test("A form is an object of its fields, files and lists included", async () => {
  const body = new FormData();
  body.append("name", "Tom");
  body.append("tag", "a");
  body.append("file", new File(["x"], "x.txt"));
  const { seen } = await post({ body }, { accepts: ["form"], lists: ["tag"] });
  const { file, ...rest } = seen as { file: File };
  assertEquals(Object.getPrototypeOf(seen), null);
  assertEquals(rest as object, { name: "Tom", tag: ["a"] });
  assertEquals([file.name, await file.text()], ["x.txt", "x"]);
});

Deno.test("All issues of query and body come together", async () => {
  const app = new Engine();
  defineRoutes({
    "POST /": {
      query: z.object({ page: z.string(), size: z.string() }),
      body: v.object({
        name: v.string(),
        tags: v.array(v.object({ id: v.number() })),
      }),
      handler: () => {
        throw new Error("Never called");
      },
    },
  }).register(app);
  const response = await app.request("/?page=1&page=2", {
    method: "POST",
    ...json('{"tags":[{"id":1},{"id":"2"}]}'),
  });
  assertEquals(response.status, 422);
  const { message, issues } = await response.json();
  assertEquals(message, "The request is not valid");
  assertEquals(
    issues.map((
      issue: { in: string; path: unknown },
    ) => [issue.in, issue.path]),
    [
      ["query", ["page"]],
      ["query", ["size"]],
      ["body", ["name"]],
      ["body", ["tags", 1, "id"]],
    ],
  );
  assertEquals(typeof issues[0].message, "string");
});

Deno.test("A client that accepts JSON reads the issues in a problem", async () => {
  const app = new Engine();
  defineRoutes({
    "GET /": { query: z.object({ a: z.string() }), handler: () => 1 },
  }).register(app);
  const headers = { accept: "application/json" };
  const response = await app.request("/", { headers });
  assertEquals(
    response.headers.get("content-type"),
    "application/problem+json",
  );
  const { status, detail, issues } = await response.json();
  assertEquals([status, detail], [422, "The request is not valid"]);
  assertEquals([issues.length, issues[0].path], [1, ["a"]]);
});

const late = z.string().refine(
  async (name) => await Promise.resolve(name !== "taken"),
  "Taken",
);
for (
  const [library, schema] of Object.entries({
    zod: z.object({ name: late }),
    valibot: v.objectAsync({
      name: v.pipeAsync(
        v.string(),
        v.checkAsync(
          async (name) => await Promise.resolve(name !== "taken"),
          "Taken",
        ),
      ),
    }),
    arktype: type({ name: "string" }).narrow((user, context) =>
      user.name !== "taken" ||
      context.reject({ path: ["name"], message: "Taken" })
    ),
  })
) {
  Deno.test(`A validator of ${library} checks, also when it waits`, async () => {
    const body: StandardSchema = schema;
    const good = await post(json('{"name":"Tom"}'), { body });
    assertEquals([good.status, good.seen as object], [204, { name: "Tom" }]);
    const bad = await post(json('{"name":"taken"}'), { body });
    assertEquals([bad.status, bad.answer.issues], [422, [
      { in: "body", path: ["name"], message: "Taken" },
    ]]);
  });
}

Deno.test("A validator that throws is a plain 500", async () => {
  const schema: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => {
        throw new Error("secret");
      },
    },
  };
  const { status, answer } = await post(json("{}"), { body: schema });
  assertEquals([status, answer], [500, { message: "Internal Server Error" }]);
});

Deno.test("The body can be read again after it was checked", async () => {
  const app = new Engine();
  defineRoutes({
    "POST /": {
      body: z.object({ a: z.number() }),
      handler: async ({ c, body }) => [body.a, await c.body.text()],
    },
  }).register(app);
  const response = await app.request("/", {
    method: "POST",
    ...json('{"a":1}'),
  });
  assertEquals(await response.json(), [1, '{"a":1}']);
});
