// Copyright 2026 the Gee authors. MIT license.
import type { Context, Handler } from "./context.ts";
import type { AnyParams, AnyState, ConnectionInfo } from "./incoming.ts";
import { pathStart } from "./path.ts";
import type { ParamsOf } from "./pattern.ts";
import type { RouteTable } from "./route_table.ts";
import { StaticFiles } from "./static/static_files.ts";
import type { StaticOptions } from "./static/static_options.ts";

/** Anything that answers HTTP: an engine, a cache pool, `Deno.serve`'s handler. */
export type Fetch = (
  request: Request,
  info?: ConnectionInfo,
) => Response | Promise<Response>;

/** A method name as HTTP has it (RFC 9110, section 5.6.2). */
const METHOD = /^[A-Z!#$%&'+.^_`|~-][A-Z\d!#$%&'+.^_`|~-]*$/;

/**
 * Routes and middleware below a prefix.
 *
 * Middleware of a group runs for every route below its prefix, however and
 * whenever it was registered, and for what is not found there (404, 405). A
 * route is below a prefix by its pattern, not by the paths that it takes:
 * `/:any/x` is not below `/v1`.
 * Prefixes match whole segments: `/v1` has no part in `/v10`. Patterns are
 * strict: `""` is the prefix itself, `"/"` the prefix with a slash.
 *
 * @typeParam Prefix The prefix as a literal type.
 * @typeParam State What middleware leaves in `c.state`.
 *
 * @example Nested groups
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * const users = app.group("/v1").group("/users/:id");
 * users.use(async (c) => {
 *   await c.next();
 *   c.setHeader("x-user", c.param("id"));
 * });
 * users.get("", (c) => c.string(`user ${c.param("id")}`));
 * users.get("/posts/:post", (c) => c.json(c.params));
 *
 * const response = await app.request("/v1/users/7/posts/9");
 * assertEquals(response.headers.get("x-user"), "7");
 * assertEquals(await response.json(), { id: "7", post: "9" });
 * ```
 */
export class RouterGroup<
  Prefix extends string = string,
  State extends object = AnyState,
> {
  /** The whole prefix, those of the groups around it included. */
  readonly prefix: Prefix;
  readonly #table: RouteTable;

  /**
   * Made by `group()`; an engine is the group without a prefix.
   *
   * @param prefix The whole prefix.
   * @param table The routes of the engine.
   */
  constructor(prefix: Prefix, table: RouteTable) {
    this.prefix = prefix;
    this.#table = table;
    table.addGroup(prefix);
  }

  /**
   * Adds middleware, also for routes that are there already. What it reads by
   * `c.param()` beside the parameters of the prefix depends on the route.
   *
   * @param middleware The middleware, from the outside in.
   * @returns The group itself.
   */
  use(...middleware: Handler<ParamsOf<Prefix> & AnyParams, State>[]): this {
    // Types of parameters and state exist for the compiler only.
    this.#table.use(this.prefix, middleware as unknown as Handler[]);
    return this;
  }

  /**
   * Makes a group inside this one.
   *
   * @typeParam Inner The inner prefix as a literal type.
   * @param prefix Its prefix after this one's, such as `/users/:id`.
   * @returns The group.
   * @throws {SyntaxError} When the prefix is malformed or ends with a slash.
   */
  group<Inner extends string>(
    prefix: Inner,
  ): RouterGroup<`${Prefix}${Inner}`, State> {
    return new RouterGroup(`${this.prefix}${prefix}` as const, this.#table);
  }

  /**
   * Registers a route.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param method The method in upper case, or `*` for any.
   * @param pattern Such as `/users/:id` or `/files/*path`.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When pattern or method are malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  handle<Pattern extends string>(
    method: string,
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    if (method !== "*" && !METHOD.test(method)) {
      throw new SyntaxError(
        `Cannot add route "${method} ${pattern}": the method is not a token in upper case`,
      );
    }
    if (handlers.length === 0) {
      throw new TypeError(
        `Cannot add route "${method} ${pattern}": it has no handler`,
      );
    }
    // The router gives a handler the names of its own pattern, as typed here.
    const untyped = handlers as unknown as Handler[];
    this.#table.add(method, this.prefix, pattern, untyped);
    return this;
  }

  /**
   * Registers a route for `GET`, and `HEAD` without a route of its own.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  get<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("GET", pattern, ...handlers);
  }

  /**
   * Registers a route for `POST`.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  post<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("POST", pattern, ...handlers);
  }

  /**
   * Registers a route for `PUT`.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  put<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("PUT", pattern, ...handlers);
  }

  /**
   * Registers a route for `PATCH`.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  patch<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("PATCH", pattern, ...handlers);
  }

  /**
   * Registers a route for `DELETE`.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  delete<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("DELETE", pattern, ...handlers);
  }

  /**
   * Registers a route for `HEAD`.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  head<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("HEAD", pattern, ...handlers);
  }

  /**
   * Registers a route for `OPTIONS`, in place of the automatic answer.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  options<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("OPTIONS", pattern, ...handlers);
  }

  /**
   * Registers a route for every method that has none of its own there.
   *
   * @typeParam Pattern The pattern as a literal type.
   * @param pattern The pattern after the prefix.
   * @param handlers Middleware of this route, and last its handler.
   * @returns The group itself.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the route is there already, or has no handler.
   */
  any<Pattern extends string>(
    pattern: Pattern,
    ...handlers: Handler<ParamsOf<`${Prefix}${Pattern}`>, State>[]
  ): this {
    return this.handle("*", pattern, ...handlers);
  }

  /**
   * Serves the files of a folder as RFC 9110 has it, with conditions and
   * ranges: `index.html` for a folder, no listings, no dotfiles, only regular
   * files, and nothing outside the folder, not even by symbolic links.
   *
   * An entity tag is strong once the file has not changed for two seconds. A
   * file that becomes shorter while it is sent fails the answer; one that grows
   * is sent as long as it was. Several ranges are answered in parts where that
   * is shorter than the whole file, and up to 64 of them.
   *
   * @param path Where they appear below the prefix, such as `/assets`; `"/"`
   * for the prefix itself.
   * @param folder The folder, as a path or a `file:` URL.
   * @param options What is served and how long it is kept.
   * @returns The group itself.
   * @throws {RangeError} When a number among the options is out of bounds.
   * @throws {TypeError} When an option makes no sense, or the URL is no file.
   *
   * @example Serve a folder
   * ```ts
   * import { Engine } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * await Deno.writeTextFile(`${folder}/a.txt`, "0123456789");
   * const app = new Engine();
   * app.static("/assets", folder, { maxAge: 60 });
   * const headers = { range: "bytes=-3" };
   * const response = await app.request("/assets/a.txt", { headers });
   * assertEquals(response.status, 206);
   * assertEquals(await response.text(), "789");
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  static(
    path: string,
    folder: string | URL,
    options: StaticOptions = {},
  ): this {
    const files = new StaticFiles(folder, options);
    const serve = (c: Context) => files.serve(c);
    // Without an index and a listing there is nothing at the path itself, which
    // is left to other routes.
    const { index, listing = false } = options;
    if (index !== false || listing) this.#addAt("GET", path, serve);
    this.#table.add("GET", this.prefix, `${withoutSlash(path)}/*filepath`, [
      serve,
    ]);
    return this;
  }

  /**
   * Hands everything below a path to another `fetch`, with prefix and path
   * cut off the URL.
   *
   * @param path Where it appears below the prefix, such as `/debug`.
   * @param fetch What answers there.
   * @returns The group itself.
   */
  mount(path: string, fetch: Fetch): this {
    const depth = (this.prefix + withoutSlash(path)).split("/").length - 1;
    const forward = ({ request, connection }: Context) => {
      const { url } = request;
      const start = pathStart(url);
      const cut = endOfSegments(url, start, depth);
      const rest = url.slice(cut);
      const slash = rest.startsWith("/") ? "" : "/";
      const below = url.slice(0, start) + slash + rest;
      return fetch(new Request(below, request), {
        // Read only when asked for: it costs.
        get remoteAddr() {
          return connection?.remoteAddr;
        },
        mountPath: (connection?.mountPath ?? "") + url.slice(start, cut),
      });
    };
    this.#addAt("*", path, forward);
    this.#table.add("*", this.prefix, `${withoutSlash(path)}/*`, [forward]);
    return this;
  }

  /** Adds a handler for a path, with and without a slash. */
  #addAt(method: string, path: string, handler: Handler): void {
    const base = withoutSlash(path);
    const isRoot = this.prefix + base === "";
    for (const tail of isRoot ? ["/"] : ["", "/"]) {
      this.#table.add(method, this.prefix, base + tail, [handler]);
    }
  }
}

/** `/` alone is the prefix itself, and `/files/` the same as `/files`. */
function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

/** Offset after the first path segments. */
function endOfSegments(url: string, start: number, count: number): number {
  let at = start;
  for (let index = 0; index < count; index++) {
    const slash = url.slice(at + 1).search(/[/?#]/);
    at = slash === -1 ? url.length : at + 1 + slash;
  }
  return at;
}
