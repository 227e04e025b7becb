// Copyright 2026 the Gee authors. MIT license.
import { Context, type ContextSettings, type Handler } from "./context.ts";
import { Deadline } from "./deadline.ts";
import { HttpError, statusName } from "./http_error.ts";
import type { Lifetime } from "./lifetime.ts";
import { logger } from "./middleware/logger.ts";
import { recovery } from "./middleware/recovery.ts";
import { isHost, pathStart } from "./path.ts";
import { type RouteInfo, RouteTable } from "./route_table.ts";
import { type Fetch, RouterGroup } from "./router_group.ts";
import { RunningServer, type RunOptions } from "./server.ts";

/** Limits of an engine; each is on by default. */
export interface EngineOptions {
  /**
   * Milliseconds a handler may take to answer; then the client reads 503 and
   * `c.signal` aborts. `Infinity` for no limit.
   *
   * @default {30000}
   */
  readonly handlerTimeout?: number;
  /**
   * Most bytes of a request body; more is answered 413.
   *
   * @default {1048576}
   */
  readonly bodyLimit?: number;
  /**
   * Milliseconds a client may take to send a body; then it reads 408.
   * `Infinity` for no limit.
   *
   * @default {30000}
   */
  readonly bodyTimeout?: number;
}

/** Answers in place of an error; what it throws becomes a plain 500. */
export type ErrorHandler = (
  error: unknown,
  c: Context,
) => Response | Promise<Response>;

/**
 * The top of the framework: the group without a prefix, and what answers
 * requests. `export default app` is all `deno serve` needs.
 *
 * Where no route fits it answers 404; where only other methods have one, 405
 * with `allow`, and `OPTIONS` by itself. A request whose `host` header or path
 * is malformed is answered 400 before any middleware.
 *
 * @example An engine without a port
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
 * const response = await app.request("/hello/gee");
 * assertEquals(await response.text(), "Hello gee");
 * assertEquals((await app.request("/hello/gee", { method: "PUT" })).status, 405);
 * ```
 */
export class Engine extends RouterGroup<""> {
  readonly #table: RouteTable;
  readonly #settings: ContextSettings;
  readonly #deadline: Deadline<Context>;
  readonly #eventStreams = new Set<Lifetime>();
  /** The last origin whose host was found well-formed, with its path's slash. */
  #origin = "\0";
  #onMissing: Handler = (c) => c.fail(404, statusName(404));
  #onError: ErrorHandler = answerError;

  /**
   * Makes an engine without routes or middleware.
   *
   * @param options Limits.
   * @throws {RangeError} When a limit is not a positive number.
   */
  constructor(options: EngineOptions = {}) {
    const table = new RouteTable((c) => this.#answerMissing(c));
    super("", table);
    this.#table = table;
    this.#deadline = new Deadline(
      positive("handlerTimeout", options.handlerTimeout ?? 30_000),
      (error, c: Context) => this.#fail(error, c),
    );
    this.#settings = {
      eventStreams: this.#eventStreams,
      bodyLimit: positive("bodyLimit", options.bodyLimit ?? 1 << 20),
      bodyTimeout: positive("bodyTimeout", options.bodyTimeout ?? 30_000),
      abandon: (c, reason) => this.#deadline.abandon(c, reason),
      rescue: (error, c) => this.#rescue(error, c),
    };
  }

  /**
   * An engine with the logger and, inside it, recovery.
   *
   * @param options Limits.
   * @returns The engine.
   */
  static default(options?: EngineOptions): Engine {
    return new Engine(options).use(logger(), recovery());
  }

  /**
   * Answers a request. It is bound, so that it can be handed on as it is, to
   * `Deno.serve` or to another engine's `mount`.
   *
   * @param request The request.
   * @param info The connection it came by.
   * @returns The answer, as a promise only when a handler waited.
   */
  readonly fetch: Fetch = (request, info) => {
    const { url, method } = request;
    const start = this.#startOf(request, url);
    if (start === -1) return answerError(new HttpError(400, "Bad host"));
    const found = this.#table.match(method, url, start);
    const match = found ?? this.#table.fallback(url, start);
    if (match === undefined) return answerError(new HttpError(400, "Bad path"));
    const c = new Context(request, info, this.#settings, match.value, match);
    try {
      const answer = c.run();
      return answer instanceof Promise
        ? this.#deadline.hold(answer, c)
        : c.end(answer);
    } catch (error) {
      return this.#fail(error, c);
    }
  };

  /**
   * Asks the engine without a port, as tests do.
   *
   * @param target A path, a URL or a request.
   * @param init As for `fetch`.
   * @returns The answer.
   */
  async request(
    target: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response> {
    const input = typeof target === "string" && target.startsWith("/")
      ? `http://localhost${target}`
      : target;
    return await this.fetch(new Request(input, init));
  }

  /**
   * Listens and serves.
   *
   * @param options Where to listen, when to close.
   * @returns The server; close it, or let `await using` do it.
   * @throws {Deno.errors.AddrInUse} When the port is taken.
   */
  run(options?: RunOptions): RunningServer {
    return new RunningServer(this.fetch, {
      onClose: () => {
        for (const lifetime of this.#eventStreams) lifetime.end(closing());
      },
      onOverdue: () => this.#deadline.endAll(closing()),
    }, options);
  }

  /**
   * All routes in the order of their registration.
   *
   * @returns What is known of each.
   */
  routes(): RouteInfo[] {
    return this.#table.routes();
  }

  /**
   * Answers where no route fits, inside the middleware of the groups there.
   *
   * @param handler The handler, in place of a 404 as JSON.
   * @returns The engine itself.
   */
  notFound(handler: Handler): this {
    this.#onMissing = handler;
    return this;
  }

  /**
   * Answers where a handler threw. Headers set before are kept.
   *
   * @param handler The handler, in place of the message of an `HttpError` or
   * an opaque 500 as JSON.
   * @returns The engine itself.
   */
  onError(handler: ErrorHandler): this {
    this.#onError = handler;
    return this;
  }

  #fail(error: unknown, c: Context): Response | Promise<Response> {
    const answer = c.rescue(error);
    return answer instanceof Promise
      ? answer.then((response) => c.finish(response))
      : c.finish(answer);
  }

  #rescue(error: unknown, c: Context): Response | Promise<Response> {
    // Nobody reads the answer of a client that left.
    if (error instanceof HttpError && error.status === 499) {
      return answerError(error);
    }
    try {
      const answer = this.#onError(error, c);
      if (!(answer instanceof Promise)) return answer;
      return answer.catch((inner) => answerError(inner));
    } catch (inner) {
      return answerError(inner);
    }
  }

  #answerMissing(c: Context): ReturnType<Handler> {
    const { url, method } = c.request;
    const methods = this.#table.allowed(url, pathStart(url));
    if (methods.length === 0) return this.#onMissing(c);
    if (methods.includes("GET")) methods.push("HEAD");
    const allow = [...new Set([...methods, "OPTIONS"])].sort().join(", ");
    c.setHeader("allow", allow);
    if (method === "OPTIONS") return new Response(null, { status: 204 });
    throw new HttpError(405);
  }

  /**
   * Where the path starts, or -1 for a malformed host. `Deno.serve` pastes the
   * host header before the path, so a host with a slash would pass for a path:
   * `localhost/only?` before `/nope`.
   */
  #startOf(request: Request, url: string): number {
    if (!url.startsWith(this.#origin)) {
      const start = pathStart(url);
      if (start === url.length) return -1;
      if (!isHost(url.slice(url.indexOf("://") + 3, start))) return -1;
      this.#origin = url.slice(0, start + 1);
    }
    const start = this.#origin.length - 1;
    // Such a host brings a second slash. Only then the header itself is read,
    // which costs a small request a seventh of its time.
    if (url.indexOf("/", start + 1) === -1) return start;
    const host = request.headers.get("host");
    return host === null || isHost(host) ? start : -1;
  }
}

function closing(): HttpError {
  return new HttpError(503, "The server is closing");
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(
    `Cannot make an Engine: got ${name} ${value}, want a positive number`,
  );
}

/** The message where the client may read it, else the name of the status. */
function answerError(error: unknown): Response {
  const isHttp = error instanceof HttpError;
  const status = isHttp ? error.status : 500;
  const message = isHttp && error.expose ? error.message : statusName(status);
  const response = Response.json({ message }, { status });
  if (isHttp) {
    for (const [name, value] of Object.entries(error.headers)) {
      response.headers.set(name, value);
    }
  }
  return response;
}
