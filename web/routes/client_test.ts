// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { z } from "npm:zod@4.6.7";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { client } from "./client.ts";
import { ClientError } from "./client_error.ts";
import { defineRoutes } from "./define_routes.ts";

const routes = defineRoutes({
  "GET /users/:id{int}": {
    query: z.object({ verbose: z.stringbool().optional() }),
    response: z.object({ id: z.number(), name: z.string() }),
    handler: ({ params, query }) => ({
      id: params.id,
      name: query.verbose ? "Thomas" : "Tom",
    }),
  },
  "POST /users": {
    body: z.object({ name: z.string().min(2) }),
    status: 201,
    handler: ({ body }) => ({ made: body.name, at: new Date(0) }),
  },
  "POST /forms": {
    body: z.object({ name: z.string(), file: z.instanceof(File) }),
    accepts: ["form"],
    handler: async ({ body }) => [body.name, await body.file.text()],
  },
  "GET /echo/:text": { handler: ({ params }) => params.text },
  "GET /rest/*rest": { handler: ({ c }) => c.segments("rest") },
  "GET /search": {
    query: z.object({
      tag: z.array(z.string()),
      n: z.coerce.number().optional(),
      at: z.any(),
    }),
    lists: ["tag"],
    handler: ({ query }) => query,
  },
  "DELETE /nothing": { handler: () => {} },
  "GET /text": { handler: ({ c }) => c.string("plain") },
  "GET /bytes": {
    handler: ({ c }) => c.data(new Uint8Array([1, 2])),
  },
  "GET /headers": {
    handler: ({ c }) => [c.header("x-a"), c.header("x-b"), c.header("accept")],
  },
  "GET /conflict": {
    handler: () => {
      throw new HttpError(409, "Taken", { details: { by: "Sam" } });
    },
  },
  "GET /never": { handler: () => new Promise<string>(() => {}) },
});

function setUp() {
  const app = new Engine();
  routes.register(app);
  return client<typeof routes>("http://localhost", { fetch: app.fetch });
}

Deno.test("client() sends parameters, query and body and gives typed values", async () => {
  const api = setUp();
  const plain: { id: number; name: string } = await api("GET /users/:id{int}", {
    params: { id: 7 },
  });
  assertEquals(plain, { id: 7, name: "Tom" });
  const verbose = await api("GET /users/:id{int}", {
    params: { id: 7 },
    query: { verbose: "yes" },
  });
  assertEquals(verbose.name, "Thomas");
  const made = await api("POST /users", { body: { name: "Tom" } });
  const at: string = made.at;
  assertEquals([made.made, at], ["Tom", "1970-01-01T00:00:00.000Z"]);
  const nothing: undefined = await api("DELETE /nothing");
  assertEquals(nothing, undefined);
  const text: unknown = await api("GET /text");
  assertEquals(text, "plain");
  assertEquals(await api("GET /bytes"), new Uint8Array([1, 2]));
});

Deno.test("client() is an error of the compiler for wrong keys, parameters and bodies", () => {
  // Only the compiler sees this function: it is never called.
  const wrong = async (api: ReturnType<typeof setUp>) => {
    // @ts-expect-error there is no such route
    await api("GET /nope", {});
    // @ts-expect-error the parameter is a number
    await api("GET /users/:id{int}", { params: { id: "7" } });
    // @ts-expect-error the parameter is missing
    await api("GET /users/:id{int}");
    // @ts-expect-error the body is missing
    await api("POST /users");
    // @ts-expect-error the body has another type
    await api("POST /users", { body: { name: 7 } });
    const params = { id: 7 };
    // @ts-expect-error the query is what its schema takes, not what it makes
    await api("GET /users/:id{int}", { params, query: { verbose: true } });
    // @ts-expect-error the route takes no body
    await api("GET /echo/:text", { params: { text: "x" }, body: {} });
    const { name } = await api("GET /users/:id{int}", { params });
    // @ts-expect-error the answer is not a number
    return name.toFixed();
  };
  assertEquals(typeof wrong, "function");
});

for (
  const text of ["a", "a/b", "é ?#%2F&=", "😀", "...", "a\\b", ":x", "{y}"]
) {
  Deno.test(`client() sends the parameter "${text}" as one segment`, async () => {
    const api = setUp();
    assertEquals(await api("GET /echo/:text", { params: { text } }), text);
  });
}

for (const text of ["", ".", ".."]) {
  Deno.test(`client() refuses the parameter "${text}", which would be another path`, async () => {
    const api = setUp();
    const error = await assertRejects(
      () => api("GET /echo/:text", { params: { text } }),
      TypeError,
    );
    assertEquals(
      error.message,
      `Cannot call "GET /echo/:text": the parameter "text" is "${text}", which cannot stand in a path`,
    );
    await assertRejects(
      () => api("GET /rest/*rest", { params: { rest: `a/${text}/b` } }),
      TypeError,
      'the parameter "rest"',
    );
  });
}

Deno.test("client() keeps the slashes of a wildcard and encodes the rest", async () => {
  const api = setUp();
  const params = { rest: "a b/c?d/%2F" };
  assertEquals(await api("GET /rest/*rest", { params }), ["a b", "c?d", "%2F"]);
});

Deno.test("client() repeats lists of a query and leaves out what is undefined", async () => {
  const urls: string[] = [];
  const api = client<typeof routes>(new URL("http://localhost/v1/"), {
    fetch: ({ url }) => {
      urls.push(url);
      return Response.json([]);
    },
  });
  await api("GET /search", {
    query: { tag: ["a&b", "c"], n: undefined, at: new Date(0) },
  });
  await api("GET /search", { query: { tag: [], at: null } });
  assertEquals(urls, [
    "http://localhost/v1/search?tag=a%26b&tag=c&at=1970-01-01T00%3A00%3A00.000Z",
    "http://localhost/v1/search",
  ]);
});

Deno.test("client() sends a form as it is", async () => {
  const api = setUp();
  const body = new FormData();
  body.append("name", "Tom");
  body.append("file", new File(["content"], "x.txt"));
  assertEquals(await api("POST /forms", { body }), ["Tom", "content"]);
});

Deno.test("client() joins headers, those of the call before those of all calls", async () => {
  const app = new Engine();
  routes.register(app);
  let count = 0;
  const api = client<typeof routes>("http://localhost", {
    fetch: app.fetch,
    headers: () => Promise.resolve({ "x-a": `all ${++count}`, "x-b": "all" }),
  });
  assertEquals(await api("GET /headers"), ["all 1", "all", "application/json"]);
  const headers = { "X-B": "one", accept: "*/*" };
  assertEquals(await api("GET /headers", { headers }), ["all 2", "one", "*/*"]);
});

Deno.test("client() rejects with what the server says", async () => {
  const api = setUp();
  const taken = await assertRejects(() => api("GET /conflict"), ClientError);
  assertEquals([taken.name, taken.status, taken.message], [
    "ClientError",
    409,
    "Taken",
  ]);
  assertEquals((taken.body as { by: string }).by, "Sam");
  assertEquals(taken.issues, []);
  const invalid = await assertRejects(
    () => api("POST /users", { body: { name: "T" } }),
    ClientError,
  );
  assertEquals(invalid.status, 422);
  assertEquals(invalid.issues.map(({ in: place, path }) => [place, path]), [
    ["body", ["name"]],
  ]);
  assertEquals(invalid.response.status, 422);
});

const json = { headers: { "content-type": "application/json" } };
for (
  const [status, body, init, message, issues] of [
    [502, "<h1>", { statusText: "Bad" }, "Bad", 0],
    [502, null, {}, "The server answered 502", 0],
    [400, '{"message":7}', json, "The server answered 400", 0],
    [400, "null", json, "The server answered 400", 0],
    [400, "{", json, "The server answered 400", 0],
    [
      422,
      '{"title":"T","issues":[null,{},{"in":"body","path":[],"message":"m"},{"in":"x","path":[],"message":""}]}',
      json,
      "T",
      1,
    ],
    [200, "{", json, "Cannot read the answer: it is not valid JSON", 0],
  ] as const
) {
  Deno.test(`client() rejects a ${status} of ${body} with "${message}"`, async () => {
    const api = client<typeof routes>("http://localhost", {
      fetch: () => new Response(body, { status, ...init }),
    });
    const error = await assertRejects(() => api("GET /text"), ClientError);
    assertEquals([error.status, error.message], [status, message]);
    assertEquals(error.issues.length, issues);
  });
}

Deno.test("client() rejects with the reason of either signal", async () => {
  const before = AbortSignal.abort(new Error("before"));
  const never = client<typeof routes>("http://localhost", {
    fetch: () => {
      throw new Error("Never called");
    },
    signal: before,
  });
  await assertRejects(() => never("GET /text"), Error, "before");

  const app = new Engine();
  routes.register(app);
  await using server = app.run({ port: 0 });
  const base = `http://127.0.0.1:${server.addr.port}`;
  const all = new AbortController();
  const one = new AbortController();
  const api = client<typeof routes>(base, { signal: all.signal });
  const first = assertRejects(
    () => api("GET /never", { signal: one.signal }),
    Error,
    "of one",
  );
  one.abort(new Error("of one"));
  await first;
  const second = assertRejects(() => api("GET /never"), Error, "of all");
  all.abort(new Error("of all"));
  await second;
});

Deno.test("client() rejects as fetch does when nobody answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const api = client<typeof routes>(`http://127.0.0.1:${port}`);
  const error = await assertRejects(() => api("GET /text"), TypeError);
  assert(!(error instanceof ClientError));
});

Deno.test("client() refuses a base that is no place for paths", () => {
  for (const base of ["http://localhost/?a=1", "http://localhost#x"]) {
    const error = assertThrows(() => client<typeof routes>(base), TypeError);
    assertEquals(
      error.message,
      `Cannot make a client for "${base}": want a URL without query and fragment`,
    );
  }
});

Deno.test("The entry of the client loads nothing of the server", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../client.ts", import.meta.url).href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: { code?: { specifier: string } }[];
    }[];
  };
  // Types alone are gone when it runs: what is left is what `code` leads to.
  const loaded = new Set<string>();
  const walk = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    const found = modules.find((module) => module.specifier === specifier);
    for (const { code } of found?.dependencies ?? []) {
      if (code !== undefined) walk(code.specifier);
    }
  };
  walk(new URL("../client.ts", import.meta.url).href);
  const root = new URL("..", import.meta.url).href;
  assertEquals([...loaded].map((url) => url.slice(root.length)).sort(), [
    "client.ts",
    "routes/client.ts",
    "routes/client_error.ts",
  ]);
});
