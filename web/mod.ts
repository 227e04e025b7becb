// Copyright 2026 the Gee authors. MIT license.

/**
 * The HTTP framework of Gee: routes, groups, middleware and a small context.
 *
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine(); // Engine.default() adds the logger and recovery
 * app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
 *
 * const v1 = app.group("/v1");
 * v1.use(async (c) => {
 *   await c.next();
 *   c.setHeader("x-version", "1");
 * });
 * v1.post("/login", async (c) => c.json(201, { user: await c.postForm("user") }));
 *
 * // `deno serve main.ts` needs `export default app`; `app.run({ port: 9999 })`
 * // listens by itself; tests need no port:
 * const body = new URLSearchParams({ user: "gee" });
 * const response = await app.request("/v1/login", { method: "POST", body });
 * assertEquals(response.status, 201);
 * assertEquals(response.headers.get("x-version"), "1");
 * assertEquals(await response.json(), { user: "gee" });
 * ```
 *
 * ## What is here
 *
 * | for | there is |
 * |---|---|
 * | routes | {@linkcode Engine}, {@linkcode RouterGroup}, {@linkcode Router} alone |
 * | one request | {@linkcode Context}: parameters, query, cookies, body, answers |
 * | errors | {@linkcode HttpError}, `engine.onError` |
 * | pages | `engine.templates` and {@linkcode Templates}, the tag {@linkcode html} |
 * | streams | `c.stream`, `c.sse`, `c.webSocket` |
 * | files | `group.static`, `c.attachment` |
 * | an API | {@linkcode defineRoutes}: validation, OpenAPI, a page of docs, a typed client (`@gee/std/web/client`) |
 * | people who run it | {@linkcode health}, {@linkcode metrics}, {@linkcode debug}, {@linkcode formatRoutes} |
 * | everything around | `@gee/std/web/middleware` |
 *
 * ## Patterns
 *
 * `/users/:id` takes one segment, `/files/*path` all that is left. A scanner
 * narrows a segment, and the compiler knows what comes of it:
 *
 * | pattern | takes | `c.param()` |
 * |---|---|---|
 * | `:id{int}` | a safe integer in its one form | a number |
 * | `:id{uuid}` | a UUID | a string |
 * | `:word{alpha}` | letters of ASCII | a string |
 * | `:order{asc|desc}` | one of these | `"asc" | "desc"` |
 * | `:slug{slug}` | what `new Engine({ scanners: { slug: /[a-z-]+/ } })` says | a string |
 *
 * Patterns are strict about case and the slash at the end, unless `ignoreCase`
 * and `trailingSlash` of {@linkcode EngineOptions} say otherwise.
 *
 * ## Guarantees
 *
 * - The most specific route wins: static before `:param` before `*wildcard`, at
 *   every level, a scanner before none, with full backtracking. The order of
 *   registration changes neither a route nor a chain, and a second route for the
 *   same paths throws, naming both places.
 * - There is one canonical path: the raw path is split on `/` and every segment
 *   is decoded once. A malformed escape, NUL or `host` header is answered 400
 *   before any middleware runs.
 * - Middleware of a group runs for whatever lies below its prefix, on segment
 *   boundaries, 404 and 405 included. In a group, `""` is the prefix itself and
 *   `"/"` the prefix with a slash.
 * - Middleware is an onion: without `c.next()` the chain ends there (Gee goes
 *   on). Everything stays synchronous until a handler returns a promise.
 * - Headers set on the context reach every answer, errors included.
 * - Values are encoded before anything is sent; a failure is a clean 500, and
 *   once a stream has begun, an aborted one.
 * - Unknown errors are opaque: the client reads the name of the status, never a
 *   message or a stack, unless an {@linkcode HttpError} exposes it. Clients that
 *   ask for JSON get problems of RFC 9457, others `{"message": …}` as in Gee.
 * - Limits are on: bodies of 1 MiB in 30 s (413, 408), handlers of 30 s (503,
 *   which frees the socket of one that never settles). `c.signal` aborts when
 *   the client leaves or the deadline passes, never by success.
 * - `app.run()` listens on `127.0.0.1` unless told otherwise, closes on SIGTERM,
 *   and answers what is under way within a bound.
 * - No code is generated from strings, nothing is printed but by the logger,
 *   and no proxy header is trusted unless `trustProxy` names the proxy. With
 *   Deno's telemetry on, spans are named after routes.
 *
 * ## Limits
 *
 * HTTP itself is Deno's: parsing, HTTP/2, TLS, the time a client may take to
 * send headers (put a proxy with a limit in front where strangers connect), and
 * the body and `content-length` of an answer to `HEAD`, which runs the `GET`
 * route. Deno cannot tell a missing `host` header from HTTP/2,
 * so a request without one is served. Deadlines are checked every half second.
 * The first time a client is watched (a handler reads `c.signal`, or takes half
 * a second) Deno prints a note about `request.signal`; it does not concern
 * `c.signal`. The socket of a client that stops sending its body is answered
 * 408, but Deno closes it only after the client does.
 *
 * @module
 */

export {
  type AddressBits,
  AddressList,
  isIpv4,
  parseAddress,
} from "./address_list.ts";
export { Body, type BodyLimits } from "./body.ts";
export {
  Context,
  type ContextSettings,
  type Handler,
  type HandlerResult,
  type Middleware,
  type Route,
} from "./context.ts";
export { contentDisposition } from "./content_disposition.ts";
export { CookieSigner } from "./cookie_signer.ts";
export { type CookieOptions } from "./cookies.ts";
export { Engine, type EngineOptions, type ErrorHandler } from "./engine.ts";
export { debug, type DebugOptions, type DebugPage } from "./ops/debug.ts";
export { health, type HealthCheck, type HealthOptions } from "./ops/health.ts";
export { type Metrics, metrics, type MetricsOptions } from "./ops/metrics.ts";
export { type StatsSource } from "./ops/samples.ts";
export { formatRoutes } from "./format_routes.ts";
export { type WaitingHeader } from "./header_list.ts";
export { HttpError, type HttpErrorOptions } from "./http_error.ts";
export {
  type AnyParams,
  type AnyState,
  type ConnectionInfo,
  Incoming,
  type IncomingSettings,
  type PathParams,
} from "./incoming.ts";
export { Lifetime } from "./lifetime.ts";
export {
  type Endless,
  type HtmlText,
  Outgoing,
  type OutgoingSettings,
  type SseSource,
} from "./outgoing.ts";
export {
  type ChoiceOf,
  type DeclarationOf,
  type Declarations,
  type NameIn,
  type ParamsOf,
  type ScannedAs,
  type ValueIn,
} from "./pattern.ts";
export { OutgoingHeaders } from "./outgoing_headers.ts";
export { type RedirectOptions } from "./redirect.ts";
export { type RouteEntry, RouteMatch } from "./route_match.ts";
export { type RouteInfo, type TableOptions } from "./route_table.ts";
export { Router, type RouterOptions } from "./router.ts";
export { type Fetch, RouterGroup } from "./router_group.ts";
export {
  type DefineRoutes,
  defineRoutes,
  defineRoutesFor,
} from "./routes/define_routes.ts";
export { Routes, type RoutesOptions } from "./routes/routes.ts";
export {
  type JsonSchema,
  type SchemaSide,
  type ToJsonSchema,
} from "./routes/json_schema.ts";
export { type OpenApiOptions } from "./routes/openapi.ts";
export {
  type OpenApiContent,
  type OpenApiDocument,
  type OpenApiInfo,
  type OpenApiOperation,
  type OpenApiParameter,
  type OpenApiResponse,
} from "./routes/openapi_types.ts";
export { type RequestIssue } from "./routes/request_issue.ts";
export {
  type At,
  type BodyKind,
  type Endpoint,
  type RouteDefinition,
  type RouteDetails,
  type RouteHandler,
  type RouteInput,
  type RouteRecord,
  type RouteResult,
  type UntypedInput,
  type WithBody,
  type WithHandler,
  type WithQuery,
  type WithResponse,
} from "./routes/route_definition.ts";
export {
  type CheckedKey,
  type InvalidKey,
  type PatternIn,
  type RouteMethod,
} from "./routes/route_key.ts";
export { type RouteTypes } from "./routes/route_types.ts";
export {
  type InputOf,
  type JsonSchemaTarget,
  type OutputOf,
  type StandardIssue,
  type StandardJsonSchema,
  type StandardProps,
  type StandardResult,
  type StandardSchema,
  type StandardTypes,
  type TypedSchema,
} from "./routes/standard_schema.ts";
export {
  type ParamValue,
  type Scanner,
  type SegmentTest,
  type SegmentTests,
} from "./scanner.ts";
export { type DrainHooks, RunningServer, type RunOptions } from "./server.ts";
export { type SseEvent, type SseOptions } from "./sse.ts";
export { type StaticOptions } from "./static/static_options.ts";
export { type TemplateFunction } from "./template/builtins.ts";
export { html, type HtmlValue } from "./template/html.ts";
export { Html, rawHtml } from "./template/html_value.ts";
export {
  TemplateError,
  type TemplatePlace,
} from "./template/template_error.ts";
export { Templates, type TemplatesOptions } from "./template/templates.ts";
export {
  type WebSocketEnd,
  type WebSocketHooks,
  type WebSocketOptions,
} from "./web_socket.ts";
