// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Handler } from "./context.ts";
import { Engine } from "./engine.ts";

/** Middleware that leaves its name in a header on the way in. */
function mark(name: string): Handler {
  return (c) => {
    c.appendHeader("x-chain", name);
    c.next();
  };
}

async function chainOf(app: Engine, path: string, method = "GET") {
  const response = await app.request(path, { method });
  await response.body?.cancel();
  return response.headers.get("x-chain");
}

Deno.test("RouterGroup.use() matches whole segments of the prefix", async () => {
  const app = new Engine();
  app.group("/v1").use(mark("v1"));
  for (const path of ["/v1", "/v1/x", "/v10", "/v10/x"]) {
    app.get(path, (c) => c.string("x"));
  }
  assertEquals(await chainOf(app, "/v1"), "v1");
  assertEquals(await chainOf(app, "/v1/x"), "v1");
  assertEquals(await chainOf(app, "/v10"), null);
  assertEquals(await chainOf(app, "/v10/x"), null);
});

Deno.test("RouterGroup.use() works after routes and with params in the prefix", async () => {
  const app = new Engine();
  const users = app.group("/users/:id");
  users.get("/posts", (c) => c.string(c.param("id")));
  assertEquals(await chainOf(app, "/users/7/posts"), null);
  users.use((c) => {
    c.appendHeader("x-chain", `user ${c.param("id")}`);
    c.next();
  });
  assertEquals(await chainOf(app, "/users/7/posts"), "user 7");
});

Deno.test("RouterGroup.use() gives middleware the names of its own prefix", async () => {
  const app = new Engine();
  app.group("/users/:id").use((c) => {
    c.appendHeader("x-chain", c.param("id") + c.param("nope"));
    c.next();
  });
  app.get("/users/:uid/posts/:post", (c) => c.json(c.params));
  const response = await app.request("/users/7/posts/9");
  assertEquals(response.headers.get("x-chain"), "7");
  assertEquals(await response.json(), { uid: "7", post: "9" });
});

Deno.test("RouterGroup.use() also runs for 404 and 405 inside the prefix", async () => {
  const app = new Engine().use(mark("root"));
  app.group("/v1").use(mark("v1"));
  app.group("/v1/users/:id").use(mark("user"));
  app.group("/v1/users/:uid").use(mark("same"));
  app.get("/v1/x", (c) => c.string("x"));
  assertEquals(await chainOf(app, "/nope"), "root");
  assertEquals(await chainOf(app, "/v10"), "root");
  for (const path of ["/v1", "/v1/", "/v1/a/b", "/v1//"]) {
    assertEquals(await chainOf(app, path), "root, v1", path);
  }
  assertEquals(await chainOf(app, "/v1/x", "POST"), "root, v1");
  assertEquals(await chainOf(app, "/v1/users/7/z"), "root, v1, user, same");
});

Deno.test("RouterGroup.use() builds the same chain in any order of registration", async () => {
  const steps: ((app: Engine) => void)[] = [
    (app) => app.use(mark("root")),
    (app) => app.group("/a").use(mark("a")),
    (app) => app.group("/a/b").use(mark("b")),
    (app) => app.group("/a/:x").use(mark("x")),
    (app) => app.get("/a/b/c", (c) => c.string("abc")),
    (app) => app.group("/a").get("/:y/d", mark("own"), (c) => c.string("d")),
    (app) => app.group("/a/:x").get("/e", (c) => c.string("e")),
  ];
  for (let turn = 0; turn < steps.length * 2; turn++) {
    const order = steps.map((_, index) => (index * 3 + turn) % steps.length);
    if (turn >= steps.length) order.reverse();
    const app = new Engine();
    for (const index of order) steps[index]?.(app);
    assertEquals(await chainOf(app, "/a/b/c"), "root, a, b", `${order}`);
    assertEquals(await chainOf(app, "/a/1/d"), "root, a, x, own", `${order}`);
    assertEquals(await chainOf(app, "/a/b/e"), "root, a, x", `${order}`);
    assertEquals(await chainOf(app, "/a/b/f"), "root, a, b", `${order}`);
  }
});

Deno.test("RouterGroup.group() nests, and an empty pattern is the prefix", async () => {
  const app = new Engine();
  app.get("", (c) => c.string("root"));
  const v3 = app.group("/v1").group("/v2").group("/v3");
  assertEquals(v3.prefix, "/v1/v2/v3");
  v3.get("", (c) => c.string("bare")).get("/", (c) => c.string("slash"));
  const text = async (path: string) => await (await app.request(path)).text();
  assertEquals(await text("/"), "root");
  assertEquals(await text("/v1/v2/v3"), "bare");
  assertEquals(await text("/v1/v2/v3/"), "slash");
});

Deno.test("RouterGroup.group() refuses prefixes that end openly", () => {
  for (const prefix of ["/v1/", "/", "/v1/*", "/*rest"]) {
    assertThrows(
      () => new Engine().group(prefix),
      SyntaxError,
      `Cannot make group "${prefix}": a prefix must not end with "/" or a wildcard`,
    );
  }
  assertThrows(
    () => new Engine().group("v1"),
    SyntaxError,
    'it must start with "/"',
  );
});

Deno.test("RouterGroup.handle() refuses bad methods and missing handlers", () => {
  const app = new Engine();
  assertThrows(
    () => app.handle("get", "/x", (c) => c.string("x")),
    SyntaxError,
    'Cannot add route "get /x": the method is not a token in upper case',
  );
  assertThrows(
    () => app.get("/x"),
    TypeError,
    'Cannot add route "GET /x": it has no handler',
  );
  app.get("", (c) => c.string("x"));
  const error = assertThrows(
    () => app.get("/", (c) => c.string("y")),
    TypeError,
  );
  assertEquals(error.message.match(/router_group_test\.ts:\d+/g)?.length, 2);
});

Deno.test("RouterGroup registers every verb", async () => {
  const app = new Engine();
  const answer: Handler = (c) => c.string(c.method);
  app.get("/x", answer).post("/x", answer).put("/x", answer);
  app.patch("/x", answer).delete("/x", answer).head("/x", answer);
  app.options("/x", answer).handle("BREW", "/x", answer).any("/any", answer);
  const verbs = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "BREW",
  ];
  for (const method of verbs) {
    const response = await app.request("/x", { method });
    assertEquals(await response.text(), method);
    assertEquals((await app.request("/any", { method })).status, 200);
  }
});

Deno.test("RouterGroup handlers are typed by the whole pattern", async () => {
  const app = new Engine();
  app.group("/g/:a").get("/:b", (c) => {
    const both: string = c.param("a") + c.param("b");
    // @ts-expect-error "c" is not in the pattern
    return c.string(both + c.param("c"));
  });
  assertEquals(await (await app.request("/g/1/2")).text(), "12");
});

Deno.test("RouterGroup.mount() strips the prefix and keeps the rest", async () => {
  const app = new Engine();
  const inner = (request: Request) =>
    new Response(`${request.method} ${request.url}`);
  app.group("/x/:id").mount("/in", inner);
  const text = async (path: string, init?: RequestInit) =>
    await (await app.request(path, init)).text();
  assertEquals(await text("/x/1/in"), "GET http://localhost/");
  assertEquals(await text("/x/1/in?a=/b"), "GET http://localhost/?a=/b");
  assertEquals(await text("/x/1/in/"), "GET http://localhost/");
  assertEquals(
    await text("/x/a%2Fb/in/c%2Fd?e=1", { method: "POST", body: "x" }),
    "POST http://localhost/c%2Fd?e=1",
  );
  assertEquals((await app.request("/x/1/inner")).status, 404);
  const root = new Engine();
  root.mount("", app.fetch);
  assertEquals((await root.request("/x/1/in/y")).status, 200);
});

Deno.test("RouterGroup.mount() and static() take a slash at the end for nothing", async () => {
  const inner = (request: Request) =>
    new Response(new URL(request.url).pathname);
  for (const [path, target] of [["/", "/a"], ["/in/", "/in/a"]] as const) {
    const app = new Engine();
    app.mount(path, inner);
    assertEquals(await (await app.request(target)).text(), "/a");
    app.group("/v1").mount(path, inner);
    assertEquals(await (await app.request(`/v1${target}`)).text(), "/a");
  }
  const app = new Engine().static("/", new URL(".", import.meta.url));
  const response = await app.request("/router_group_test.ts");
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("Engine.routes() tells method, pattern, group and middleware", () => {
  const app = new Engine();
  const v1 = app.group("/v1");
  v1.use(function guard(c) {
    c.next();
  }, (c) => void c.next());
  v1.get("/x/:id", function cached(c) {
    c.next();
  }, (c) => c.string("x"));
  app.any("", (c) => c.string("root"));
  const routes = app.routes();
  for (const { place } of routes) {
    assertMatch(place, /router_group_test\.ts:\d+:\d+$/);
  }
  assertEquals(routes.map(({ place: _, ...rest }) => rest), [
    {
      method: "GET",
      pattern: "/v1/x/:id",
      group: "/v1",
      middleware: ["guard", "anonymous", "cached"],
    },
    { method: "*", pattern: "/", group: "", middleware: [] },
  ]);
});
