// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine, type EngineOptions } from "./engine.ts";

function app(options?: EngineOptions): Engine {
  const engine = new Engine(options);
  engine.get("/", (c) => c.string("root"));
  engine.get("/a", (c) => c.string("a"));
  engine.get("/b/", (c) => c.string("b"));
  engine.post("/post", (c) => c.string("post"));
  engine.get("/u/:name/x", (c) => c.string(c.param("name")));
  engine.static("/s", ".");
  return engine;
}

async function ask(engine: Engine, path: string, method = "GET") {
  const response = await engine.request(path, { method });
  const location = response.headers.get("location");
  await response.body?.cancel();
  return location === null ? response.status : location;
}

Deno.test("Engine is strict about slashes by default", async () => {
  const engine = app();
  assertEquals(await ask(engine, "/a/"), 404);
  assertEquals(await ask(engine, "/b"), 404);
});

Deno.test("Engine redirects to the other slash when asked, with the query", async () => {
  const engine = app({ trailingSlash: "redirect" });
  const table: [path: string, method: string, answer: number | string][] = [
    ["/a", "GET", 200],
    ["/a/", "GET", "/a"],
    ["/a/?x=1&y=%2F", "GET", "/a?x=1&y=%2F"],
    ["/b", "GET", "/b/"],
    ["/b?x", "GET", "/b/?x"],
    ["/post/", "POST", "/post"],
    ["/post/", "GET", "/post"],
    ["/u/a%2Fb/x/", "GET", "/u/a%2Fb/x"],
    ["/nope/", "GET", 404],
    ["/", "GET", 200],
    ["/a//", "GET", 404],
  ];
  for (const [path, method, answer] of table) {
    assertEquals(await ask(engine, path, method), answer, path);
  }
  const wild = new Engine({ trailingSlash: "redirect" });
  wild.get("/:a/:b/", (c) => c.string("x"));
  wild.get("/*rest", (c) => c.string("rest"));
  assertEquals(await ask(wild, "//evil.com"), 200);
});

Deno.test("Engine takes either slash when lax", async () => {
  const engine = app({ trailingSlash: "lax" });
  assertEquals(await ask(engine, "/a/"), 200);
  assertEquals(await ask(engine, "/a/?x=1"), 200);
  assertEquals(await ask(engine, "/b"), 200);
  assertEquals(await ask(engine, "/post/"), 405);
  assertEquals(await ask(engine, "/nope/"), 404);
  const response = await engine.request("/u/a%2Fb/x/");
  assertEquals(await response.text(), "a/b");
});

Deno.test("Engine ignores case when asked", async () => {
  const engine = app({ ignoreCase: true });
  const guarded = engine.group("/Admin");
  guarded.use((c) => c.fail(403, "No"));
  guarded.get("/x", (c) => c.string("x"));
  assertEquals(await ask(engine, "/A"), 200);
  assertEquals(await ask(engine, "/aDMIN/X"), 403);
  assertEquals(await ask(engine, "/aDMIN/nope"), 403);
  assertEquals(await ask(app(), "/A"), 404);
});

Deno.test("Engine takes own scanners, in groups too", async () => {
  const engine = new Engine({ scanners: { slug: /[a-z-]+/ } });
  const posts = engine.group("/:blog{slug}");
  posts.use((c) => {
    c.setHeader("x-blog", c.param("blog"));
    return c.next();
  });
  posts.get("/:post{int}", (c) => c.json(c.param("post") + 1));
  const response = await engine.request("/a-b/41");
  assertEquals(response.headers.get("x-blog"), "a-b");
  assertEquals(await response.json(), 42);
  assertEquals((await engine.request("/a-b/x")).headers.get("x-blog"), "a-b");
  assertEquals((await engine.request("/A/41")).headers.get("x-blog"), null);
  assertThrows(
    () => engine.group("/:x{slugg}"),
    SyntaxError,
    'Cannot read pattern "/:x{slugg}": "{slugg}" is not a scanner (did you mean "slug"?)',
  );
});

Deno.test("Engine refuses options that make no sense", () => {
  assertThrows(() => new Engine({ trustProxy: ["x"] }), SyntaxError);
  assertThrows(() => new Engine({ cookieKeys: ["short"] }), RangeError);
});
