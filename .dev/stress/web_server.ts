// Copyright 2026 the Gee authors. MIT license.
// The server under stress, in a process of its own: `gee`, or `raw`, a
// hand-written `Deno.serve` to compare with; `logged` has the logger, `traced`
// tells by a header which route answered. It prints its port, and answers
// `/stats` in all of them.
import { Engine } from "../../web/mod.ts";

const [kind = "gee", options = "{}"] = Deno.args;
let unhandled = 0;
let reached = 0;
for (const name of ["unhandledrejection", "error"]) {
  globalThis.addEventListener(name, (event) => {
    unhandled++;
    event.preventDefault();
  });
}

function stats(): Response {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = Deno.memoryUsage();
  return Response.json({ heapUsed, rss, unhandled, reached });
}

async function raw(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path === "/stats") return stats();
  if (path === "/ping") return new Response("pong");
  if (path === "/json") {
    reached++;
    return Response.json(await request.json());
  }
  if (path.startsWith("/users/")) {
    return Response.json({ id: Number(path.slice(7)) });
  }
  if (path === "/never") return await new Promise(() => {});
  return new Response("Not Found", { status: 404 });
}

function gee(): Engine {
  const app = kind === "logged"
    ? Engine.default(JSON.parse(options))
    : new Engine(JSON.parse(options));
  if (kind === "traced") {
    app.use((c) => c.setHeader("x-route", c.pattern ?? "none").next());
  }
  app.get("/stats", stats);
  app.get("/ping", (c) => c.string("pong"));
  app.post("/json", async (c) => {
    reached++;
    return c.json(await c.body.json());
  });
  app.post("/upload", async (c) => c.json((await c.body.bytes()).length));
  app.post("/form", async (c) => c.json(await c.postForm("name") ?? null));
  app.get("/never", () => new Promise<Response>(() => {}));
  app.get("/slow/:ms{int}", async (c) => {
    await new Promise((resolve) => setTimeout(resolve, c.param("ms")));
    return c.string("done");
  });
  app.get("/throw", () => {
    throw new Error("SECRET of the house");
  });
  app.get("/users/:id{int}", (c) => c.json(c.params));
  app.get("/users/:name/*rest", (c) => c.json(c.params));
  app.get("/events", (c) =>
    c.sse(async function* () {
      yield { data: "1" };
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield { data: "2" };
    }));
  app.static("/files", new URL("../../web", import.meta.url));
  return app;
}

if (kind === "raw") {
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => console.log(port),
  }, raw);
} else {
  const server = gee().run({ port: 0, drainTimeout: 2000 });
  console.log(server.addr.port);
  await server.finished;
  console.log("closed");
}
