// Copyright 2026 the Gee authors. MIT license.
import type { BodyLimits } from "./body.ts";
import { byteStream } from "./byte_stream.ts";
import { HeaderList } from "./header_list.ts";
import { type ConnectionInfo, Incoming, type PathParams } from "./incoming.ts";
import { clientLeft, Lifetime } from "./lifetime.ts";
import { locationOf, type RedirectOptions } from "./redirect.ts";
import { encodeEvents, type SseEvent, type SseOptions } from "./sse.ts";

/** What the answers of an engine share. */
export interface OutgoingSettings extends BodyLimits {
  /** The event streams that are open; they end when the server closes. */
  readonly eventStreams: Set<Lifetime>;
}

/**
 * The answer side of a {@linkcode Context}. Helpers take `(status, value)`, or
 * `(value)` alone for the status set before or 200. Headers set here are
 * written once at the end, whoever made the response.
 *
 * @typeParam Names The parameter names of the pattern.
 */
export class Outgoing<Names extends string = string> extends Incoming<Names> {
  /** The answer so far: what a helper or a handler made last. */
  response: Response | undefined;
  readonly #eventStreams: Set<Lifetime>;
  #status = 200;
  #headers: HeaderList | undefined;
  #lifetime: Lifetime | undefined;

  /**
   * Made by the engine for each request.
   *
   * @param request The request.
   * @param info The connection it came by.
   * @param settings What the answers of the engine share.
   * @param params The parameters of its route.
   * @param aliases Names that group prefixes give to parameters of the route.
   */
  constructor(
    request: Request,
    info: ConnectionInfo | undefined,
    settings: OutgoingSettings,
    params: PathParams | undefined,
    aliases: ReadonlyMap<string, string> | undefined,
  ) {
    super(request, info, settings, params, aliases);
    this.#eventStreams = settings.eventStreams;
  }

  /** How long the answer is awaited. */
  get lifetime(): Lifetime {
    return this.#lifetime ??= new Lifetime(
      this.request,
      (reason) => this.abandon(reason),
    );
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
    return this.response = status === 200
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
    const eventStreams = this.#eventStreams;
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
   * Called when nobody waits for the answer any longer.
   *
   * @param _reason Why.
   */
  abandon(_reason: unknown): void {}

  /**
   * Answers with a status and nothing else.
   *
   * @returns The response.
   */
  empty(): Response {
    return this.#answer(this.#status, null);
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
    return this.response = response;
  }
}
