// Copyright 2026 the Gee authors. MIT license.
// Routers side by side: from the URL of a request to the value and all decoded
// parameters. The URLs are fresh flat strings as a server sees them; routers
// that want a path get it cut out, ours reads the URL in place. "compiled" rou3
// generates code from strings, which ours never does.
import findMyWay from "npm:find-my-way@9.10.1";
import { LinearRouter } from "npm:hono@4.13.19/router/linear-router";
import { RegExpRouter } from "npm:hono@4.13.19/router/reg-exp-router";
import { TrieRouter } from "npm:hono@4.13.19/router/trie-router";
import { Memoirist } from "npm:memoirist@1.2.2";
import { addRoute, createRouter, findRoute } from "npm:rou3@1.0.0";
import { compileRouter } from "npm:rou3@1.0.0/compiler";
import { Router } from "../web/mod.ts";
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
/** Makes a router of routes. */
type Make = (routes: readonly Pair[]) => Lookup;

function pathOf(url: string): string {
  const query = url.indexOf("?", ORIGIN.length);
  return url.slice(ORIGIN.length, query === -1 ? url.length : query);
}

function read(params: Readonly<Record<string, string | undefined>>): void {
  for (const name in params) sink += params[name]!.length;
}

/** As the fast ones do it: most values hold no escape. */
function decoded(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}

const gee: Make = (routes) => {
  const router = new Router<number>();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    const match = router.match(method, url, ORIGIN.length)!;
    for (const name of match.names) sink += String(match.param(name)).length;
    sink += match.value;
  };
};

const memoirist: Make = (routes) => {
  const router = new Memoirist<number>();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    const match = router.find(method, pathOf(url))!;
    read(match.params);
    sink += match.store;
  };
};

/** In rou3 a wildcard has two stars; its values come as they are in the path. */
function rou3Of(routes: readonly Pair[]) {
  const router = createRouter<number>();
  for (const [at, [method, path]] of routes.entries()) {
    addRoute(router, method, path.replace(/\*$/, "**"), at);
  }
  return router;
}

function rou3Lookup(
  find: (method: string, path: string) => {
    readonly data: number;
    readonly params?: Record<string, string>;
  } | undefined,
): Lookup {
  return (method, url) => {
    const match = find(method, pathOf(url))!;
    for (const name in match.params) {
      sink += decoded(match.params[name]!).length;
    }
    sink += match.data;
  };
}

const rou3: Make = (routes) => {
  const router = rou3Of(routes);
  return rou3Lookup((method, path) => findRoute(router, method, path));
};

const rou3Compiled: Make = (routes) =>
  rou3Lookup(compileRouter(rou3Of(routes)));

const fastify: Make = (routes) => {
  const router = findMyWay();
  for (const [at, [method, path]] of routes.entries()) {
    router.on(method as "GET", path, () => {}, at);
  }
  return (method, url) => {
    const match = router.find(method as "GET", pathOf(url))!;
    read(match.params);
    sink += match.store as number;
  };
};

interface HonoRouter {
  add(method: string, path: string, handler: number): void;
  match(method: string, path: string): unknown;
}

const hono = (make: () => HonoRouter): Make => (routes) => {
  const router = make();
  for (const [at, [method, path]] of routes.entries()) {
    router.add(method, path, at);
  }
  return (method, url) => {
    // Either pairs with values by index, or pairs with the values themselves.
    const [handlers, values] = router.match(method, pathOf(url)) as [
      [number, Record<string, number | string>][],
      string[] | undefined,
    ];
    const [value, params] = handlers[0]!;
    for (const name in params) {
      const found = params[name]!;
      const text = typeof found === "number" ? values![found]! : found;
      sink += decoded(text).length;
    }
    sink += value;
  };
};

const routers: Readonly<Record<string, Make>> = {
  memoirist,
  gee,
  "rou3 compiled": rou3Compiled,
  "find-my-way": fastify,
  "Hono RegExp": hono(() => new RegExpRouter<number>()),
  rou3,
  "Hono Trie": hono(() => new TrieRouter<number>()),
  "Hono Linear": hono(() => new LinearRouter<number>()),
};

type Measures = Record<string, Measure>;

function lookups(
  load: () => readonly Pair[],
  requestsOf: (routes: readonly Pair[]) => readonly Pair[],
  skipped: readonly string[] = [],
): Measures {
  const measure = (make: Make): Measure => () => {
    const routes = load();
    const find = make(routes);
    // Parsed from JSON, so that no URL is a rope or shares a table entry.
    const urls = JSON.parse(
      JSON.stringify(
        requestsOf(routes).map(([method, path]) => [method, ORIGIN + path]),
      ),
    ) as Pair[];
    return opsPerSecond((count) => {
      for (let at = 0; at < count; at++) {
        const [method, url] = urls[at % urls.length]!;
        find(method, url);
      }
    }, { ...TIMING, count: 10_000 });
  };
  return Object.fromEntries(
    Object.entries(routers).filter(([name]) => !skipped.includes(name))
      .map(([name, make]) => [name, measure(make)]),
  );
}

/** Builds, the first look-up included: some routers build only then. */
function builds(count: number, skipped: readonly string[]): Measures {
  const measure = (make: Make): Measure => () => {
    const routes = grownRoutes(count);
    const [[method, path] = ["", ""]] = requestsFor(routes);
    return opsPerSecond(() => make(routes)(method, ORIGIN + path), {
      ...TIMING,
      count: 1,
    });
  };
  return Object.fromEntries(
    Object.entries(routers).filter(([name]) => !skipped.includes(name))
      .map(([name, make]) => [name, measure(make)]),
  );
}

// Linear is out of the race with many routes; RegExp refuses a parameter
// beside static text at one place, as the grown routes have it.
const few = lookups(() => grownRoutes(10), requestsFor, ["Hono RegExp"]);
const many = lookups(() => grownRoutes(10_000), requestsFor, [
  "Hono RegExp",
  "Hono Linear",
]);

const suites: Suite[] = [
  {
    name: "web_router",
    title: "Router look-ups and builds, speed over memoirist",
    baseline: "memoirist",
    command: COMMAND,
    cells: {
      "Hono's set": lookups(() => HONO_ROUTES, () => HONO_REQUESTS),
      "GitHub API": lookups(githubRoutes, requestsFor),
      "10k routes": many,
      "build 10k": builds(10_000, ["Hono RegExp", "Hono Linear"]),
    },
  },
  {
    name: "web_router_growth",
    title: "Router look-ups, speed with 10,000 routes over speed with 10",
    baseline: "10 routes",
    command: COMMAND,
    cells: Object.fromEntries(
      Object.keys(many).map((name) => [`growth of ${name}`, {
        "10 routes": few[name]!,
        "10k routes": many[name]!,
      }]),
    ),
  },
];

const [flag, wanted = ""] = Deno.args;
for (const suite of suites) {
  if (flag === "--measure" && !(wanted in suite.cells)) continue;
  await runSuite(import.meta, suite);
}
