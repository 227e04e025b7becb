// Copyright 2026 the Gee authors. MIT license.
import type { BodyLimits } from "./body.ts";
import { byteStream } from "./byte_stream.ts";
import { HeaderList } from "./header_list.ts";
import { type ConnectionInfo, Incoming, type PathParams } from "./incoming.ts";
import { clientLeft, Lifetime } from "./lifetime.ts";
import { locationOf, type RedirectOptions } from "./redirect.ts";
import { encodeEvents, type SseEvent, type SseOptions } from "./sse.ts";

/** What a handler may return; nothing stands for what the context answered. */
export type HandlerResult = Response | void | Promise<Response | void>;

/**
 * Answers a request, or, as middleware, works before and after `c.next()`.
 *
 * @typeParam Names The parameter names of the pattern.
 */
export type Handler<Names extends string = string> = (
  c: Context<Names>,
) => HandlerResult;

/** What all contexts of an engine share. */
export interface ContextSettings extends BodyLimits {
  /** The event streams that are open; they end when the server closes. */
  readonly eventStreams: Set<Lifetime>;
  /** Turns an error into an answer; must not throw. */
  rescue(error: unknown, c: Context): Response | Promise<Response>;
}

/** How one request is to be handled. */
export interface Route {
  /** Middleware from the outside in, then the handler. */
  readonly chain: readonly Handler[];
  /** Names that group prefixes give to parameters of the route. */
  readonly aliases?: ReadonlyMap<string, string> | undefined;
}

/**
 * One request and its answer. Handlers and middleware get it as their only
 * argument.
 *
 * Helpers such as `json` take `(status, value)`, or `(value)` alone for the
 * status set before or 200, and return a `Response`. Headers set here are
 * written once at the end, whoever made the response.
 *
 * @typeParam Names The parameter names of the pattern.
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
export class Context<Names extends string = string> extends Incoming<Names> {
  readonly #settings: ContextSettings;
  readonly #chain: readonly Handler[];
  /** Position in the chain of the handler that runs; -1 before the first. */
  #depth = -1;
  /** The last position that was ever reached. */
  #deepest = -1;
  /** What `next()` gave last, while it is a promise. */
  #rest: Promise<Response> | undefined;
  #reply: Response | undefined;
  #status = 200;
  #headers: HeaderList | undefined;
  #lifetime: Lifetime | undefined;
  #error: unknown;

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
  }

  /** How long the answer is awaited. */
  get lifetime(): Lifetime {
    return this.#lifetime ??= new Lifetime(this.request);
  }

  /**
   * Aborts when the client leaves or the handler's deadline passes; never by
   * success. It follows `stream` and `sse` to their end, but not a body that
   * the handler put into a `Response` of its own.
   */
  get signal(): AbortSignal {
    this.lifetime.watch();
    return this.lifetime.signal;
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
    if (result instanceof Promise) {
      return this.#rest = result.then((value) => {
        this.#depth = depth;
        return this.#settle(value);
      });
    }
    this.#depth = depth;
    return this.#settle(result);
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
   * Sets the status of helpers called without one, and of an empty answer.
   *
   * @param status The status, 200 to 599.
   * @returns The context itself.
   */
  status(status: number): this {
    this.#status = status;
    return this;
  }

  /**
   * Sets a header of the answer, in place of any of that name.
   *
   * @param name Its name.
   * @param value Its value.
   * @returns The context itself.
   * @throws {TypeError} When a character could split or forge headers.
   */
  setHeader(name: string, value: string): this {
    (this.#headers ??= new HeaderList()).set(name, value);
    return this;
  }

  /**
   * Adds a header to the answer beside those of that name.
   *
   * @param name Its name.
   * @param value Its value.
   * @returns The context itself.
   * @throws {TypeError} When a character could split or forge headers.
   */
  appendHeader(name: string, value: string): this {
    (this.#headers ??= new HeaderList()).append(name, value);
    return this;
  }

  /**
   * Answers with plain text; nothing is formatted.
   *
   * @param args The text, or a status and the text.
   * @returns The response.
   */
  string(...args: [text: string] | [status: number, text: string]): Response {
    return args.length === 1
      ? this.#answer(this.#status, args[0])
      : this.#answer(args[0], args[1]);
  }

  /**
   * Answers with JSON. It is encoded first, so a value without a JSON form is
   * an error before anything is sent.
   *
   * @param args The value, or a status and the value.
   * @returns The response.
   * @throws {TypeError} When the value has no JSON form.
   */
  json(...args: [value: unknown] | [status: number, value: unknown]): Response {
    const [status, value] = args.length === 1 ? [this.#status, args[0]] : args;
    return this.#reply = status === 200
      ? Response.json(value)
      : Response.json(value, { status });
  }

  /**
   * Answers with bytes, as `application/octet-stream` unless `setHeader` says
   * another type.
   *
   * @param args The bytes, or a status and the bytes.
   * @returns The response.
   */
  data(
    ...args:
      | [bytes: Uint8Array<ArrayBuffer>]
      | [status: number, bytes: Uint8Array<ArrayBuffer>]
  ): Response {
    const [status, bytes] = args.length === 1 ? [this.#status, args[0]] : args;
    return this.#answer(status, bytes, "application/octet-stream");
  }

  /**
   * Answers with HTML as it is: nothing is escaped.
   *
   * @param args The text, or a status and the text.
   * @returns The response.
   */
  html(...args: [text: string] | [status: number, text: string]): Response {
    const [status, text] = args.length === 1 ? [this.#status, args[0]] : args;
    return this.#answer(status, text, "text/html; charset=utf-8");
  }

  /**
   * Sends the client elsewhere.
   *
   * @param args The target, a path of this site unless the options allow
   * others; before it a status in place of 302, after it the options.
   * @returns The response.
   * @throws {TypeError} When the target leaves this site unasked.
   */
  redirect(
    ...args:
      | [target: string, options?: RedirectOptions]
      | [status: number, target: string, options?: RedirectOptions]
  ): Response {
    const hasStatus = typeof args[0] === "number";
    const status = hasStatus ? args[0] as number : 302; // just looked at
    const rest = hasStatus ? args.slice(1) : args;
    const [target, options = {}] = rest as [string, RedirectOptions?]; // both tuples end so
    const response = this.#answer(status, null);
    response.headers.set("location", locationOf(target, options));
    return response;
  }

  /**
   * Answers with a stream, text being sent as UTF-8. `signal` aborts when the
   * client leaves before its end.
   *
   * @param args The chunks, or a status and the chunks.
   * @returns The response.
   */
  stream(
    ...args:
      | [chunks: AsyncIterable<Uint8Array | string>]
      | [status: number, chunks: AsyncIterable<Uint8Array | string>]
  ): Response {
    const [status, chunks] = args.length === 1 ? [this.#status, args[0]] : args;
    const { lifetime } = this;
    const body = byteStream(chunks, {
      signal: lifetime.signal,
      onCancel: () => lifetime.end(clientLeft()),
    });
    return this.#answer(status, body, "application/octet-stream");
  }

  /**
   * Answers with server-sent events until the iterable ends, the client leaves
   * or the server closes; the latter two abort `signal` and return the iterator.
   *
   * @param events The events.
   * @param options How often to say that the stream is alive.
   * @returns The response.
   *
   * @example Count to two
   * ```ts
   * import { Engine } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const app = new Engine();
   * app.get("/count", (c) =>
   *   c.sse(async function* () {
   *     yield { id: "1", data: "one" };
   *     yield { id: "2", data: "two" };
   *   }()));
   * const response = await app.request("/count");
   * assertEquals(
   *   await response.text(),
   *   "id: 1\ndata: one\n\nid: 2\ndata: two\n\n",
   * );
   * ```
   */
  sse(events: AsyncIterable<SseEvent>, options: SseOptions = {}): Response {
    const { lifetime } = this;
    const { eventStreams } = this.#settings;
    eventStreams.add(lifetime);
    const body = byteStream(encodeEvents(events), {
      signal: lifetime.signal,
      onCancel: () => lifetime.end(clientLeft()),
      onEnd: () => eventStreams.delete(lifetime),
      idleText: ": keep-alive\n\n",
      idleMs: options.keepAlive ?? 15_000,
    });
    const response = this.#answer(200, body, "text/event-stream");
    response.headers.set("cache-control", "no-cache");
    return response;
  }

  /**
   * Answers with `{"message": …}`, as Gee does.
   *
   * @param status The status.
   * @param message What the client may read.
   * @returns The response.
   */
  fail(status: number, message: string): Response {
    return this.json(status, { message });
  }

  /**
   * Writes the headers that were set into the final response.
   *
   * @param response The answer of the chain.
   * @returns The response to send.
   */
  finish(response: Response): Response {
    this.#lifetime?.release();
    return this.#headers?.writeTo(response) ?? response;
  }

  get #untyped(): Context {
    // Names exist for the compiler only: they narrow what param() takes.
    return this as unknown as Context;
  }

  #answer(
    status: number,
    body: BodyInit | null,
    type?: string,
  ): Response {
    // An init object costs 2 microseconds, twenty times a bare response.
    const response = status === 200
      ? new Response(body)
      : new Response(body, { status });
    if (type !== undefined) response.headers.set("content-type", type);
    return this.#reply = response;
  }

  #settle(result: Response | void): Response {
    if (result === undefined) {
      if (this.#reply === undefined && this.#deepest > this.#depth + 1) {
        throw new Error(
          "Cannot answer: a middleware returned nothing before the rest of the chain had an answer, await c.next()",
        );
      }
      return this.#reply ?? this.#answer(this.#status, null);
    }
    if (!(result instanceof Response)) {
      throw new TypeError(
        `Cannot answer with what a handler returned: got ${typeof result}, want a Response or nothing`,
      );
    }
    return this.#reply = result;
  }
}
