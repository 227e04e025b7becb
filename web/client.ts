// Copyright 2026 the Gee authors. MIT license.

/**
 * A typed client for routes of `@gee/std/web`, by `fetch` and without generated
 * code. It loads in browsers: nothing of the server comes with it, whose routes
 * it knows by their type alone.
 *
 * ```ts
 * import { defineRoutes, Engine } from "@gee/std/web";
 * import { client } from "@gee/std/web/client";
 * import { assertEquals } from "@std/assert";
 *
 * // server.ts
 * export const routes = defineRoutes({
 *   "GET /hello/:name": { handler: ({ params }) => `Hello ${params.name}` },
 * });
 * const app = new Engine();
 * routes.register(app);
 * await using server = app.run({ port: 0 });
 *
 * // client.ts: import type { routes } from "./server.ts";
 * const api = client<typeof routes>(`http://127.0.0.1:${server.addr.port}`);
 * const greeting: string = await api("GET /hello/:name", {
 *   params: { name: "gee" },
 * });
 * assertEquals(greeting, "Hello gee");
 * ```
 *
 * ## Guarantees
 *
 * - Keys, parameters, queries, bodies and answers are checked by the compiler.
 * - Each parameter is one segment of the path: it is encoded, and refused where
 *   it could mean another path (`..`).
 * - A status other than 2xx rejects with a {@linkcode ClientError} that holds
 *   the issues of a 422; an aborted call rejects with the reason of its signal.
 *
 * ## Limits
 *
 * Answers are not validated again: their types are those of the server that
 * the program was compiled with.
 *
 * @module
 */

export { client, type ClientOptions } from "./routes/client.ts";
export { ClientError } from "./routes/client_error.ts";
// Not even empty modules are loaded for these.
export type { RequestIssue } from "./routes/request_issue.ts";
export type {
  BodyPart,
  CallArguments,
  CallInput,
  CallOptions,
  CallResult,
  Client,
  ClientOf,
  Json,
  JsonObject,
  Optional,
  ParamsPart,
  QueryPart,
  RouteTypes,
  Scalar,
  ValueOf,
} from "./routes/route_types.ts";
