// Copyright 2026 the Gee authors. MIT license.
import { AddressList } from "./address_list.ts";
import { Context, type ContextSettings, type Handler } from "./context.ts";
import { CookieSigner } from "./cookie_signer.ts";
import { Deadline } from "./deadline.ts";
import { errorResponse, statusResponse } from "./error_response.ts";
import { HostCheck } from "./host_check.ts";
import { HttpError } from "./http_error.ts";
import type { AnyParams, AnyState } from "./incoming.ts";
import { logger } from "./middleware/logger.ts";
import { recovery } from "./middleware/recovery.ts";
import type { Endless } from "./outgoing.ts";
import { pathStart } from "./path.ts";
import {
  type RouteInfo,
  RouteTable,
  type TableOptions,
} from "./route_table.ts";
import { type Fetch, RouterGroup } from "./router_group.ts";
import { RunningServer, type RunOptions } from "./server.ts";
import { nameSpan } from "./telemetry.ts";
import { Templates, type TemplatesOptions } from "./template/templates.ts";

/** What an engine allows; its limits are on by default. */
export interface EngineOptions extends TableOptions {
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
  /**
   * Addresses and networks (CIDR) of the proxies in front, whose
   * `x-forwarded-for`, `-proto` and `-host` are believed.
   *
   * @default {[]}
   */
  readonly trustProxy?: readonly string[];
  /**
   * Whether something in front has made sure that the `host` header is
   * well-formed, as reverse proxies do. Saves reading the headers, up to a fifth
   * of the time of a small request.
   *
   * @default {false}
   */
  readonly trustHost?: boolean;
  /**
   * Keys of signed cookies, each of 32 bytes or more. The first one signs, all
   * of them open: put a new one first to replace an old one.
   *
   * @default {[]}
   */
  readonly cookieKeys?: readonly string[];
}

/** Answers in place of an error; what it throws becomes a plain 500. */
export type ErrorHandler<State extends object = AnyState> = (
  error: unknown,
  c: Context<AnyParams, State>,
) => Response | Promise<Response>;

/**
 * The top of the framework: the group without a prefix, and what answers
 * requests. `export default app` is all `deno serve` needs.
 *
 * Where no route fits it answers 404; where only other methods have one, 405
 * with `allow`, and `OPTIONS` by itself. A request whose `host` header or path
 * is malformed is answered 400 before any middleware.
 *
 * @typeParam State What middleware leaves in `c.state`.
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
export class Engine<State extends object = AnyState>
  extends RouterGroup<"", State> {
  readonly #table: RouteTable;
  readonly #settings: ContextSettings;
  readonly #deadline: Deadline<Context>;
  readonly #hosts: HostCheck;
  readonly #endless = new Set<Endless>();
  /** Whether Deno makes spans; unknown before the first request by a socket. */
  #isTraced: boolean | undefined;
  #isClosing = false;
  #onMissing: Handler | undefined;
  #onError: ErrorHandler | undefined;
  #templates: Templates | undefined;

  /**
   * Makes an engine without routes or middleware.
   *
   * @param options Limits, and what is trusted.
   * @throws {RangeError} When a limit is not a positive number, or a key of
   * cookies is too short.
   * @throws {SyntaxError} When an address of a proxy is malformed.
   */
  constructor(options: EngineOptions = {}) {
    const table = new RouteTable((c) => this.#answerMissing(c), options);
    super("", table);
    this.#table = table;
    this.#hosts = new HostCheck({ isTrusted: options.trustHost ?? false });
    this.#deadline = new Deadline(
      positive("handlerTimeout", options.handlerTimeout ?? 30_000),
      (error, c: Context) => this.#fail(error, c),
    );
    this.#settings = {
      endless: this.#endless,
      bodyLimit: positive("bodyLimit", options.bodyLimit ?? 1 << 20),
      bodyTimeout: positive("bodyTimeout", options.bodyTimeout ?? 30_000),
      trustedProxies: options.trustProxy && new AddressList(options.trustProxy),
      cookieSigner: options.cookieKeys && new CookieSigner(options.cookieKeys),
      render: (name, data) => this.#render(name, data),
      isClosing: () => this.#isClosing,
      abandon: (c, reason) => this.#deadline.abandon(c, reason),
      rescue: (error, c) => this.#rescue(error, c),
    };
  }

  /**
   * An engine with the logger and, inside it, recovery.
   *
   * @typeParam State What middleware leaves in `c.state`.
   * @param options Limits, and what is trusted.
   * @returns The engine.
   */
  static default<State extends object = AnyState>(
    options?: EngineOptions,
  ): Engine<State> {
    return new Engine<State>(options).use(logger(), recovery());
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
    const start = this.#hosts.pathStart(request, url);
    if (start === -1) return badRequest("Bad host", request);
    const found = this.#table.match(method, url, start);
    const match = found ?? this.#table.fallback(url, start);
    if (match === undefined) return badRequest("Bad path", request);
    if (this.#isTraced !== false && info !== undefined) {
      this.#isTraced = nameSpan(method, found?.pattern);
    }
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
    this.#isClosing = false;
    return new RunningServer(this.fetch, {
      onDrain: () => {
        this.#isClosing = true;
      },
      onClose: () => {
        for (const one of [...this.#endless]) one.end(closing());
      },
      onOverdue: () => this.#deadline.endAll(closing()),
    }, options);
  }

  /** Whether its server is closing, for those who send it requests. */
  get isClosing(): boolean {
    return this.#isClosing;
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
   * @param handler The handler, in place of a plain 404.
   * @returns The engine itself.
   */
  notFound(handler: Handler<AnyParams, State>): this {
    this.#onMissing = handler as unknown as Handler; // of this engine's state
    return this;
  }

  /**
   * Answers where a handler threw. Headers set before are kept.
   *
   * @param handler The handler, in place of the message of an `HttpError` or
   * an opaque 500 as JSON.
   * @returns The engine itself.
   */
  onError(handler: ErrorHandler<State>): this {
    this.#onError = handler as unknown as ErrorHandler; // of this engine's state
    return this;
  }

  /**
   * Reads the templates that `c.html(name, data)` renders, all of them at once:
   * what is wrong with one throws here.
   *
   * @param source A folder, or the templates by their names.
   * @param options Functions they may call, and limits.
   * @returns The engine itself.
   * @throws {TemplateError} When a template is malformed.
   * @throws {Deno.errors.NotFound} When there is no such folder.
   *
   * @example A page
   * ```ts
   * import { Engine } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const app = new Engine().templates({
   *   "hello.html": "<p>Hello {{ .name | upper }}</p>",
   * }, { functions: { upper: (text: string) => text.toUpperCase() } });
   * app.get("/:name", (c) => c.html("hello.html", { name: c.param("name") }));
   * const response = await app.request("/%3Cb%3E");
   * assertEquals(await response.text(), "<p>Hello &lt;B&gt;</p>");
   * ```
   */
  templates(
    source: string | URL | Readonly<Record<string, string>>,
    options?: TemplatesOptions,
  ): this {
    const isFolder = typeof source === "string" || source instanceof URL;
    this.#templates = isFolder
      ? Templates.load(source, options)
      : new Templates(source, options);
    return this;
  }

  #render(name: string, data: unknown): string {
    if (this.#templates !== undefined) {
      return this.#templates.render(name, data);
    }
    throw new TypeError(
      `Cannot render template "${name}": the engine has no templates`,
    );
  }

  #fail(error: unknown, c: Context): Response | Promise<Response> {
    const answer = c.rescue(error);
    return answer instanceof Promise
      ? answer.then((response) => c.finish(response))
      : c.finish(answer);
  }

  #rescue(error: unknown, c: Context): Response | Promise<Response> {
    const { request } = c;
    // Nobody reads the answer of a client that left.
    const hasLeft = error instanceof HttpError && error.status === 499;
    if (hasLeft || this.#onError === undefined) {
      return errorResponse(error, request);
    }
    try {
      const answer = this.#onError(error, c);
      if (!(answer instanceof Promise)) return answer;
      return answer.catch((inner) => errorResponse(inner, request));
    } catch (inner) {
      return errorResponse(inner, request);
    }
  }

  #answerMissing(c: Context): ReturnType<Handler> {
    const { url, method } = c.request;
    const start = pathStart(url);
    const methods = this.#table.allowed(url, start);
    if (methods.length === 0) {
      const target = this.#table.redirect(url, start);
      if (target !== undefined) return c.redirect(308, target);
      if (this.#onMissing !== undefined) return this.#onMissing(c);
      return statusResponse(404, c.request);
    }
    if (methods.includes("GET")) methods.push("HEAD");
    const allow = [...new Set([...methods, "OPTIONS"])].sort().join(", ");
    c.setHeader("allow", allow);
    if (method === "OPTIONS") return new Response(null, { status: 204 });
    return statusResponse(405, c.request);
  }
}

function closing(): HttpError {
  return new HttpError(503, "The server is closing");
}

function badRequest(message: string, request: Request): Response {
  return errorResponse(new HttpError(400, message), request);
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(
    `Cannot make an Engine: got ${name} ${value}, want a positive number`,
  );
}
