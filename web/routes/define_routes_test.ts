// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { z } from "npm:zod@4.6.7";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { defineRoutes, defineRoutesFor } from "./define_routes.ts";

const never = () => {
  throw new Error("Never called");
};

for (
  const [key, message] of [
    [
      "GTE /x",
      'Cannot define route "GTE /x": "GTE" is not a method (did you mean "GET"?)',
    ],
    [
      "get /x",
      'Cannot define route "get /x": "get" is not a method (did you mean "GET"?)',
    ],
    ["* /x", 'Cannot define route "* /x": "*" is not a method'],
    ["/x", 'Cannot define route "/x": "/x" is not a method'],
    [
      "constructor /x",
      'Cannot define route "constructor /x": "constructor" is not a method',
    ],
    [
      "GET users",
      'Cannot define route "GET users": want a path that starts with "/" after the method and one space',
    ],
    [
      "GET  /users",
      'Cannot define route "GET  /users": want a path that starts with "/" after the method and one space',
    ],
    [
      "GET",
      'Cannot define route "GET": want a path that starts with "/" after the method and one space',
    ],
    ["GET /a//b", 'Cannot read pattern "/a//b": it has an empty segment'],
  ] as const
) {
  Deno.test(`defineRoutes() refuses the key "${key}"`, () => {
    // A literal is an error of the compiler too; this key it does not know.
    const routes: Record<string, { handler: () => unknown }> = {
      [key]: { handler: never },
    };
    const error = assertThrows(
      () => defineRoutes(routes),
      SyntaxError,
    );
    assertEquals(error.message, message);
  });
}

Deno.test("defineRoutes() is an error of the compiler for bad keys, options and results", () => {
  const schema = z.object({ id: z.number() });
  assertThrows(() => {
    defineRoutes({
      // @ts-expect-error the method is misspelled
      "GTE /x": { handler: () => 1 },
    });
  }, SyntaxError);
  defineRoutes({
    // @ts-expect-error the option is misspelled
    "GET /x": { sumary: "x", handler: () => 1 },
  });
  defineRoutes({
    "GET /x": {
      response: schema,
      // @ts-expect-error the id is not a number
      handler: () => ({ id: "7" }),
    },
  });
  defineRoutes({
    "GET /x/:id": {
      query: z.object({ a: z.string() }),
      // @ts-expect-error the query has no such member
      handler: ({ query }) => query.b,
    },
  });
  defineRoutes({
    "GET /x/:id": {
      // @ts-expect-error the path has no such parameter
      handler: ({ params }) => params.name,
    },
  });
  assertThrows(() => {
    defineRoutes({
      // @ts-expect-error there is no handler
      "GET /x": { response: schema },
    });
  }, TypeError);
});

Deno.test("defineRoutes() reads literals of a result by the response schema", async () => {
  const sort = z.enum(["asc", "desc"]);
  const routes = defineRoutes({
    "GET /:sort{asc|desc}": {
      response: z.object({ sort }),
      handler: ({ params }) => ({ sort: params.sort }),
    },
    "GET /": {
      response: z.object({ sort }),
      handler: (_) => ({ sort: "asc" }),
    },
    "GET /late": {
      response: z.object({ sort }),
      handler: async (_) => await Promise.resolve({ sort: "asc" }),
    },
  });
  const app = new Engine();
  routes.register(app);
  assertEquals(await (await app.request("/desc")).json(), { sort: "desc" });
  assertEquals(await (await app.request("/")).json(), { sort: "asc" });
  assertEquals(await (await app.request("/late")).json(), { sort: "asc" });
});

for (
  const [reason, route] of [
    ["it has no handler", {}],
    ["it has no handler", { handler: 7 }],
    [
      "its query is not a validator of Standard Schema",
      { handler: never, query: 7 },
    ],
    [
      "its body is not a validator of Standard Schema",
      { handler: never, body: { "~standard": {} } },
    ],
    [
      "its response is not a validator of Standard Schema",
      { handler: never, response: { type: "object" } },
    ],
    ["got status 404, want 200 to 299", { handler: never, status: 404 }],
    ["got status NaN, want 200 to 299", { handler: never, status: NaN }],
    ["got bodyLimit 0, want a positive number", {
      handler: never,
      bodyLimit: 0,
    }],
    ["got timeout -1, want a positive number", { handler: never, timeout: -1 }],
  ] as const
) {
  Deno.test(`defineRoutes() refuses ${JSON.stringify(route)}`, () => {
    const error = assertThrows(
      () =>
        defineRoutes({ "GET /x": route as unknown as { handler: () => 1 } }),
      TypeError,
    );
    assertEquals(error.message, `Cannot define route "GET /x": ${reason}`);
  });
}

Deno.test("Routes.register() answers values, nothing, statuses and responses", async () => {
  const app = new Engine();
  defineRoutes({
    "GET /value": { handler: () => ({ a: 1 }) },
    "GET /null": { handler: () => null },
    "GET /nothing": { handler: () => {} },
    "POST /made": { status: 201, handler: () => "made" },
    "POST /taken": { status: 202, handler: () => undefined },
    "GET /chosen": { handler: ({ c }) => (c.status(203), "chosen") },
    "GET /own": { handler: () => new Response("own", { status: 418 }) },
    "GET /helper": {
      handler: ({ c }) => {
        c.string("helped");
      },
    },
    "GET /late": { handler: () => Promise.resolve([1]) },
    "GET /thrown": {
      handler: () => {
        throw new HttpError(409, "Taken");
      },
    },
    "GET /big": { handler: () => 1n },
  }).register(app);
  const answers: [string, string, number, string][] = [
    ["GET", "/value", 200, '{"a":1}'],
    ["GET", "/null", 200, "null"],
    ["GET", "/nothing", 204, ""],
    ["POST", "/made", 201, '"made"'],
    ["POST", "/taken", 202, ""],
    ["GET", "/chosen", 203, '"chosen"'],
    ["GET", "/own", 418, "own"],
    ["GET", "/helper", 200, "helped"],
    ["GET", "/late", 200, "[1]"],
    ["GET", "/thrown", 409, '{"message":"Taken"}'],
    ["GET", "/big", 500, '{"message":"Internal Server Error"}'],
    ["DELETE", "/value", 405, '{"message":"Method Not Allowed"}'],
  ];
  for (const [method, path, status, text] of answers) {
    const response = await app.request(path, { method });
    assertEquals([path, response.status], [path, status]);
    assertEquals(await response.text(), text);
  }
});

Deno.test("Routes.register() gives parameters as their scanners make them", async () => {
  const app = new Engine();
  const routes = defineRoutes({
    "GET /users/:id{int}/*rest": {
      handler: ({ params }) => [params.id + 1, params.rest],
    },
  });
  routes.register(app.group("/v1"));
  const response = await app.request("/v1/users/41/a/b");
  assertEquals(await response.json(), [42, "a/b"]);
  const missing = await app.request("/v1/users/x/a");
  assertEquals(missing.status, 404);
  await missing.body?.cancel();
});

Deno.test("Routes.register() runs the middleware of a route around its handler alone", async () => {
  const app = new Engine();
  const seen: string[] = [];
  defineRoutes({
    "POST /a": {
      body: z.object({}),
      middleware: [async function guard(c) {
        seen.push("in");
        if (c.header("x-key") === undefined) throw new HttpError(401);
        await c.next();
        seen.push("out");
      }],
      handler: () => void seen.push("handler"),
    },
    "GET /b": { handler: () => "b" },
  }).register(app);
  assertEquals(app.routes()[0]?.middleware, ["guard"]);
  // The guard comes before the body is read, let alone checked.
  const refused = await app.request("/a", { method: "POST", body: "x" });
  assertEquals([refused.status, seen], [401, ["in"]]);
  await refused.body?.cancel();
  const json = { "x-key": "1", "content-type": "application/json" };
  await app.request("/a", { method: "POST", body: "{}", headers: json });
  assertEquals(seen, ["in", "in", "handler", "out"]);
  assertEquals(await (await app.request("/b")).json(), "b");
});

Deno.test("Routes.register() keeps to the limits of a route", async () => {
  const app = new Engine({ bodyLimit: 4 });
  defineRoutes({
    "POST /a": {
      body: z.string(),
      bodyLimit: 8,
      timeout: 1234,
      handler: ({ body, c }) => [body, c.handlerTimeout],
    },
    "POST /b": { body: z.string(), handler: ({ body }) => body },
  }).register(app);
  const post = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const response = await app.request(path, { method: "POST", body, headers });
    return [response.status, await response.json()];
  };
  assertEquals(await post("/a", '"123456"'), [200, ["123456", 1234]]);
  assertEquals((await post("/a", '"1234567"'))[0], 413);
  assertEquals((await post("/b", '"123456"'))[0], 413);
});

Deno.test("Routes.register() answers 503 when the handler is over its timeout", async () => {
  const app = new Engine();
  defineRoutes({
    "GET /never": {
      timeout: 1,
      handler: () => new Promise<string>(() => {}),
    },
  }).register(app);
  const response = await app.request("/never");
  assertEquals(response.status, 503);
  await response.body?.cancel();
});

Deno.test("Routes.register() throws for a route that is there already and an unknown scanner", () => {
  const app = new Engine();
  const routes = defineRoutes({ "GET /a": { handler: () => 1 } });
  routes.register(app);
  assertThrows(() => routes.register(app), TypeError);
  const odd = defineRoutes({ "GET /:a{intt}": { handler: () => 1 } });
  const error = assertThrows(() => odd.register(app), SyntaxError);
  assertMatch(error.message, /did you mean "int"/);
});

Deno.test("Routes.concat() refuses a key that both have", () => {
  const one = defineRoutes({ "GET /a": { handler: () => 1 } });
  const other = defineRoutes({ "GET /a": { handler: () => 2 } });
  const error = assertThrows(() => one.concat(other), TypeError);
  assertEquals(
    error.message,
    'Cannot define route "GET /a": it is there already',
  );
});

Deno.test("validateResponses makes a wrong answer an error that tells where", async () => {
  const definition = {
    response: z.object({ list: z.array(z.object({ id: z.number() })) }),
    handler: () => ({ list: [{ id: "7" }] }) as never,
  };
  for (const validateResponses of [true, false]) {
    const app = new Engine();
    let caught: unknown;
    app.onError((error, c) => {
      caught = error;
      return c.fail(500, "Opaque");
    });
    defineRoutes({ "GET /x": definition }, { validateResponses }).register(app);
    const response = await app.request("/x");
    const body = await response.json();
    if (!validateResponses) {
      assertEquals([response.status, body], [200, { list: [{ id: "7" }] }]);
      continue;
    }
    assertEquals([response.status, body], [500, { message: "Opaque" }]);
    assertInstanceOf(caught, TypeError);
    assertMatch(
      caught.message,
      /^Cannot answer "GET \/x": response\.list\.0\.id does not fit its schema: /,
    );
  }
});

Deno.test("validateResponses changes nothing of a right answer, nor of a response", async () => {
  const response = z.object({ id: z.number() });
  const app = new Engine();
  defineRoutes({
    // The schema would strip what it does not know.
    "GET /value": {
      response,
      handler: () => Promise.resolve({ id: 1, more: 2 }),
    },
    "GET /own": { response, handler: ({ c }) => c.string("own") },
  }, { validateResponses: true }).register(app);
  assertEquals(await (await app.request("/value")).json(), { id: 1, more: 2 });
  assertEquals(await (await app.request("/own")).text(), "own");
});

Deno.test("defineRoutesFor() types the state, and only its engine takes the routes", () => {
  const routes = defineRoutesFor<{ user: string }>()({
    "GET /me": { handler: ({ c }) => c.state.user.length },
    "POST /me": {
      body: z.object({ a: z.number() }),
      handler: ({ body, c }) => [body.a, c.state.user],
    },
  });
  routes.register(new Engine<{ user: string }>());
  // @ts-expect-error this engine has another state
  routes.register(new Engine<{ count: number }>());
});
