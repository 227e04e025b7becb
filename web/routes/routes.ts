// Copyright 2026 the Gee authors. MIT license.
import type { AnyState } from "../incoming.ts";
import type { RouterGroup } from "../router_group.ts";
import { serveDocs } from "./docs.ts";
import { endpointHandlers } from "./endpoint_handler.ts";
import { openApi, type OpenApiOptions } from "./openapi.ts";
import type { OpenApiDocument } from "./openapi_types.ts";
import type { Endpoint } from "./route_definition.ts";
import type { RouteTypes } from "./route_types.ts";

/** How routes of a record work. */
export interface RoutesOptions {
  /**
   * Whether answers are checked too: one that does not fit its `response` is a
   * 500 whose error tells where. For development and tests; it costs time and
   * changes nothing of a right answer.
   *
   * @default {false}
   */
  readonly validateResponses?: boolean;
}

/**
 * Routes of a record, ready to be registered and described. Made by
 * {@linkcode defineRoutes}.
 *
 * @typeParam Queries The validators of queries, by key.
 * @typeParam Bodies The validators of bodies, by key.
 * @typeParam Responses The validators of answers, by key.
 * @typeParam Results What handlers return, by key.
 * @typeParam State What middleware leaves in `c.state`.
 */
export class Routes<
  Queries,
  Bodies,
  Responses,
  Results,
  State extends object = AnyState,
> {
  /** For the type of a client only: nothing is there at run time. */
  declare readonly "~types"?: RouteTypes<Queries, Bodies, Responses, Results>;
  /** The routes, in their order. */
  readonly endpoints: readonly Endpoint[];
  readonly #options: RoutesOptions;

  /**
   * Made by `defineRoutes`.
   *
   * @param endpoints The routes.
   * @param options How they work.
   * @throws {TypeError} When two have one key.
   */
  constructor(endpoints: readonly Endpoint[], options: RoutesOptions) {
    const keys = new Set<string>();
    for (const { key } of endpoints) {
      if (keys.has(key)) {
        throw new TypeError(
          `Cannot define route "${key}": it is there already`,
        );
      }
      keys.add(key);
    }
    this.endpoints = endpoints;
    this.#options = options;
  }

  /**
   * These routes and others, for a program whose routes are in several files.
   *
   * @typeParam MoreQueries The validators of their queries, by key.
   * @typeParam MoreBodies The validators of their bodies, by key.
   * @typeParam MoreResponses The validators of their answers, by key.
   * @typeParam MoreResults What their handlers return, by key.
   * @param others The other routes; their own options do not count.
   * @returns All of them.
   * @throws {TypeError} When two have one key.
   *
   * @example One client for two records
   * ```ts
   * import { defineRoutes, Engine } from "@gee/std/web";
   * import { client } from "@gee/std/web/client";
   * import { assertEquals } from "@std/assert";
   *
   * const users = defineRoutes({ "GET /users": { handler: () => ["Tom"] } });
   * const posts = defineRoutes({ "GET /posts": { handler: () => [1, 2] } });
   * const routes = users.concat(posts);
   *
   * const app = new Engine();
   * routes.register(app);
   * const api = client<typeof routes>("http://localhost", { fetch: app.fetch });
   * const names: string[] = await api("GET /users");
   * const numbers: number[] = await api("GET /posts");
   * assertEquals([names, numbers], [["Tom"], [1, 2]]);
   * ```
   */
  concat<MoreQueries, MoreBodies, MoreResponses, MoreResults>(
    others: Routes<
      MoreQueries,
      MoreBodies,
      MoreResponses,
      MoreResults,
      State
    >,
  ): Routes<
    Queries & MoreQueries,
    Bodies & MoreBodies,
    Responses & MoreResponses,
    Results & MoreResults,
    State
  > {
    const endpoints = [...this.endpoints, ...others.endpoints];
    return new Routes(endpoints, this.#options);
  }

  /**
   * Registers the routes.
   *
   * @typeParam Own The state of the engine.
   * @param group An engine or a group; its prefix belongs to the base of a
   * client. Routes made without a type of state fit any.
   * @throws {SyntaxError} When a pattern has an unknown scanner.
   * @throws {TypeError} When a route is there already.
   */
  register<Own extends object>(
    group: RouterGroup<string, AnyState extends State ? Own : State>,
  ): void {
    const options = {
      validateResponses: this.#options.validateResponses ?? false,
    };
    for (const endpoint of this.endpoints) {
      const handlers = endpointHandlers(endpoint, options);
      // They are of the state that `defineRoutes` was given.
      group.handle(endpoint.method, endpoint.pattern, ...handlers as never[]);
    }
  }

  /**
   * Describes the routes.
   *
   * @param options What to say beside them.
   * @returns An OpenAPI 3.1 document.
   * @throws {TypeError} When two routes have one `operationId`.
   *
   * @example The path of a route
   * ```ts
   * import { defineRoutes } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const routes = defineRoutes({
   *   "GET /users/:id{int}": { summary: "One user", handler: () => "Tom" },
   * });
   * const { paths } = routes.openApi({ title: "Users" });
   * const operation = paths["/users/{id}"]?.get;
   * assertEquals(operation?.summary, "One user");
   * assertEquals(operation?.parameters[0]?.schema, { type: "integer" });
   * ```
   */
  openApi(options: OpenApiOptions = {}): OpenApiDocument {
    return openApi(this.endpoints, options);
  }

  /**
   * Serves a page that describes the routes and can try them, at `path`, and
   * the OpenAPI document below it, at `openapi.json`. The page needs nothing
   * from elsewhere, works without script but for the trying, and sets
   * `content-security-policy: default-src 'self'`.
   *
   * @typeParam Own The state of the engine, of which nothing is needed.
   * @param group The group that the routes are registered on, or, with the
   * option `prefix`, any other.
   * @param path The path of the page.
   * @param options What to say beside the routes.
   * @throws {SyntaxError} When the path is malformed.
   * @throws {TypeError} When something is there already.
   *
   * @example A page
   * ```ts
   * import { defineRoutes, Engine } from "@gee/std/web";
   * import { assertEquals, assertStringIncludes } from "@std/assert";
   *
   * const routes = defineRoutes({
   *   "GET /time": { summary: "Now", handler: () => new Date() },
   * });
   * const app = new Engine();
   * routes.register(app);
   * routes.docs(app, "/docs", { title: "Clock", version: "2.0.0" });
   *
   * const page = await app.request("/docs");
   * assertStringIncludes(await page.text(), "<code>/time</code>");
   * const document = await app.request("/docs/openapi.json");
   * assertEquals((await document.json()).info.title, "Clock");
   * ```
   */
  docs<Own extends object>(
    group: RouterGroup<string, Own>,
    path = "/docs",
    options: OpenApiOptions = {},
  ): void {
    serveDocs(group, path, this.endpoints, options);
  }
}
