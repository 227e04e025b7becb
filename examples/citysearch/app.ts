// Copyright 2026 the Gee authors. MIT license.
// The web side: the page, the API and the live figures.

import type { Engine as Database } from "../../orm/mod.ts";
import { type Context, Engine } from "../../web/mod.ts";
import { cities, denied } from "./database.ts";
import { DenyList, MAX_PATTERNS } from "./deny_list.ts";
import type { Answer, Gateway, Served } from "./gateway.ts";
import { landSvg } from "./map.ts";
import { renderPage } from "./page.ts";
import { countryName } from "./shard.ts";

/** What the app is made of. */
export interface AppOptions {
  readonly gateway: Gateway;
  readonly database: Database;
  /** Engine to add the routes to; tests leave the logger out. */
  readonly engine?: Engine;
}

const DEFAULT_LIMIT = 8;
const MAX_LIMIT = 50;
const MAX_QUERY = 100;

/** Makes the web engine with all routes of citysearch. */
export async function createApp(
  { gateway, database, engine: app = new Engine() }: AppOptions,
): Promise<Engine> {
  const land = new TextEncoder().encode(await landSvg());
  app.use(secure);
  app.get("/", (c) => page(c, gateway));
  app.get("/search", (c) => page(c, gateway));
  app.get("/map.svg", (c) => {
    c.setHeader("content-type", "image/svg+xml");
    c.setHeader("cache-control", "public, max-age=86400");
    return c.data(land);
  });
  app.get("/healthz", (c) => c.string("ok"));

  const api = app.group("/api");
  api.get("/suggest", (c) => suggest(c, gateway));
  api.get("/city/:id", (c) => city(c, database, c.param("id")));
  api.get("/stats", async (c) => c.json(await figures(gateway)));
  api.get("/events", (c) => c.sse(ticks(gateway, c.signal)));
  api.post(
    "/rebuild",
    sameOrigin,
    async (c) => c.json({ version: await gateway.rebuild() }),
  );
  api.get(
    "/deny",
    async (c) => c.json({ patterns: await readDenied(database) }),
  );
  api.post("/deny", sameOrigin, (c) => deny(c, gateway, database));
  api.delete("/deny", sameOrigin, (c) => allow(c, gateway, database));
  return app;
}

/** The patterns of the deny list, sorted. */
export async function readDenied(database: Database): Promise<string[]> {
  const rows = await database.session().model(denied).orderBy("pattern").find();
  return rows.map(({ pattern }) => pattern);
}

function secure(c: Context): Response | Promise<Response> {
  c.setHeader("x-content-type-options", "nosniff");
  c.setHeader("referrer-policy", "no-referrer");
  return c.next();
}

/** Lets pages of this site change things, and programs that are no browsers. */
function sameOrigin(c: Context): Response | Promise<Response> {
  const site = c.header("sec-fetch-site");
  const origin = c.header("origin");
  const isOwn = site === undefined
    ? true
    : site === "same-origin" || site === "none";
  const isOwnOrigin = origin === undefined ||
    origin === new URL(c.request.url).origin;
  return isOwn && isOwnOrigin
    ? c.next()
    : c.fail(403, "Only pages of this site may do that");
}

async function suggest(c: Context, gateway: Gateway): Promise<Response> {
  const start = performance.now();
  const query = c.query("q") ?? "";
  const limit = Number(c.query("k") ?? DEFAULT_LIMIT);
  if (query.length > MAX_QUERY) {
    return c.fail(400, `"q" is longer than ${MAX_QUERY} characters`);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return c.fail(400, `"k" must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  const served = await gateway.suggest(query, limit, c.signal);
  const etag = await etagOf(served.json);
  c.setHeader("server-timing", serverTiming(served, performance.now() - start));
  c.setHeader("cache-control", "private, max-age=30");
  c.setHeader("etag", etag);
  if (c.header("if-none-match") === etag) {
    return new Response(null, { status: 304 });
  }
  c.setHeader("content-type", "application/json");
  return c.string(served.json);
}

function serverTiming({ isHit, timing }: Served, total: number): string {
  const parts = isHit ? ["cache;desc=hit"] : [
    "cache;desc=miss",
    `rpc;dur=${timing.rpc.toFixed(2)}`,
    `trie;dur=${timing.trie.toFixed(2)}`,
  ];
  return [...parts, `total;dur=${total.toFixed(2)}`].join(", ");
}

async function etagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-1",
    new TextEncoder().encode(text),
  );
  return `"${new Uint8Array(digest).toHex().slice(0, 16)}"`;
}

async function city(
  c: Context,
  database: Database,
  id: string,
): Promise<Response> {
  if (!/^\d{1,15}$/.test(id)) {
    return c.fail(400, "The id of a city is a whole number");
  }
  const found = await database.session().model(cities).where({ id: Number(id) })
    .first();
  if (
    found === undefined ||
    new DenyList(await readDenied(database)).has(found.name)
  ) {
    return c.fail(404, "No such city");
  }
  const { names, country, ...about } = found;
  return c.json({
    ...about,
    names: names === "" ? [] : names.split("\n"),
    country: countryName(country),
    code: country,
  });
}

/** The page, with results in it when something was asked for: it works without script. */
async function page(c: Context, gateway: Gateway): Promise<Response> {
  const query = (c.query("q") ?? "").slice(0, MAX_QUERY);
  const served = query === ""
    ? undefined
    : await gateway.suggest(query, DEFAULT_LIMIT, c.signal);
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  c.setHeader(
    "content-security-policy",
    `default-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; ` +
      "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  c.setHeader("cache-control", "no-store");
  const answer = served === undefined
    ? undefined
    : JSON.parse(served.json) as Answer;
  return c.html(
    renderPage({ nonce, query, ...(answer === undefined ? {} : { answer }) }),
  );
}

/** Everything the panel shows. */
async function figures(gateway: Gateway) {
  const { cache, inFlight, slowest } = gateway.stats();
  const { gets, hits, entries, bytes } = cache;
  return {
    cache: { gets, hits, entries, bytes },
    inFlight,
    slowest,
    shards: await gateway.shards(),
  };
}

/** The figures once a second until the reader has gone. */
async function* ticks(
  gateway: Gateway,
  signal: AbortSignal,
): AsyncIterable<{ data: string }> {
  while (!signal.aborted) {
    yield { data: JSON.stringify(await figures(gateway)) };
    await second(signal);
  }
}

function second(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, 1000);
    signal.addEventListener("abort", end);
  });
}

async function deny(
  c: Context,
  gateway: Gateway,
  database: Database,
): Promise<Response> {
  const body = await c.body.json() as { pattern?: unknown };
  const pattern = typeof body?.pattern === "string" ? body.pattern.trim() : "";
  if (pattern === "" || pattern.length > MAX_QUERY) {
    return c.fail(
      400,
      `"pattern" must be text of 1 to ${MAX_QUERY} characters`,
    );
  }
  const patterns = new Set([...await readDenied(database), pattern]);
  if (patterns.size > MAX_PATTERNS) {
    return c.fail(409, `At most ${MAX_PATTERNS} patterns`);
  }
  const rows = database.session().model(denied).where({ pattern });
  if (!await rows.exists()) {
    await database.session().insert(denied, { pattern });
  }
  await gateway.reloadDenied();
  return c.json({ patterns: await readDenied(database) });
}

async function allow(
  c: Context,
  gateway: Gateway,
  database: Database,
): Promise<Response> {
  const pattern = c.query("pattern") ?? "";
  await database.session().model(denied).where({ pattern }).delete();
  await gateway.reloadDenied();
  return c.json({ patterns: await readDenied(database) });
}
