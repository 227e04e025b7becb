// Copyright 2026 the Gee authors. MIT license.
// The servers of `web_http.ts`: the same answers by each framework as its own
// documentation says, and by hand. `deno run -A bench/web_servers.ts NAME
// FOLDER` serves one and prints its port.
import { Elysia } from "npm:elysia@1.4.30";
import untypedExpress from "npm:express@5.3.0";
import { H3, serveStatic as h3Static } from "npm:h3@2.0.8";
import { Hono } from "npm:hono@4.13.19";
import { serveStatic } from "npm:hono@4.13.19/deno";
import { Engine } from "../web/mod.ts";

/** What is used of Express, whose types bring those of Node for everything. */
interface ExpressApp {
  get(
    path: string,
    handle: (req: ExpressRequest, res: ExpressResponse) => void,
  ): void;
  use(path: string, handle: unknown): void;
  listen(port: number, host: string, done: () => void): { address(): unknown };
}
interface ExpressRequest {
  readonly params: Readonly<Record<string, string>>;
}
interface ExpressResponse {
  type(name: string): ExpressResponse;
  send(text: string): void;
  json(value: unknown): void;
}
const express = untypedExpress as unknown as {
  (): ExpressApp;
  static(folder: string): unknown;
};

type Fetch = (request: Request) => Response | Promise<Response>;

/** What is asked for. */
export const CASES = {
  text: "/",
  "param JSON": "/user/12345",
  "three async layers": "/layers/x",
  "three sync layers": "/sync/x",
  "404": "/nope",
  "static 10 KB": "/files/10k.txt",
  "static 10 MB": "/files/10m.bin",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  "10k.txt": "text/plain; charset=utf-8",
  "10m.bin": "application/octet-stream",
};

/** Each framework as a function of a request; Express brings a server. */
export const apps: Readonly<Record<string, (folder: string) => Fetch>> = {
  reference: (folder) => async (request) => {
    const path = request.url.slice(request.url.indexOf("/", 8));
    if (path === "/" || path.endsWith("/x")) return new Response("Hello");
    if (path.startsWith("/user/")) return Response.json({ id: path.slice(6) });
    if (path.startsWith("/files/")) {
      const name = path.slice(7);
      const file = await Deno.open(`${folder}/${name}`);
      return new Response(file.readable, {
        headers: { "content-type": TYPES[name]! },
      });
    }
    return Response.json({ message: "Not Found" }, { status: 404 });
  },
  gee: (folder) => geeApp(folder, new Engine()),
  "gee, trustHost": (folder) => geeApp(folder, new Engine({ trustHost: true })),
  "gee, no cache": (folder) => {
    const app = new Engine();
    app.static("/files", folder, { cacheBytes: 0 });
    return app.fetch;
  },
  hono: (folder) => {
    const app = new Hono();
    app.get("/", (c) => c.text("Hello"));
    app.get("/user/:id", (c) => c.json({ id: c.req.param("id") }));
    for (let layer = 0; layer < 3; layer++) {
      app.use("/layers/*", async (_, next) => await next());
      // Its next() is always a promise; handing that on is the least it can do.
      app.use("/sync/*", (_, next) => next());
    }
    app.get("/layers/x", (c) => c.text("Hello"));
    app.get("/sync/x", (c) => c.text("Hello"));
    app.use(
      "/files/*",
      serveStatic({
        root: folder,
        rewriteRequestPath: (path) => path.replace("/files", ""),
      }),
    );
    return (request) => app.fetch(request);
  },
  h3: (folder) => {
    const app = new H3();
    app.get("/", () => "Hello");
    app.get("/user/:id", (event) => ({ id: event.context.params!.id }));
    for (let layer = 0; layer < 3; layer++) {
      app.use("/layers/**", async (_, next) => await next());
      app.use("/sync/**", (_, next) => next());
    }
    app.get("/layers/x", () => "Hello");
    app.get("/sync/x", () => "Hello");
    app.get("/files/:name", (event) =>
      h3Static(event, {
        getMeta: async () => {
          const { size, mtime } = await Deno.stat(
            `${folder}/${event.context.params!.name}`,
          );
          return { size, mtime: mtime!.getTime() };
        },
        getContents: async () =>
          (await Deno.open(`${folder}/${event.context.params!.name}`)).readable,
      }));
    return (request) => app.fetch(request);
  },
  elysia: () => {
    const layer = () => {};
    const asyncLayer = async () => await undefined;
    const app = new Elysia()
      .get("/", () => "Hello")
      .get("/user/:id", ({ params }) => ({ id: params.id }))
      .group(
        "/layers",
        (group) =>
          group.onBeforeHandle([asyncLayer, asyncLayer, asyncLayer])
            .get("/x", () => "Hello"),
      )
      .group(
        "/sync",
        (group) =>
          group.onBeforeHandle([layer, layer, layer]).get("/x", () => "Hello"),
      );
    return (request) => app.fetch(request);
  },
};

function geeApp(folder: string, app: Engine): Fetch {
  app.get("/", (c) => c.string("Hello"));
  app.get("/user/:id", (c) => c.json({ id: c.param("id") }));
  const layers = app.group("/layers");
  const sync = app.group("/sync");
  for (let layer = 0; layer < 3; layer++) {
    layers.use(async (c) => void await c.next());
    sync.use((c) => void c.next());
  }
  layers.get("/x", (c) => c.string("Hello"));
  sync.get("/x", (c) => c.string("Hello"));
  app.static("/files", folder);
  return app.fetch;
}

function serveExpress(folder: string): void {
  const app = express();
  app.get("/", (_, res) => void res.type("text").send("Hello"));
  app.get("/user/:id", (req, res) => void res.json({ id: req.params.id }));
  for (let layer = 0; layer < 3; layer++) {
    const wait = async (
      _: unknown,
      __: unknown,
      next: (_: undefined) => void,
    ) => next(await undefined);
    app.use("/layers", wait);
    app.use("/sync", (_: unknown, __: unknown, next: () => void) => next());
  }
  app.get("/layers/x", (_, res) => void res.type("text").send("Hello"));
  app.get("/sync/x", (_, res) => void res.type("text").send("Hello"));
  app.use("/files", express.static(folder));
  const server = app.listen(0, "127.0.0.1", () => {
    console.log((server.address() as { port: number }).port);
  });
}

if (import.meta.main) {
  const [name = "", folder = "."] = Deno.args;
  if (name === "express") serveExpress(folder);
  else {
    Deno.serve({
      port: 0,
      hostname: "127.0.0.1",
      onListen: ({ port }) => console.log(port),
    }, apps[name]!(folder));
  }
}
