// Copyright 2026 the Gee authors. MIT license.
import { parsePattern } from "../pattern.ts";
import type {
  Endpoint,
  RouteDefinition,
  RouteRecord,
} from "./route_definition.ts";
import { parseKey } from "./route_key.ts";
import { Routes, type RoutesOptions } from "./routes.ts";

/**
 * Defines routes by a record whose keys are methods and patterns. From it come
 * validated and typed input, a typed client and the docs.
 *
 * Query and body go through any validator of Standard Schema (zod, valibot,
 * arktype and others); a request that does not fit is answered 422 with all
 * issues. A parameter of the path is what its scanner makes of it.
 *
 * @typeParam Queries The validators of queries, by key.
 * @typeParam Bodies The validators of bodies, by key.
 * @typeParam Responses The validators of answers, by key.
 * @typeParam Results What handlers return, by key.
 * @param routes The record.
 * @param options How the routes work.
 * @returns The routes, to be registered.
 * @throws {SyntaxError} When a key is not a method and a path, or its pattern
 * is malformed.
 * @throws {TypeError} When a route has no handler, a schema is no validator, or
 * a status or limit makes no sense.
 *
 * @example Validated and typed
 * ```ts
 * import { defineRoutes, Engine } from "@gee/std/web";
 * import { client } from "@gee/std/web/client";
 * import { assertEquals } from "@std/assert";
 * import { z } from "npm:zod@4.6.7";
 *
 * const routes = defineRoutes({
 *   "GET /users/:id{int}": {
 *     summary: "One user",
 *     query: z.object({ verbose: z.stringbool().optional() }),
 *     response: z.object({ id: z.number(), name: z.string() }),
 *     handler: ({ params, query }) => {
 *       const name = query.verbose ? "Thomas" : "Tom";
 *       return { id: params.id, name };
 *     },
 *   },
 *   "POST /users": {
 *     body: z.object({ name: z.string().min(1) }),
 *     status: 201,
 *     handler: ({ body }) => ({ hello: body.name }),
 *   },
 * });
 * const app = new Engine();
 * routes.register(app);
 *
 * const api = client<typeof routes>("http://localhost", { fetch: app.fetch });
 * const user = await api("GET /users/:id{int}", {
 *   params: { id: 7 },
 *   query: { verbose: "yes" },
 * });
 * assertEquals(user, { id: 7, name: "Thomas" });
 * const refused = await app.request("/users", {
 *   method: "POST",
 *   headers: { "content-type": "application/json" },
 *   body: '{"name":""}',
 * });
 * assertEquals(refused.status, 422);
 * const { issues } = await refused.json();
 * assertEquals([issues[0].in, issues[0].path], ["body", ["name"]]);
 * ```
 */
export function defineRoutes<Queries, Bodies, Responses, Results>(
  routes: RouteRecord<Queries, Bodies, Responses, Results>,
  options: RoutesOptions = {},
): Routes<Queries, Bodies, Responses, Results> {
  return new Routes(endpointsOf(routes), options);
}

/**
 * Defines routes as {@linkcode defineRoutes} does, for an engine whose state
 * has a type.
 *
 * @typeParam State What middleware leaves in `c.state`.
 */
export interface DefineRoutes<State extends object> {
  /**
   * Defines routes.
   *
   * @typeParam Queries The validators of queries, by key.
   * @typeParam Bodies The validators of bodies, by key.
   * @typeParam Responses The validators of answers, by key.
   * @typeParam Results What handlers return, by key.
   * @param routes The record.
   * @param options How the routes work.
   * @returns The routes, to be registered.
   * @throws {SyntaxError} When a key is not a method and a path, or its
   * pattern is malformed.
   */
  <Queries, Bodies, Responses, Results>(
    routes: RouteRecord<Queries, Bodies, Responses, Results, State>,
    options?: RoutesOptions,
  ): Routes<Queries, Bodies, Responses, Results, State>;
}

/**
 * Makes a `defineRoutes` for an engine whose state has a type: the compiler
 * cannot infer the types of a record when another type is given.
 *
 * @typeParam State What middleware leaves in `c.state`.
 * @returns The function.
 *
 * @example Routes that know the user
 * ```ts
 * import { defineRoutesFor, Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * interface Login {
 *   user: string;
 * }
 * const app = new Engine<Login>();
 * app.use((c) => {
 *   c.state.user = "Tom";
 *   return c.next();
 * });
 * const routes = defineRoutesFor<Login>()({
 *   "GET /me": { handler: ({ c }) => c.state.user.toUpperCase() },
 * });
 * routes.register(app);
 * assertEquals(await (await app.request("/me")).json(), "TOM");
 * ```
 */
export function defineRoutesFor<State extends object>(): DefineRoutes<State> {
  return (routes, options = {}) => new Routes(endpointsOf(routes), options);
}

function endpointsOf(routes: object): Endpoint[] {
  return Object.entries(routes).map(([key, value]) => {
    const { method, pattern } = parseKey(key);
    parsePattern(pattern);
    const route: RouteDefinition = value; // the compiler saw a `RouteRecord`
    checkRoute(key, route);
    return { key, method, pattern, route };
  });
}

/** What the compiler does not see, or costs it too much. */
function checkRoute(key: string, route: RouteDefinition): void {
  const { query, body, response, status, bodyLimit, timeout } = route;
  const refuse = (reason: string): never => {
    throw new TypeError(`Cannot define route "${key}": ${reason}`);
  };
  if (typeof route.handler !== "function") refuse("it has no handler");
  for (const [name, schema] of Object.entries({ query, body, response })) {
    const validate: unknown = schema?.["~standard"]?.validate;
    if (schema !== undefined && typeof validate !== "function") {
      refuse(`its ${name} is not a validator of Standard Schema`);
    }
  }
  if (status !== undefined && !(status >= 200 && status <= 299)) {
    refuse(`got status ${status}, want 200 to 299`);
  }
  for (const [name, limit] of Object.entries({ bodyLimit, timeout })) {
    if (limit === undefined || limit > 0) continue;
    refuse(`got ${name} ${limit}, want a positive number`);
  }
}
