// Copyright 2026 the Gee authors. MIT license.
// The router and the request path of `web` beside their peers.
//
// Router cells: from the URL of a request to the value and all decoded
// parameters. The URLs are fresh flat strings as a server sees them; routers
// that want a path get it cut out, ours reads the URL in place. Fetch cells: a
// prepared request through `fetch`, without a socket. HTTP cells: requests per
// second of the server's processor time under `wrk` over loopback, one server
// at a time (requests per second swing twice as much on shared cores); left out
// with a word where `wrk` or Linux is missing.
import { Hono } from "npm:hono@4.10.6";
import { RegExpRouter } from "npm:hono@4.10.6/router/reg-exp-router";
import { Memoirist } from "npm:memoirist@0.4.0";
import { Engine, Router } from "../web/mod.ts";
import { type Measure, opsPerSecond, runSuite, type Suite } from "./suite.ts";
import {
  githubRoutes,
  grownRoutes,
  HONO_REQUESTS,
  HONO_ROUTES,
  type Pair,
  requestsFor,
} from "./web_routes.ts";

const ORIGIN = "http://127.0.0.1:8000";
const COMMAND = "deno task bench:web";
const TIMING = { warmup: 500, ms: 400 };

let sink = 0;

/** What one look-up does: find the route and read every parameter. */
type Lookup = (method: string, url: string) => void;

function lookups(
  load: () => readonly Pair[],
  requestsOf: (routes: readonly Pair[]) => readonly Pair[] = requestsFor,
) {
  const measure =
    (make: (routes: readonly Pair[]) => Lookup): Measure => () => {
      const routes = load();
      const requests = requestsOf(routes);
      const find = make(routes);
      // Parsed from JSON, so that no URL is a rope or shares a table entry.
      const urls = JSON.parse(
        JSON.stringify(
          requests.map(([method, path]) => [method, ORIGIN + path]),
        ),
      ) as Pair[];
      return opsPerSecond((count) => {
        for (let at = 0; at < count; at++) {
          const [method, url] = urls[at % urls.length]!;
          find(method, url);
        }
      }, { ...TIMING, count: 10_000 });
    };
  return {
    reference: measure(memoirist),
    gee: measure(gee),
    hono: measure(honoRouter),
  };
}

function pathOf(url: string): string {
  const query = url.indexOf("?", ORIGIN.length);
  return url.slice(ORIGIN.length, query === -1 ? url.length : query);
}

function gee(routes: readonly Pair[]): Lookup {
  const router = new Router<number>();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    const match = router.match(method, url, ORIGIN.length)!;
    for (const name of match.names) sink += String(match.param(name)).length;
    sink += match.value;
  };
}

function memoirist(routes: readonly Pair[]): Lookup {
  const router = new Memoirist<number>();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    const match = router.find(method, pathOf(url))!;
    for (const name in match.params) sink += match.params[name]!.length;
    sink += match.store;
  };
}

function honoRouter(routes: readonly Pair[]): Lookup {
  const router = new RegExpRouter<number>();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    const [handlers, values] = router.match(method, pathOf(url));
    const [value, params] = handlers[0]!;
    for (const name in params) {
      const index = (params as Record<string, number>)[name]!;
      sink += decodeURIComponent((values as string[])[index]!).length;
    }
    sink += value as number;
  };
}

function builds(make: (routes: readonly Pair[]) => Lookup): Measure {
  return () => {
    const routes = grownRoutes(10_000);
    return opsPerSecond(() => void make(routes), { ...TIMING, count: 1 });
  };
}

type Fetch = (request: Request) => Response | Promise<Response>;

const CASES = {
  text: "/",
  "param JSON": "/user/12345",
  "three async layers": "/layers/x",
  "three sync layers": "/sync/x",
  "404": "/nope",
} as const;

const apps: Readonly<Record<string, () => Fetch>> = {
  reference: () => handWritten,
  gee: () => {
    const app = new Engine();
    app.get("/", (c) => c.string("Hello"));
    app.get("/user/:id", (c) => c.json({ id: c.param("id") }));
    const layers = app.group("/layers");
    for (let layer = 0; layer < 3; layer++) {
      layers.use(async (c) => void await c.next());
    }
    layers.get("/x", (c) => c.string("Hello"));
    const sync = app.group("/sync");
    for (let layer = 0; layer < 3; layer++) sync.use((c) => void c.next());
    sync.get("/x", (c) => c.string("Hello"));
    return app.fetch;
  },
  hono: () => {
    const app = new Hono();
    app.get("/", (c) => c.text("Hello"));
    app.get("/user/:id", (c) => c.json({ id: c.req.param("id") }));
    for (let layer = 0; layer < 3; layer++) {
      app.use("/layers/*", async (_, next) => await next());
    }
    app.get("/layers/x", (c) => c.text("Hello"));
    // Its next() is always a promise; handing that on is the least it can do.
    for (let layer = 0; layer < 3; layer++) {
      app.use("/sync/*", (_, next) => next());
    }
    app.get("/sync/x", (c) => c.text("Hello"));
    return (request) => app.fetch(request);
  },
};

function handWritten(request: Request): Response {
  const path = request.url.slice(request.url.indexOf("/", 8));
  if (path === "/" || path.endsWith("/x")) return new Response("Hello");
  if (path.startsWith("/user/")) return Response.json({ id: path.slice(6) });
  return Response.json({ message: "Not Found" }, { status: 404 });
}

function fetches(path: string): Record<string, Measure> {
  const measure = (make: () => Fetch): Measure => () => {
    const fetch = make();
    const request = new Request(ORIGIN + path);
    return opsPerSecond(async (count) => {
      for (let at = 0; at < count; at++) {
        const response = fetch(request);
        if (response instanceof Promise) await response;
      }
    }, TIMING);
  };
  return Object.fromEntries(
    Object.entries(apps).map(([name, make]) => [name, measure(make)]),
  );
}

/** Requests per second of processor time of a server in a child process. */
async function load(app: string, path: string): Promise<number> {
  await using server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.url, "--serve", app],
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = (await reader.read()).value?.trim();
  const wrk = async () => {
    const { stdout } = await new Deno.Command("wrk", {
      args: ["-t1", "-c32", "-d1s", `http://127.0.0.1:${port}${path}`],
    }).output();
    const text = new TextDecoder().decode(stdout);
    return Number(/(\d+) requests in/.exec(text)?.[1]);
  };
  await wrk();
  const start = await cpuSeconds(server.pid);
  const requests = await wrk();
  const speed = requests / (await cpuSeconds(server.pid) - start);
  server.kill();
  await reader.cancel();
  return speed;
}

/** User and system time as Linux accounts for it, in its ticks of 10 ms. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["-v"] }).output();
    await Deno.stat("/proc/self/stat");
    return true;
  } catch {
    return false;
  }
}

const suites: Suite[] = [
  {
    name: "web_router",
    title: "Router look-ups and builds, speed over memoirist",
    baseline: "reference",
    command: COMMAND,
    cells: {
      "Hono's set": lookups(() => HONO_ROUTES, () => HONO_REQUESTS),
      "GitHub API": lookups(githubRoutes),
      "10k routes": lookups(() => grownRoutes(10_000)),
      "build 10k": { reference: builds(memoirist), gee: builds(gee) },
    },
  },
  {
    name: "web_fetch",
    rounds: 3,
    title: "Requests without a socket, speed over a hand-written function",
    baseline: "reference",
    command: COMMAND,
    cells: Object.fromEntries(
      Object.entries(CASES).map(([name, path]) => [name, fetches(path)]),
    ),
  },
  {
    name: "web_http",
    title:
      "Requests over loopback per processor time, over a hand-written Deno.serve",
    baseline: "reference",
    command: COMMAND,
    rounds: 5,
    cells: Object.fromEntries(
      Object.entries(CASES).map(([name, path]) => [
        `HTTP ${name}`,
        Object.fromEntries(
          Object.keys(apps).map((app) => [app, () => load(app, path)]),
        ),
      ]),
    ),
  },
];

const [flag, wanted = ""] = Deno.args;
if (flag === "--serve") {
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => console.log(port),
  }, apps[wanted]!());
} else {
  for (const suite of suites) {
    if (flag === "--measure" && !(wanted in suite.cells)) continue;
    if (suite.name === "web_http" && !await hasWrk()) {
      console.error('Skipped the HTTP cells: they need "wrk" and Linux');
      continue;
    }
    await runSuite(import.meta, suite);
  }
}
