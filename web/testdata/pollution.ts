// Copyright 2026 the Gee authors. MIT license.
// Requests that name members of prototypes in every place where names come in.
import * as v from "npm:valibot@1.5.0";
import { defineRoutes, Engine } from "../mod.ts";

const NAMES = ["__proto__", "constructor", "prototype", "__proto__[polluted]"];
const BODIES = [
  '{"__proto__":{"polluted":1}}',
  '{"a":{"__proto__":{"polluted":1}}}',
  '[[{"__proto__":{"polluted":1}}]]',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"a":{"constructor":{"prototype":{"polluted":1}}}}',
  '{"\\u005f_proto__":{"polluted":1}}',
  '{"\\u0063onstructor":{"prototype":{"polluted":1}}}',
  '{"__proto__":null,"polluted":1}',
];

/** How many answers there are. */
export const SOURCES: number = BODIES.length * 2 + NAMES.length * 5;

/** Merges as careless programs do, into objects with a prototype. */
function merge(target: Record<string, unknown>, source: unknown): void {
  if (typeof source !== "object" || source === null) return;
  for (const [key, value] of Object.entries(source)) {
    const old = target[key];
    const isInner = typeof value === "object" && value !== null &&
      (typeof old === "object" || typeof old === "function") && old !== null;
    // The danger itself: a member of a prototype is taken for one's own.
    if (isInner) merge(old as Record<string, unknown>, value);
    else Object.defineProperty(target, key, { value, configurable: true });
  }
}

function engine(): Engine {
  const app = new Engine();
  app.post("/json", async (c) => {
    merge({}, await c.body.json());
    return c.string("ok");
  });
  app.get("/query", (c) => {
    const params = new URL(c.request.url).searchParams;
    for (const name of params.keys()) {
      merge({}, { ...c.params, [name]: c.query(name) });
    }
    return c.json(c.queries("__proto__"));
  });
  app.post("/form", async (c) => {
    for (const [name, value] of await c.body.form()) {
      merge({}, Object.fromEntries([[name, value]]));
    }
    return c.string("ok");
  });
  app.get("/cookie", (c) => {
    merge({}, Object.fromEntries(c.cookies));
    return c.string("ok");
  });
  app.get("/param/:__proto__/:constructor", (c) => {
    merge({}, c.params);
    return c.json(c.params);
  });
  app.get("/state/:name", (c) => {
    // A program that keeps things under names of clients.
    (c.state as Record<string, unknown>)[c.param("name")] = { polluted: 1 };
    return c.string("ok");
  });
  defineRoutes({
    "POST /route": {
      body: v.looseObject({}),
      handler: ({ body }) => {
        merge({}, body);
        return null;
      },
    },
  }).register(app);
  return app;
}

/** Sends them all; gives what each was, and the status of its answer. */
export async function pollute(): Promise<[what: string, status: number][]> {
  const app = engine();
  const statuses: [string, number][] = [];
  const send = async (what: string, path: string, init?: RequestInit) => {
    const response = await app.request(path, init);
    await response.body?.cancel();
    statuses.push([what, response.status]);
  };
  const method = "POST";
  const headers = { "content-type": "application/json" };
  for (const body of BODIES) {
    await send(`json ${body}`, "/json", { method, headers, body });
    await send(`route ${body}`, "/route", { method, headers, body });
  }
  for (const name of NAMES) {
    const pair = `${encodeURIComponent(name)}=polluted`;
    await send(`query ${name}`, `/query?${pair}&${pair}`);
    await send(`cookie ${name}`, "/cookie", {
      headers: { cookie: `${name.replaceAll(/[[\]]/g, "")}=polluted` },
    });
    await send(`param ${name}`, `/param/${name}/polluted`);
    await send(`state ${name}`, `/state/${name}`);
    const body = new FormData();
    body.append(name, "polluted");
    body.append(name, new Blob(["x"]), name);
    await send(`form ${name}`, "/form", { method, body });
  }
  return statuses;
}
