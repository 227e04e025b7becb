// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { Engine } from "../engine.ts";
import { etag } from "./etag.ts";

/** Status and tag of an answer. */
async function ask(
  app: Engine,
  path: string,
  init?: RequestInit,
): Promise<[status: number, tag: string | null]> {
  const response = await app.request(path, init);
  await response.body?.cancel();
  return [response.status, response.headers.get("etag")];
}

Deno.test("etag() tags the same content alike and other content differently", async () => {
  const app = new Engine().use(etag());
  app.get("/a", (c) => c.json({ a: 1 }));
  app.get("/same", async () => await Promise.resolve(new Response('{"a":1}')));
  app.get("/b", (c) => c.json({ a: 2 }));
  const [status, tag] = await ask(app, "/a");
  assertEquals(status, 200);
  assertMatch(tag ?? "", /^"[\w+/]{24}"$/);
  assertEquals((await ask(app, "/same"))[1], tag);
  assertEquals((await ask(app, "/a", { method: "HEAD" }))[1], tag);
  assertNotEquals((await ask(app, "/b"))[1], tag);
  const response = await app.request("/a");
  assertEquals(await response.json(), { a: 1 });
  assertEquals(response.headers.get("content-type"), "application/json");
});

Deno.test("etag() answers 304 to those who have the content", async () => {
  const app = new Engine().use(etag());
  app.get("/", (c) => c.json(1));
  app.get("/own", (c) => c.setHeader("etag", '"v1"').string("x"));
  app.get("/other", () => new Response("x", { headers: { etag: 'W/"v2"' } }));
  const tag = (await ask(app, "/"))[1] ?? "";
  const cases: [path: string, list: string, status: number][] = [
    ["/", tag, 304],
    ["/", `W/${tag}`, 304],
    ["/", `"a,b", ${tag}`, 304],
    ["/", "*", 304],
    ["/", '"a"', 200],
    ["/", tag.replaceAll('"', ""), 200],
    ["/own", '"v1"', 304],
    ["/own", tag, 200],
    ["/other", '"v2"', 304],
  ];
  for (const [path, list, status] of cases) {
    const headers = { "if-none-match": list };
    assertEquals([path, list, (await ask(app, path, { headers }))[0]], [
      path,
      list,
      status,
    ]);
  }
});

Deno.test("etag() keeps of a 304 what does not describe the body", async () => {
  const app = new Engine().use(async (c) => {
    await c.next();
    c.setHeader("x-outside", "1");
  }, etag());
  app.get("/", (c) => {
    c.setHeader("cache-control", "max-age=1").setCookie("a", "b");
    return new Response("x", {
      headers: {
        "content-language": "en",
        vary: "cookie",
        "content-security-policy": "x",
      },
    });
  });
  const tag = (await ask(app, "/"))[1] ?? "";
  const headers = { "if-none-match": tag };
  const response = await app.request("/", { headers });
  assertEquals(response.status, 304);
  assertEquals(response.body, null);
  assertEquals(Object.fromEntries(response.headers), {
    "cache-control": "max-age=1",
    "content-security-policy": "x",
    etag: tag,
    "set-cookie": "a=b; Path=/; Secure; HttpOnly; SameSite=Lax",
    vary: "cookie",
    "x-outside": "1",
  });
});

Deno.test("etag() leaves alone what it should not tag", async () => {
  const app = new Engine().use(etag({ maxBytes: 10 }));
  const step = Promise.withResolvers<void>();
  app.get("/big", (c) => c.string("x".repeat(11)));
  app.get(
    "/length",
    () => new Response("x", { headers: { "content-length": "11" } }),
  );
  app.get("/404", (c) => c.fail(404, "No"));
  app.get(
    "/no-store",
    (c) => c.setHeader("cache-control", "no-store").string("x"),
  );
  app.post("/post", (c) => c.string("x"));
  app.head("/head", (c) => c.empty());
  app.get("/sse", (c) => c.sse(async function* () {}));
  app.get("/stream", (c) =>
    c.stream(async function* () {
      yield "abc";
      await step.promise;
      yield "def";
    }()));
  for (const path of ["/big", "/length", "/404", "/no-store", "/sse"]) {
    assertEquals([path, (await ask(app, path))[1]], [path, null]);
  }
  assertEquals(await ask(app, "/post", { method: "POST" }), [200, null]);
  assertEquals(await ask(app, "/head", { method: "HEAD" }), [200, null]);
  const big = await app.request("/big");
  assertEquals(await big.text(), "x".repeat(11));
  // The answer is there before the stream has ended.
  const response = await app.request("/stream");
  assertEquals(response.headers.get("etag"), null);
  step.resolve();
  assertEquals(await response.text(), "abcdef");
});

Deno.test("etag() makes a body that fails a clean 500", async () => {
  const app = new Engine().use(etag());
  app.get("/", () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.error(new Error("No")),
      }),
    ));
  assertEquals((await app.request("/")).status, 500);
});

Deno.test("etag() can be weak, and refuses a limit that is none", async () => {
  const app = new Engine().use(etag({ weak: true }));
  app.get("/", (c) => c.string("x"));
  assertMatch((await ask(app, "/"))[1] ?? "", /^W\/"/);
  assertThrows(() => etag({ maxBytes: NaN }), RangeError, "maxBytes NaN");
});
