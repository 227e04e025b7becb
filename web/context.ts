// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "./http_error.ts";
import type {
  AnyParams,
  AnyState,
  ConnectionInfo,
  PathParams,
} from "./incoming.ts";
import { Outgoing, type OutgoingSettings } from "./outgoing.ts";

/** What a handler may return; nothing stands for what the context answered. */
export type HandlerResult = Response | void | Promise<Response | void>;

/**
 * Answers a request, or, as middleware, works before and after `c.next()`. One
 * that fits every engine, whatever its state, is a {@linkcode Middleware}.
 *
 * @typeParam Params The parameters of the pattern.
 * @typeParam State What middleware leaves in `c.state`.
 */
export type Handler<
  Params extends object = AnyParams,
  State extends object = AnyState,
> = (c: Context<Params, State>) => HandlerResult;

/** A handler for any route of any engine, as the middleware of this module is. */
export type Middleware = Handler<AnyParams, object>;

/** What all contexts of an engine share. */
export interface ContextSettings extends OutgoingSettings {
  /** Sends what `reason` makes in place of an answer that is still awaited. */
  abandon(c: Context, reason: unknown): void;
  /** Whether the server is closing. */
  isClosing(): boolean;
  /** Turns an error into an answer; must not throw. */
  rescue(error: unknown, c: Context): Response | Promise<Response>;
}

/** How one request is to be handled. */
export interface Route {
  /** Middleware from the outside in, then the handler. */
  readonly chain: readonly Handler[];
  /** Names that group prefixes give to parameters of the route. */
  readonly aliases?: ReadonlyMap<string, string> | undefined;
  /** Whether it stands for what no route fits. */
  readonly isFallback?: boolean;
}

/**
 * One request and its answer. Handlers and middleware get it as their only
 * argument.
 *
 * Helpers such as `json` take `(status, value)`, or `(value)` alone for the
 * status set before or 200, and return a `Response`. Headers set here are
 * written once at the end, whoever made the response.
 *
 * @typeParam Params The parameters of the pattern, `{ id: string }` for `/:id`.
 * @typeParam State What middleware leaves in `state`.
 *
 * @example Read and answer
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.post("/users/:id", async (c) => {
 *   c.setHeader("x-source", "example");
 *   return c.json(201, { id: c.param("id"), name: await c.postForm("name") });
 * });
 * const body = new URLSearchParams({ name: "Tom" });
 * const response = await app.request("/users/7", { method: "POST", body });
 * assertEquals(response.status, 201);
 * assertEquals(response.headers.get("x-source"), "example");
 * assertEquals(await response.json(), { id: "7", name: "Tom" });
 * ```
 */
export class Context<
  Params extends object = AnyParams,
  State extends object = AnyState,
> extends Outgoing<Params, State> {
  /**
   * Milliseconds the handler may take, where it is not the engine's
   * `handlerTimeout`. See the middleware `timeout`.
   */
  handlerTimeout: number | undefined;
  readonly #settings: ContextSettings;
  readonly #chain: readonly Handler[];
  /** Position in the chain of the handler that runs; -1 before the first. */
  #depth = -1;
  /** The last position that was ever reached. */
  #deepest = -1;
  /** What `next()` gave last, while it is a promise. */
  #rest: Promise<Response> | undefined;
  #error: unknown;
  readonly #isFallback: boolean;

  /**
   * Made by the engine for each request.
   *
   * @param request The request.
   * @param info The connection it came by.
   * @param settings What all contexts of the engine share.
   * @param route How the request is to be handled.
   * @param params The parameters of its route.
   */
  constructor(
    request: Request,
    info: ConnectionInfo | undefined,
    settings: ContextSettings,
    route: Route,
    params?: PathParams,
  ) {
    super(request, info, settings, params, route.aliases);
    this.#settings = settings;
    this.#chain = route.chain;
    this.#isFallback = route.isFallback === true;
  }

  /** The pattern of the route, or undefined where no route fits. */
  override get pattern(): string | undefined {
    return this.#isFallback ? undefined : super.pattern;
  }

  /** Whether the server is closing, so that load balancers should know. */
  get isClosing(): boolean {
    return this.#settings.isClosing();
  }

  /** The error that made this answer, for whoever writes the log. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Runs the rest of the chain. What comes before the call happens on the way
   * in, what comes after on the way out; without the call the chain ends here.
   *
   * @returns The answer of the rest, as a promise only when something in it
   * was one.
   * @throws {Error} When it was called before, or there is no rest.
   */
  next(): Response | Promise<Response> {
    const depth = this.#depth;
    const result = this.run();
    if (!(result instanceof Promise)) return this.#settle(result);
    return this.#rest = result.then((value) => {
      this.#depth = depth;
      return this.#settle(value);
    }, (error) => {
      this.#depth = depth;
      throw error;
    });
  }

  /**
   * Runs the rest of the chain without a look at its result: `end` takes
   * that. Used by the engine, which so needs no promise of its own.
   *
   * @returns What the next handler returned.
   * @throws {Error} As `next` does.
   */
  run(): HandlerResult {
    const depth = this.#depth;
    if (this.#deepest !== depth) {
      throw new Error("Cannot call next: the rest of the chain has run before");
    }
    const handler = this.#chain[depth + 1];
    if (handler === undefined) {
      throw new Error("Cannot call next: the last handler has no rest to run");
    }
    this.#depth = this.#deepest = depth + 1;
    let result: HandlerResult;
    try {
      result = handler(this.#untyped);
    } catch (error) {
      this.#depth = depth;
      throw error;
    }
    // Middleware that returns nothing answers with the rest, also a late one.
    result ??= this.#rest;
    if (!(result instanceof Promise)) this.#depth = depth;
    return result;
  }

  /**
   * Ends the chain. Used by the engine.
   *
   * @param result What the first handler returned.
   * @returns The response to send, with the headers that were set.
   * @throws {Error} When there is no answer.
   */
  end(result: Response | void): Response {
    this.#depth = -1;
    return this.finish(this.#settle(result));
  }

  /**
   * Answers as the engine's `onError` does, and keeps the error for the log.
   *
   * @param error What was thrown.
   * @returns The answer; it never throws or rejects.
   */
  rescue(error: unknown): Response | Promise<Response> {
    this.#error = error;
    return this.#settings.rescue(error, this.#untyped);
  }

  /**
   * Why the deadline failed this request: the client, where it still owes a
   * part of the body, else the handler. Used by the engine.
   *
   * @returns An error with 408 or 503.
   */
  overdue(): HttpError {
    if (!this.body.isReading) return new HttpError(503);
    this.body.giveUp();
    return new HttpError(408);
  }

  /**
   * Goes on without the answer of the handler. Used by `lifetime`.
   *
   * @param reason Why.
   */
  override abandon(reason: unknown): void {
    this.#settings.abandon(this.#untyped, reason);
  }

  get #untyped(): Context {
    // Both types exist for the compiler only: they narrow param() and state.
    return this as unknown as Context;
  }

  #settle(result: Response | void): Response {
    if (result === undefined) {
      if (this.response === undefined && this.#deepest > this.#depth + 1) {
        throw new Error(
          "Cannot answer: a middleware returned nothing before the rest of the chain had an answer, await c.next()",
        );
      }
      return this.response ?? this.empty();
    }
    if (!(result instanceof Response)) {
      throw new TypeError(
        `Cannot answer with what a handler returned: got ${typeof result}, want a Response or nothing`,
      );
    }
    return this.response = result;
  }
}
