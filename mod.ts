// Copyright 2026 the Gee authors. MIT license.

/**
 * Four independent modules for building services in Deno.
 *
 * - `@gee/std/web`: the HTTP framework. Engine, groups, radix router, context,
 *   templates, static files, typed routes; `@gee/std/web/middleware` has what
 *   goes around them, `@gee/std/web/client` a typed client for browsers too.
 * - `@gee/std/cache`: the read-through cache, alone or spread over many nodes.
 *   Groups, LRU by bytes, single flight, hash ring, peers over HTTP.
 * - `@gee/std/orm`: the typed ORM. Tables with inferred types, sessions,
 *   queries, transactions; drivers in `@gee/std/orm/sqlite` (no dependency) and
 *   `@gee/std/orm/libsql`.
 * - `@gee/std/rpc`: typed remote calls over TCP and Unix sockets. Server, client,
 *   typed proxy, many servers behind a registry.
 *
 * Import the module you need; this entry has all four as namespaces and loads
 * no npm code. They never import one another: what answers HTTP has a bound
 * `fetch(request)`, what waits takes an `AbortSignal`, what holds a resource
 * works with `await using`.
 *
 * They retell Gee, GeeCache, GeeORM and GeeRPC of the Go series "7 days" by
 * geektutu, keep their vocabulary and speak their wire formats.
 *
 * @example A cache in front of a remote call, behind a page
 * ```ts
 * import { cache, rpc, web } from "@gee/std";
 * import { assertEquals } from "@std/assert";
 *
 * class Scores {
 *   of(name: string) {
 *     return name === "Tom" ? 630 : null;
 *   }
 * }
 * const server = new rpc.Server();
 * server.register(new Scores());
 * await using listener = server.listen();
 * await using client = await rpc.dial(listener.address);
 * const remote = client.service<Scores>("Scores");
 *
 * await using scores = new cache.Group("scores", async (name) => {
 *   const score = await remote.of(name);
 *   return score === null ? undefined : String(score);
 * }, { ttl: 60_000 });
 *
 * const app = new web.Engine();
 * app.get("/scores/:name", async (c) => {
 *   const score = await scores.get(c.param("name"), { signal: c.signal });
 *   return score === undefined ? c.fail(404, "No such name") : c.string(String(score));
 * });
 *
 * const response = await app.request("/scores/Tom");
 * assertEquals(await response.text(), "630");
 * assertEquals((await app.request("/scores/Sam")).status, 404);
 * ```
 *
 * @module
 */

export * as web from "./web/mod.ts";
export * as cache from "./cache/mod.ts";
export * as orm from "./orm/mod.ts";
export * as rpc from "./rpc/mod.ts";
