// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { Handler } from "./context.ts";
import { Engine } from "./engine.ts";
import { recovery } from "./middleware/recovery.ts";
import { html } from "./template/html.ts";

/** Runs one handler behind some middleware. */
async function answer(
  handler: Handler,
  ...middleware: Handler[]
): Promise<Response> {
  return await new Engine().use(...middleware).get("/", handler).request("/");
}

Deno.test("Context.next() is an onion", async () => {
  const steps: string[] = [];
  const layer = (name: string): Handler => async (c) => {
    steps.push(`${name} in`);
    await c.next();
    steps.push(`${name} out`);
  };
  const response = await answer(
    (c) => {
      steps.push("handler");
      return c.string("done");
    },
    layer("a"),
    layer("b"),
  );
  assertEquals(await response.text(), "done");
  assertEquals(steps, ["a in", "b in", "handler", "b out", "a out"]);
});

Deno.test("Context.next() left out ends the chain", async () => {
  let hasRun = false;
  const response = await answer(() => {
    hasRun = true;
  }, (c) => c.fail(403, "No"));
  assertEquals(response.status, 403);
  assertEquals(await response.json(), { message: "No" });
  assertEquals(hasRun, false);
});

Deno.test("Context.next() stays synchronous until something waits", async () => {
  const app = new Engine();
  app.use((c) => {
    c.next();
    c.setHeader("x-after", "1");
  });
  app.get("/sync", (c) => c.string("x"));
  app.get("/async", async (c) => c.string(await c.body.text()));
  const sync = app.fetch(new Request("http://localhost/sync"));
  assertEquals(sync instanceof Response && sync.headers.get("x-after"), "1");
  const late = app.fetch(new Request("http://localhost/async"));
  assertEquals(late instanceof Promise, true);
  assertEquals((await late).headers.get("x-after"), "1");
});

Deno.test("Context.next() refuses a second call and a call by the last", async () => {
  const messages: string[] = [];
  const app = new Engine().onError((error, c) => {
    messages.push(String(error));
    return c.fail(500, "x");
  });
  const twice = "Error: Cannot call next: the rest of the chain has run before";
  app.get("/sync", (c) => {
    c.next();
    c.next();
  }, (c) => c.string("x"));
  app.get("/async", async (c) => {
    await c.next();
    await c.next();
  }, (c) => Promise.resolve(c.string("x")));
  app.get("/after", (c) => {
    try {
      c.next();
    } catch {
      c.next();
    }
  }, () => {
    throw new Error("Inner");
  });
  app.get("/floating", async (c) => {
    void c.next();
    await undefined;
  }, () => new Promise(() => {}));
  app.get(
    "/guarded",
    async (c) => {
      try {
        await c.next();
      } catch {
        await c.next();
      }
    },
    () => Promise.reject(new Error("No")),
    (c) => c.string("secret"),
  );
  app.get("/last", (c) => void c.next());
  for (
    const path of [
      "/sync",
      "/async",
      "/after",
      "/last",
      "/floating",
      "/guarded",
    ]
  ) {
    await app.request(path);
  }
  const last = "Error: Cannot call next: the last handler has no rest to run";
  const floating =
    "Error: Cannot answer: a middleware returned nothing before the rest of the chain had an answer, await c.next()";
  assertEquals(messages, [twice, twice, twice, last, floating, twice]);
});

Deno.test("Context helpers take a status or none", async () => {
  const bytes = new Uint8Array([1, 2]);
  const cases: [Handler, number, string | null, string][] = [
    [(c) => c.string("100%d"), 200, "text/plain;charset=UTF-8", "100%d"],
    [(c) => c.string(201, "x"), 201, "text/plain;charset=UTF-8", "x"],
    [(c) => c.status(202).string("x"), 202, "text/plain;charset=UTF-8", "x"],
    [(c) => c.json([1]), 200, "application/json", "[1]"],
    [(c) => c.json(404, 5), 404, "application/json", "5"],
    [(c) => c.html("<b>"), 200, "text/html; charset=utf-8", "<b>"],
    [(c) => c.html(400, "<b>"), 400, "text/html; charset=utf-8", "<b>"],
    [(c) => c.data(bytes), 200, "application/octet-stream", "\x01\x02"],
    [(c) => c.data(203, bytes), 203, "application/octet-stream", "\x01\x02"],
    [
      (c) => c.setHeader("content-type", "image/png").data(bytes),
      200,
      "image/png",
      "\x01\x02",
    ],
    [(c) => c.fail(418, "No"), 418, "application/json", '{"message":"No"}'],
    [
      (c) => void c.string("not returned"),
      200,
      "text/plain;charset=UTF-8",
      "not returned",
    ],
    [(c) => void c.status(204), 204, null, ""],
    [() => {}, 200, null, ""],
  ];
  for (const [handler, status, type, text] of cases) {
    const response = await answer(handler);
    assertEquals(response.status, status);
    assertEquals(response.headers.get("content-type"), type);
    assertEquals(await response.text(), text);
  }
});

Deno.test("Context.redirect() takes status and options in any shape", async () => {
  const cases: [Handler, number, string][] = [
    [(c) => c.redirect("/a"), 302, "/a"],
    [(c) => c.redirect(303, "/b"), 303, "/b"],
    [
      (c) => c.redirect("https://deno.com/", { external: true }),
      302,
      "https://deno.com/",
    ],
    [
      (c) => c.redirect(301, "https://deno.com/", { external: true }),
      301,
      "https://deno.com/",
    ],
  ];
  for (const [handler, status, location] of cases) {
    const response = await answer(handler);
    assertEquals([response.status, response.headers.get("location")], [
      status,
      location,
    ]);
  }
  assertEquals((await answer((c) => c.redirect("//evil"))).status, 500);
});

Deno.test("Context headers reach every answer", async () => {
  const set: Handler = async (c) => {
    c.setHeader("x-a", "1").appendHeader("set-cookie", "a=1");
    await c.next();
    c.appendHeader("set-cookie", "b=2");
  };
  const handlers: Handler[] = [
    (c) => c.string("own"),
    () => new Response("foreign", { headers: { "set-cookie": "z=0" } }),
    () => Response.redirect("http://localhost/x"),
    (c) => c.sse(async function* () {}()),
  ];
  for (const handler of handlers) {
    const response = await answer(handler, set);
    await response.body?.cancel();
    assertEquals(response.headers.get("x-a"), "1");
    assertEquals(response.headers.getSetCookie().slice(-2), ["a=1", "b=2"]);
  }
  const failed = await answer(() => {
    throw new Error("Secret");
  }, set);
  assertEquals(failed.headers.get("x-a"), "1");
  assertEquals(await failed.json(), { message: "Internal Server Error" });
});

Deno.test("Context.json() fails cleanly on values without a JSON form", async () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  for (const value of [circular, 1n, undefined]) {
    const response = await answer((c) => c.json(200, value));
    assertEquals(response.status, 500);
    assertEquals(await response.json(), { message: "Internal Server Error" });
  }
});

Deno.test("Context refuses results that are no response", async () => {
  const errors: unknown[] = [];
  const app = new Engine().onError((error, c) => {
    errors.push(error);
    return c.fail(500, "x");
  });
  app.get("/", (() => "text") as unknown as Handler);
  await app.request("/");
  assertEquals(
    String(errors),
    "TypeError: Cannot answer with what a handler returned: got string, want a Response or nothing",
  );
});

Deno.test("Context reads path, query and headers apart", async () => {
  const app = new Engine();
  app.get("/a/:id/*", (c) =>
    c.json({
      path: c.path,
      pattern: c.pattern,
      params: c.params,
      first: c.query("a"),
      all: c.queries("a"),
      none: [c.query("b") === undefined, c.queries("b").length],
      header: c.header("X-A"),
      noHeader: c.header("x-b") === undefined,
      address: c.remoteAddress === undefined,
    }));
  const response = await app.request("/a/1%202/x?a=1&a=%26#frag", {
    headers: { "x-a": "h" },
  });
  assertEquals(await response.json(), {
    path: "/a/1%202/x",
    pattern: "/a/:id/*",
    params: { id: "1 2" },
    first: "1",
    all: ["1", "&"],
    none: [true, 0],
    header: "h",
    noHeader: true,
    address: true,
  });
});

Deno.test("Context.state and params have no prototype", async () => {
  const app = new Engine();
  app.use((c) => {
    c.state["user"] = "gee";
    c.next();
  });
  app.get("/:__proto__", (c) =>
    c.json([
      c.state["user"],
      Object.getPrototypeOf(c.state),
      Object.getPrototypeOf(c.params),
      Object.keys(c.params),
    ]));
  const response = await app.request("/x");
  assertEquals(await response.json(), ["gee", null, null, ["__proto__"]]);
});

Deno.test("Context headers of one request do not reach another by a shared answer", async () => {
  const shared: Record<string, Response> = {
    empty: new Response(null, { status: 204 }),
    ok: new Response(),
    moved: new Response(null, { status: 303, headers: { location: "/" } }),
  };
  const app = new Engine();
  app.get("/:kind/:who", (c) => {
    c.setCookie("session", c.param("who"));
    return shared[c.param("kind")];
  });
  for (const [kind, { status }] of Object.entries(shared)) {
    for (const who of ["alice", "bob"]) {
      const response = await app.request(`/${kind}/${who}`);
      assertEquals(response.status, status);
      const [cookie, ...more] = response.headers.getSetCookie();
      assertEquals(cookie?.startsWith(`session=${who};`), true, cookie);
      assertEquals(more, [], kind);
    }
  }
});

Deno.test("Context.setHeader() refuses a line break at once", async () => {
  await answer((c) => {
    assertThrows(
      () => c.setHeader("x-a", "1\r\nx-b: 2"),
      TypeError,
      'Cannot set header "x-a"',
    );
    return c.string("x");
  });
});

Deno.test("Context.stream() sends chunks and aborts on a late error", async () => {
  const good = await answer((c) =>
    c.stream(
      201,
      async function* () {
        yield "a";
        yield new TextEncoder().encode("b");
      }(),
    )
  );
  assertEquals([good.status, await good.text()], [201, "ab"]);
  const bad = await answer((c) =>
    c.stream(async function* () {
      yield "a";
      throw new Error("Later");
    }())
  );
  assertEquals(bad.status, 200);
  await assertRejects(() => bad.text(), Error, "Later");
});

Deno.test("Context.sse() aborts the signal and returns the iterator when the client leaves", async () => {
  const returned = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  const response = await answer((c) => {
    signal = c.signal;
    return c.sse(async function* () {
      try {
        while (true) yield { data: "tick" };
      } finally {
        returned.resolve();
      }
    }());
  });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("cache-control"), "no-cache");
  const reader = response.body!.getReader(); // an event stream has a body
  assertEquals(
    new TextDecoder().decode((await reader.read()).value),
    "data: tick\n\n",
  );
  assertEquals(signal?.aborted, false);
  await reader.cancel();
  await returned.promise;
  assertEquals(signal?.aborted, true);
});

Deno.test("Context.sse() says that a silent stream is alive", async () => {
  const response = await answer((c) =>
    c.sse({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    }, { keepAlive: 1 })
  );
  const reader = response.body!.getReader(); // an event stream has a body
  assertEquals(
    new TextDecoder().decode((await reader.read()).value),
    ": keep-alive\n\n",
  );
  await reader.cancel();
});

Deno.test("Context.html() takes texts, safe HTML and templates", async () => {
  const app = new Engine().templates({ "x.html": "<i>{{ .x }}</i>" });
  app.get("/text", (c) => c.html("<b>1</b>"));
  app.get("/html", (c) => c.html(201, html`<b>${"<"}</b>`));
  app.get("/template", (c) => c.html("x.html", { x: "<" }));
  app.get("/status", (c) => c.html(202, "x.html", { x: 1 }));
  const ask = async (path: string) => {
    const response = await app.request(path);
    assertEquals(
      response.headers.get("content-type"),
      "text/html; charset=utf-8",
    );
    return [response.status, await response.text()];
  };
  assertEquals(await ask("/text"), [200, "<b>1</b>"]);
  assertEquals(await ask("/html"), [201, "<b>&lt;</b>"]);
  assertEquals(await ask("/template"), [200, "<i>&lt;</i>"]);
  assertEquals(await ask("/status"), [202, "<i>1</i>"]);
});

Deno.test("Context.html() fails cleanly and says why to the log", async () => {
  const errors: string[] = [];
  const engines = [
    new Engine(),
    new Engine().templates({ "x.html": "{{ .x }}" }),
  ];
  for (const app of engines) {
    app.use(recovery({ report: (error) => errors.push(String(error)) }));
    app.get("/missing", (c) => c.html("y.html", {}));
    app.get("/broken", (c) => c.html("x.html", { y: 1 }));
    for (const path of ["/missing", "/broken"]) {
      const response = await app.request(path);
      assertEquals(response.status, 500);
      assertEquals(await response.json(), { message: "Internal Server Error" });
    }
  }
  assertEquals(errors.slice(0, 2), [
    'TypeError: Cannot render template "y.html": the engine has no templates',
    'TypeError: Cannot render template "x.html": the engine has no templates',
  ]);
  assertMatch(errors[2] ?? "", /^RangeError: .*"y.html"/);
  assertMatch(errors[3] ?? "", /^TemplateError: .*x\.html:1:\d/);
});

Deno.test("Context.attachment() names the file to keep", async () => {
  const app = new Engine();
  app.get("/", (c) => c.attachment("na\u00efve.txt").string("x"));
  const response = await app.request("/");
  assertMatch(
    response.headers.get("content-disposition") ?? "",
    /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''na%C3%AFve\.txt$/,
  );
});
