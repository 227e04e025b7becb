// Copyright 2026 the Gee authors. MIT license.
// What the compiler has to refuse, and what it must not: an error that is not
// there fails the check of this file, and so does one too many.
import { assertEquals, assertRejects } from "@std/assert";
import { z } from "npm:zod@4.6.7";
import { client, ClientError } from "./client.ts";
import {
  jwt,
  rateLimit,
  responseCache,
  session,
  type SessionState,
} from "./middleware/mod.ts";
import {
  defineRoutes,
  defineRoutesFor,
  Engine,
  type Handler,
  type Middleware,
} from "./mod.ts";

interface Login {
  user: string;
}
interface Visits {
  visits: number;
}

const pass: Middleware = (c) => c.next();
const greet: Handler<{ readonly id: number }, Login> = (c) =>
  c.json([c.state.user, c.param("id").toFixed(1)]);
const enter: Handler<object, Login> = (c) => {
  c.state.user = "Tom";
  return c.next();
};

Deno.test("Handlers know the parameters of their pattern and its groups", async () => {
  const app = new Engine();
  const group = app.group("/orgs/:org{int}/:kind{a|b}");
  group.use((c) => {
    const org: number = c.param("org");
    const other: string | number = c.param("id"); // perhaps, further below
    c.setHeader("x-org", `${org}${other}`);
    return c.next();
  });
  group.get("/:id", (c) => {
    const kind: "a" | "b" = c.param("kind");
    const id: string = c.param("id");
    // @ts-expect-error: no such parameter
    const missing: string = c.param("ID");
    // @ts-expect-error: a number is no text
    const text: string = c.param("org");
    return c.json([text, kind, id, missing]);
  });
  app.get("/files/*path", (c) => c.string(c.param("path")));
  const response = await app.request("/orgs/7/a/x");
  assertEquals(await response.json(), [7, "a", "x", ""]);
  assertEquals(response.headers.get("x-org"), "7x");
});

Deno.test("Handlers know the state of their engine", async () => {
  const app = new Engine<Login & SessionState<Visits>>();
  app.use(pass, enter, rateLimit(), responseCache());
  app.get("/", (c) => {
    // @ts-expect-error: nobody leaves that
    void c.state.name;
    // @ts-expect-error: it is a text
    void c.state.user.toFixed;
    const visits: number | undefined = c.state.session?.data.visits;
    return c.json([c.state.user, visits]);
  });
  const group = app.group("/users/:id{int}").use(pass, enter);
  group.get("", pass, enter, greet);
  // @ts-expect-error: the parameter is a text there
  app.get("/texts/:id", greet);
  const counted: Handler<object, Visits> = (c) => c.json(c.state.visits);
  // @ts-expect-error: the engine has no such state
  app.get("/visits", counted);
  assertEquals(await (await app.request("/")).json(), ["Tom", null]);
  const user = await app.request("/users/7");
  assertEquals(await user.json(), ["Tom", "7.0"]);
});

Deno.test("Handlers answer with a response, or nothing", async () => {
  const app = new Engine();
  app.get("/nothing", () => {});
  app.get("/later", async (c) => await Promise.resolve(c.string("later")));
  // @ts-expect-error: a text is no response
  app.get("/text", () => "text");
  // @ts-expect-error: and a promise of an object is none
  app.get("/object", async () => await Promise.resolve({ a: 1 }));
  const statuses = ["/nothing", "/later", "/text", "/object"].map(
    async (path) => (await app.request(path)).status,
  );
  assertEquals(await Promise.all(statuses), [200, 200, 500, 500]);
});

Deno.test("Middleware refuses options that are missing or wrong", () => {
  // @ts-expect-error: algorithms have no default
  const forgotten = () => jwt({ key: "x" });
  // @ts-expect-error: and this one never counts
  const none = () => jwt({ key: "x", algorithms: ["none"] });
  // @ts-expect-error: a slip of the pen
  const slip = () => session({ idleTimout: 1 });
  assertEquals([forgotten, none, slip].length, 3);
});

const routes = defineRoutes({
  "GET /users/:id{int}": {
    query: z.object({ verbose: z.string().optional() }),
    response: z.object({ id: z.number() }),
    handler: ({ params, query }) => ({ id: params.id, ...query }),
  },
  "POST /users": {
    body: z.object({ name: z.string() }),
    handler: ({ body }) => ({ hello: body.name }),
  },
});

Deno.test("A client knows paths, input and answers of the routes", async () => {
  const app = new Engine();
  routes.register(app);
  const api = client<typeof routes>("http://gee", { fetch: app.fetch });
  const { id }: { id: number } = await api("GET /users/:id{int}", {
    params: { id: 7 },
  });
  assertEquals(id, 7);
  const hello = await api("POST /users", { body: { name: "Tom" } });
  // @ts-expect-error: it is a text
  const number: number = hello.hello;
  assertEquals<unknown>(number, "Tom");
  const refused = (call: () => Promise<unknown>) =>
    assertRejects(call, ClientError);
  // @ts-expect-error: a name is missing
  await refused(() => api("POST /users", { body: {} }));
  // @ts-expect-error: the body is missing
  await refused(() => api("POST /users"));
  // @ts-expect-error: no such route
  await refused(() => api("GET /user/:id{int}", { params: { id: 7 } }));
  const text = { id: "x" };
  // @ts-expect-error: the parameter is a number
  await refused(() => api("GET /users/:id{int}", { params: text }));
});

Deno.test("Routes know their input, their answer and their keys", () => {
  const id = z.object({ id: z.number() });
  defineRoutes({
    // @ts-expect-error: the answer does not fit
    "GET /": { response: id, handler: () => ({ id: "1" }) },
    // @ts-expect-error: no such parameter
    "GET /:id": { handler: ({ params }) => params.ID },
    // @ts-expect-error: no such field
    "POST /": { body: id, handler: ({ body }) => body.name },
    // @ts-expect-error: a slip of the pen
    "PUT /": { sumary: "x", handler: () => 1 },
  });
  // @ts-expect-error: methods are in upper case
  const lower = () => defineRoutes({ "get /": { handler: () => 1 } });
  // @ts-expect-error: paths begin with a slash
  const bare = () => defineRoutes({ "GET users": { handler: () => 1 } });
  assertEquals([lower, bare].length, 2);
});

Deno.test("Routes fit engines that have their state, and all when they have none", async () => {
  const app = new Engine<Login>();
  routes.register(app);
  routes.register(app.group("/v1/:tenant{int}"));
  routes.docs(app);
  const mine = defineRoutesFor<Login>()({
    "GET /me": {
      middleware: [pass, enter, (c) => c.next()],
      handler: ({ c }) => c.state.user,
    },
  });
  mine.register(app);
  const other = new Engine<Visits>();
  // @ts-expect-error: there is no user
  mine.register(other);
  mine.docs(other);
  const count: Handler<object, Visits> = (c) => {
    c.state.visits++;
    return c.next();
  };
  defineRoutesFor<Login>()({
    // @ts-expect-error: nobody counts the visits there
    "GET /me": { middleware: [count], handler: () => 1 },
  });
  assertEquals(await (await app.request("/me")).json(), "Tom");
  assertEquals((await app.request("/v1/2/users/7")).status, 200);
});
