// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "npm:zod@4.6.7";
import { Engine } from "../engine.ts";
import { defineRoutes } from "./define_routes.ts";

const handler = () => null;
const one = defineRoutes({ "GET /users/:id": { tags: ["users"], handler } });

async function pageOf(
  routes: { docs(app: Engine, path: string, options: object): void },
  options: object = {},
): Promise<string> {
  const app = new Engine();
  routes.docs(app, "/docs", options);
  return await (await app.request("/docs")).text();
}

Deno.test("Routes.docs() serves page, document, style and script by their types", async () => {
  const app = new Engine();
  one.register(app);
  one.docs(app);
  const types: [string, string][] = [
    ["/docs", "text/html; charset=utf-8"],
    ["/docs/openapi.json", "application/json"],
    ["/docs/style.css", "text/css; charset=utf-8"],
    ["/docs/page.js", "text/javascript; charset=utf-8"],
  ];
  for (const [path, type] of types) {
    const response = await app.request(path);
    await response.body?.cancel();
    assertEquals([path, response.status], [path, 200]);
    assertEquals(response.headers.get("content-type"), type);
    assertEquals(
      response.headers.get("content-security-policy"),
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
  }
});

Deno.test("The page, its style and its script are about 10 KB", async () => {
  const app = new Engine();
  one.docs(app);
  let size = 0;
  for (const path of ["/docs", "/docs/style.css", "/docs/page.js"]) {
    size += (await app.request(path).then((response) =>
      response.bytes()
    )).length;
  }
  assert(size < 11_000, `${size} bytes`);
});

Deno.test("The page holds neither style nor script nor anything from elsewhere", async () => {
  const page = await pageOf(one);
  assertEquals(page.match(/<style|style=|<script>|\son\w+=|https?:/g), null);
});

for (
  const [prefix, path, server, style, action] of [
    ["", "/docs", "..", "docs/style.css", "users/{id}"],
    ["", "/a/docs", "../..", "docs/style.css", "../users/{id}"],
    ["", "/", ".", "./style.css", "users/{id}"],
    ["/v1", "/docs", "../..", "docs/style.css", "../v1/users/{id}"],
    ["/v1", "", "..", "v1/style.css", "v1/users/{id}"],
  ] as const
) {
  Deno.test(`The page at "${prefix}${path}" finds everything by relative URLs, also when mounted`, async () => {
    const app = new Engine();
    const group = app.group(prefix);
    one.register(group);
    one.docs(group, path);
    const outer = new Engine();
    outer.mount("/outer", app.fetch);
    for (const [engine, at] of [[app, ""], [outer, "/outer"]] as const) {
      const url = `http://localhost${at}${prefix}${path}`;
      const page = await (await engine.request(url)).text();
      assert(page.includes(`href="${style}"`), page);
      const root = new RegExp(`data-url="([^"]*)"`).exec(page)?.[1] ?? "";
      assertEquals(root.replace(/^\.\//, ""), action);
      const called = new URL(root.replace("{id}", "7"), url);
      const responses = [
        await engine.request(new URL(style, url)),
        await engine.request(called),
      ];
      for (const { status, body } of responses) {
        await body?.cancel();
        assertEquals(status, 200);
      }
      const json = new URL(style.replace("style.css", "openapi.json"), url);
      const document = await (await engine.request(json)).json();
      assertEquals(document.servers, [{ url: server }]);
      const [described] = Object.keys(document.paths);
      const absolute = new URL(`${server}${described}`, json);
      assertEquals(absolute.pathname, `${at}${prefix}/users/%7Bid%7D`);
    }
  });
}

Deno.test("Everything on the page is escaped", async () => {
  const evil = `"'><script>alert(1)</script>&`;
  const routes = defineRoutes({
    "POST /%22'%3E%3Cscript%3E&/:id{int}": {
      summary: evil,
      description: evil,
      tags: [evil],
      operationId: evil,
      errors: { 404: evil },
      security: [{ [evil]: [] }],
      query: z.object({
        [evil]: z.enum([evil, "b"]).meta({ description: evil }),
      }),
      body: z.object({ [evil]: z.literal(`</textarea>${evil}`) }),
      response: z.object({ [evil]: z.string() }),
      accepts: ["form", "json"],
      handler: () => ({ [evil]: "" }),
    },
  });
  const page = await pageOf(routes, {
    title: evil,
    version: evil,
    description: evil,
  });
  assertEquals(page.includes("<script>"), false);
  assertEquals(page.includes("alert(1)</script>"), false);
  assertEquals(page.match(/<\/textarea>/g)?.length, 1);
  assertEquals(page.includes(`="${evil}`), false);
  // Whole tags only: an attribute that ends early leaves odd quotes behind.
  for (const tag of page.match(/<[a-z][^<>]*>/g) ?? []) {
    assertEquals((tag.match(/"/g)?.length ?? 0) % 2, 0, tag);
  }
});

Deno.test("Operations are grouped by their first tag, the untagged last", async () => {
  const page = await pageOf(defineRoutes({
    "GET /a": { handler },
    "GET /b": { tags: ["two", "one"], handler },
    "GET /c": { tags: ["one"], handler },
  }));
  const main = page.slice(page.indexOf("<main>"));
  assertEquals(
    [...main.matchAll(/<h2>(.*?)<\/h2>|<article id="op-(.*?)"/g)]
      .map(([, tag, id]) => tag ?? id),
    ["two", "getB", "one", "getC", "Other", "getA", "Schemas"],
  );
});

Deno.test("A form that needs no script is sent by the browser itself", async () => {
  const page = await pageOf(defineRoutes({
    "GET /search": { query: z.object({ q: z.string() }), handler },
    "POST /search": { handler },
  }));
  const boxes = page.match(/<details[^>]*>/g) ?? [];
  assertEquals(boxes.map((box) => box.includes(" hidden")), [false, true]);
  assert(page.includes('<form action="./search">'), page);
});

Deno.test("Routes.docs() throws where something is already, and for a bad path", () => {
  const app = new Engine();
  one.docs(app, "/docs");
  assertThrows(() => one.docs(app, "/docs"), TypeError);
  assertThrows(() => one.docs(app, "docs"), SyntaxError);
  assertThrows(() => one.docs(app, "/docs/"), SyntaxError);
  const error = assertThrows(() => one.docs(app, "/docs/:name"), SyntaxError);
  assertEquals(
    error.message,
    'Cannot serve docs at "/docs/:name": the last segment must be a fixed name',
  );
});
