// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runExample, serveExample } from "./testdata/example.ts";

Deno.test("web_hello.ts answers and ends on Ctrl-C", async () => {
  const { origin, end } = await serveExample("web_hello.ts");
  const text = async (path: string, init?: RequestInit) =>
    await (await fetch(origin + path, init)).text();
  assertEquals(await text("/hello/gee"), "Hello gee");
  assertEquals(await text("/double/21"), '{"double":42}');
  const body = new URLSearchParams({ user: "gee" });
  assertEquals(
    await text("/login", { method: "POST", body }),
    '{"user":"gee"}',
  );
  assertEquals(await text("/panic"), '{"message":"Internal Server Error"}');
  assertEquals((await end()).code, 0);
});

Deno.test("web_groups.ts shows how chains run", async () => {
  assertEquals((await runExample("web_groups.ts")).trim().split("\n"), [
    "200 / - open to all",
    '401 /v1/me - {"message":"Say who you are by x-user"}',
    "200 /v1/me - You are Tom",
    '200 /v1/users/7/posts 7 {"user":7,"posts":[]}',
    '200 /v1/users/7/posts/9 7 {"id":7,"post":"9"}',
    '404 /v1/users/Tom/posts - {"message":"Not Found"}',
    "> GET /",
    "< 200",
    "> GET /v1/me",
    "< 401",
    "> GET /v1/me",
    "< 200",
    "> GET /v1/users/7/posts",
    "< 200",
    "> GET /v1/users/7/posts/9",
    "< 200",
    "> GET /v1/users/Tom/posts",
    "< 404",
  ]);
});

Deno.test("web_templates.ts renders pages and serves files", async () => {
  const { origin, end } = await serveExample("web_templates.ts");
  const students = await (await fetch(`${origin}/`)).text();
  assertStringIncludes(students, "<title>GEE</title>");
  assertStringIncludes(students, "<li>0: Geektutu is 20 years old</li>");
  assertStringIncludes(students, "&lt;b&gt;Jack&lt;/b&gt;");
  const date = await (await fetch(`${origin}/date`)).text();
  assertStringIncludes(date, "<p>Date: 2019-08-17</p>");
  const css = await fetch(`${origin}/assets/page.css`);
  assertEquals(css.headers.get("content-type"), "text/css; charset=utf-8");
  await css.body?.cancel();
  assertEquals((await end()).code, 0);
});

Deno.test("web_chat.ts carries messages both ways and ends with open streams", async () => {
  const { origin, end } = await serveExample("web_chat.ts");
  const socket = new WebSocket(`${origin.replace("http", "ws")}/socket`);
  const said = Promise.withResolvers<unknown>();
  socket.onmessage = ({ data }) => said.resolve(data);
  await new Promise((open) => socket.onopen = open);
  const closed = new Promise<CloseEvent>((close) => socket.onclose = close);
  await fetch(`${origin}/messages`, { method: "POST", body: "one" });
  assertEquals(await said.promise, "one");
  socket.send("two");
  const events = await fetch(`${origin}/events`, {
    headers: { "last-event-id": "1" },
  });
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "id: 2\ndata: two\n\n");
  const page = await (await fetch(`${origin}/`)).text();
  assertStringIncludes(page, "<h1>2 messages so far</h1>");
  assertEquals((await end()).code, 0);
  assertEquals((await closed).code, 1001);
  assert((await reader.read()).done);
});

Deno.test("web_typed_api.ts validates, documents itself and is called", async () => {
  const { origin, end } = await serveExample("web_typed_api.ts");
  assertEquals(await (await fetch(`${origin}/users/2`)).json(), {
    id: 2,
    name: "Sam",
  });
  const bad = await fetch(`${origin}/users?order=sideways`);
  assertEquals(bad.status, 422);
  await bad.body?.cancel();
  const page = await (await fetch(`${origin}/docs`)).text();
  assertStringIncludes(page, "All users, by name");
  const openApi = await (await fetch(`${origin}/docs/openapi.json`)).json();
  assertEquals(Object.keys(openApi.paths), ["/users", "/users/{id}"]);
  assertEquals((await end()).code, 0);
});
