// Copyright 2026 the Gee authors. MIT license.
// The behavior of Gee's first version in Go, row by row (W), and its known
// defects as they are mended here (B). Where we differ on purpose a line says
// why. What a row leaves out has tests beside its own source.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine, type Handler } from "./mod.ts";

const say: Handler = (c) => c.json([c.pattern, { ...c.params }]);

/** An engine whose routes tell which of them answered. */
function routes(...patterns: string[]): Engine {
  const app = new Engine();
  for (const pattern of patterns) app.get(pattern, say);
  return app;
}

/** The text of an answer, or its status where that is an error. */
async function ask(
  app: Engine,
  path: string,
  init?: RequestInit,
): Promise<unknown> {
  const response = await app.request(path, init);
  const text = await response.text();
  return response.ok ? text : response.status;
}

/** What one handler answers: status, content type, text. */
async function answer(handler: Handler): Promise<unknown[]> {
  const app = new Engine();
  app.get("/", handler);
  const response = await app.request("/");
  const type = response.headers.get("content-type");
  return [response.status, type, await response.text()];
}

const rows: Record<string, () => void | Promise<void>> = {
  "W3 the engine is itself the top group": async () => {
    const app = new Engine().use((c) => c.next()).get("/a", say);
    assertEquals([app.prefix, await ask(app, "/a")], ["", '["/a",{}]']);
  },

  "W5 groups nest without limit, by plain concatenation": () => {
    const group = new Engine().group("/v1").group("/v2").group("/v3");
    assertEquals(group.prefix, "/v1/v2/v3");
  },

  "W6 use() takes effect on routes that are there already": async () => {
    const app = routes("/a");
    app.use((c) => void c.setHeader("x-late", "1").next());
    const response = await app.request("/a");
    assertEquals(response.headers.get("x-late"), "1");
  },

  "W8 and W24 routes() lists what was registered, and prints nothing": () => {
    const app = routes("/hello/:name").post("/login", say);
    assertEquals(
      app.routes().map(({ method, pattern }) => `${method} ${pattern}`),
      ["GET /hello/:name", "POST /login"],
    );
  },

  "W11 a malformed template throws when it is loaded": () => {
    assertThrows(() => new Engine().templates({ "a.html": "{{ if }}" }));
  },

  // Gee ignores what stands behind a wildcard, and takes ":" for a name.
  "W13, W20 and B3 malformed patterns throw": async () => {
    for (const pattern of ["/p/*name/*", "/p/*/x", "/:", "p", "/a//:"]) {
      assertThrows(() => routes(pattern), SyntaxError, "", pattern);
    }
    assertEquals(await ask(routes("/a/*"), "/a/b/c"), '["/a/*",{}]');
  },

  "W17 a route further along is found by backtracking": async () => {
    const app = routes("/a/b/c", "/a/:x/d");
    assertEquals(await ask(app, "/a/b/d"), '["/a/:x/d",{"x":"b"}]');
  },

  "W18 and B1 static goes before param, whatever the order": async () => {
    const patterns = ["/hello/:name", "/hello/cool", "/hello/b/c"];
    for (const order of [patterns, patterns.toReversed()]) {
      const app = routes(...order);
      assertEquals(await ask(app, "/hello/cool"), '["/hello/cool",{}]');
      assertEquals(
        await ask(app, "/hello/zzz"),
        '["/hello/:name",{"name":"zzz"}]',
      );
      assertEquals(await ask(app, "/hello/zzz/c"), 404);
    }
  },

  "W19 a param takes one segment, a wildcard one or more": async () => {
    const app = routes("/p/:lang", "/assets/*filepath");
    assertEquals(await ask(app, "/p/"), 404);
    assertEquals(await ask(app, "/p/go/doc"), 404);
    assertEquals(
      await ask(app, "/assets/css/a.css"),
      '["/assets/*filepath",{"filepath":"css/a.css"}]',
    );
    assertEquals(await ask(app, "/assets"), 404);
    assertEquals(await ask(app, "/assets/"), 404);
  },

  // Gee drops empty segments. Two paths for one page are two pages for caches
  // and search engines, and a guard may see the other one; lax is an option.
  "W21 slashes are strict": async () => {
    const app = routes("/hello/:name", "/v1");
    for (const path of ["/hello/bob/", "//hello//bob", "/v1/", "//v1"]) {
      assertEquals(await ask(app, path), 404, path);
    }
    const lax = new Engine({ trailingSlash: "lax" }).get("/v1", say);
    assertEquals(await ask(lax, "/v1/"), '["/v1",{}]');
  },

  "W22 and B2 each route keeps its names, a second one throws": async () => {
    const app = routes("/u/:id").post("/u/:uid", say);
    assertEquals(await ask(app, "/u/7"), '["/u/:id",{"id":"7"}]');
    assertEquals(
      await ask(app, "/u/7", { method: "POST" }),
      '["/u/:uid",{"uid":"7"}]',
    );
    assertThrows(() => routes("/u/:id", "/u/:uid"), TypeError, "same paths");
  },

  "W23 and B3 an empty pattern is the group, or the root": async () => {
    const app = routes("");
    app.group("/v1").get("", say);
    assertEquals(await ask(app, "/"), '["/",{}]');
    assertEquals(await ask(app, "/v1"), '["/v1",{}]');
    assertThrows(() => app.get("/", say), TypeError, "same paths");
  },

  "W25 and B4 an encoded slash does not separate": async () => {
    const app = routes("/hello/:name");
    assertEquals(
      await ask(app, "/hello/a%2Fb"),
      '["/hello/:name",{"name":"a/b"}]',
    );
    assertEquals(await ask(app, "/hello/a%zz"), 400);
  },

  "W25 and B5 a star in a request is a character": async () => {
    const app = routes("/hello/:name", "/assets/*filepath");
    assertEquals(await ask(app, "/hello/*x/y/z"), 404);
    assertEquals(
      await ask(app, "/assets/*a/b"),
      '["/assets/*filepath",{"filepath":"*a/b"}]',
    );
  },

  "W26, B6 and B7 middleware fits whole segments, params too": async () => {
    const app = new Engine();
    for (const prefix of ["/v1", "/:tenant/admin"]) {
      app.group(prefix).use((c) => void c.appendHeader("x-by", prefix).next());
    }
    const by = async (path: string) =>
      (await app.request(path)).headers.get("x-by");
    assertEquals(await by("/v1/missing"), "/v1");
    assertEquals(await by("/v10"), null);
    assertEquals(await by("/acme/admin/x"), "/:tenant/admin");
    // A route is in a group by its pattern, whatever paths it takes.
    app.get("/:any/x", say);
    assertEquals(await by("/v1/x"), null);
  },

  // JSON as for every other error; the path is not echoed to its sender.
  "W27 a missing page is a plain 404 as JSON": async () => {
    const response = await new Engine().request("/no/%3Cb%3E");
    assertEquals(response.status, 404);
    assertEquals(await response.text(), '{"message":"Not Found"}');
  },

  "W27 and B8 other methods are 405 with allow, HEAD is GET": async () => {
    const app = routes("/a").put("/a", say);
    const allow = "GET, HEAD, OPTIONS, PUT";
    for (const [method, status] of [["POST", 405], ["OPTIONS", 204]] as const) {
      const response = await app.request("/a", { method });
      assertEquals(response.status, status);
      assertEquals(response.headers.get("allow"), allow);
    }
    assertEquals(await ask(app, "/a", { method: "HEAD" }), '["/a",{}]');
  },

  // The onion of Koa and Hono: in Gee the loop goes on without next().
  "W28 and B16 middleware that does not call next() ends the chain":
    async () => {
      let runs = 0;
      const app = new Engine().use((c) => c.fail(401, "No"));
      app.get("/", () => void runs++);
      assertEquals([await ask(app, "/"), runs], [401, 0]);
    },

  "W29 fail() answers with a message": async () => {
    assertEquals(
      await answer((c) => c.fail(418, "No")),
      [418, "application/json", '{"message":"No"}'],
    );
  },

  // Gee reads the query where the form lacks a field, so a link can fill it.
  "W31 param and query have defaults, and form is never the query":
    async () => {
      const app = new Engine();
      app.post(
        "/:id",
        async (c) =>
          c.json([c.query("a"), c.query("b") ?? "", await c.postForm("a")]),
      );
      const init = { method: "POST" };
      assertEquals(await ask(app, "/x?a=1&a=2", init), '["1","",null]');
    },

  "W33 and B9 text is no format": async () => {
    const [, type, text] = await answer((c) => c.string("100%d %s"));
    assertEquals([type, text], ["text/plain;charset=UTF-8", "100%d %s"]);
  },

  // Neither a line break nor \u003c: the type is JSON, and sniffing is refused
  // by browsers for it. Keys keep their order.
  "W34 json() is what JSON.stringify() makes": async () => {
    assertEquals(
      await answer((c) => c.json({ b: "<&>", a: 1 })),
      [200, "application/json", '{"b":"<&>","a":1}'],
    );
  },

  "W35 and B10 what cannot be encoded is a clean 500": async () => {
    const clean = '{"message":"Internal Server Error"}';
    for (
      const handler of [
        (c) => c.json(1n),
        (c) => c.html("missing.html", {}), // B11: no templates at all
      ] satisfies Handler[]
    ) assertEquals(await answer(handler), [500, "application/json", clean]);
  },

  // Go guesses a type from the bytes, which is how uploads become pages.
  "W36 data() is octets unless told otherwise": async () => {
    const page = new TextEncoder().encode("<html>");
    assertEquals(
      await answer((c) => c.data(page)),
      [200, "application/octet-stream", "<html>"],
    );
  },

  "W37 a template that fails leaves nothing of its page": async () => {
    const app = new Engine().templates({ "a.html": "<p>{{ bad .x }}</p>" }, {
      functions: {
        bad: () => {
          throw new Error("No");
        },
      },
    });
    app.get("/", (c) => c.html("a.html", { x: 1 }));
    const response = await app.request("/");
    assertEquals(response.status, 500);
    assertEquals(await response.json(), { message: "Internal Server Error" });
  },

  "W38 and B12 a handler that writes nothing is an empty 200": async () => {
    assertEquals(await answer(() => {}), [200, null, ""]);
  },

  // Go closes the connection. A client must read why it got nothing.
  "W40, W41 and B17 what is thrown is a 500, with recovery or without":
    async () => {
      for (const thrown of [new Error("Secret"), 42, "text", null, undefined]) {
        const [status, , text] = await answer(() => {
          throw thrown;
        });
        assertEquals(
          [status, text],
          [500, '{"message":"Internal Server Error"}'],
        );
      }
    },

  "W44 and B14 a hit leaves no file open": async () => {
    // The sanitizer of resources would fail this test.
    const app = new Engine().static("/web", new URL(".", import.meta.url));
    assertEquals((await ask(app, "/web/mod.ts"))?.toString().slice(0, 2), "//");
    const response = await app.request("/web/mod.ts");
    await response.body?.cancel();
  },

  "W45 the demo of the last day": async () => {
    const app = new Engine();
    app.get("/", (c) => c.string("Hello Geektutu\n"));
    app.get("/panic", (c) => {
      const names = ["geektutu"];
      return c.string(names[100]!.toUpperCase()); // it is not there: a panic
    });
    assertEquals(await ask(app, "/"), "Hello Geektutu\n");
    assertEquals(await ask(app, "/panic"), 500);
    assertEquals(await ask(app, "/"), "Hello Geektutu\n");
  },
};

for (const [name, test] of Object.entries(rows)) Deno.test(name, test);
