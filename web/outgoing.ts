// Copyright 2026 the Gee authors. MIT license.
import { byteStream } from "./byte_stream.ts";
import type {
  AnyParams,
  AnyState,
  ConnectionInfo,
  IncomingSettings,
  PathParams,
} from "./incoming.ts";
import { clientLeft } from "./lifetime.ts";
import { OutgoingHeaders } from "./outgoing_headers.ts";
import { locationOf, type RedirectOptions } from "./redirect.ts";
import { encodeEvents, type SseEvent, type SseOptions } from "./sse.ts";
import {
  openWebSocket,
  type WebSocketHooks,
  type WebSocketOptions,
} from "./web_socket.ts";

/** Something without an end of its own, such as a stream of events. */
export interface Endless {
  /** Ends it. */
  end(reason: unknown): void;
}

/** What the answers of an engine share. */
export interface OutgoingSettings extends IncomingSettings {
  /** The streams of events and sockets that are open; they end with the server. */
  readonly endless: Set<Endless>;
  /** Renders a template. */
  render(name: string, data: unknown): string;
}

/** HTML that knows that it is safe, as the tag `html` makes it. */
export interface HtmlText {
  /** The text. */
  toString(): string;
}

/** Where events come from; the id is the last one a returning client has seen. */
export type SseSource =
  | AsyncIterable<SseEvent>
  | ((lastEventId: string | undefined) => AsyncIterable<SseEvent>);

/**
 * The answer side of a {@linkcode Context}. Helpers take `(status, value)`, or
 * `(value)` alone for the status set before or 200. Headers set here are
 * written once at the end, whoever made the response.
 *
 * @typeParam Params The parameters of the pattern.
 * @typeParam State What middleware leaves in `state`.
 */
export class Outgoing<
  Params extends object = AnyParams,
  State extends object = AnyState,
> extends OutgoingHeaders<Params, State> {
  /** The answer so far: what a helper or a handler made last. */
  response: Response | undefined;
  readonly #settings: OutgoingSettings;
  #status = 200;

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
    this.#settings = settings;
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
   * Answers with HTML: what the tag `html` made, a template with its data, or
   * a text as it is, in which nothing is escaped.
   *
   * @param args The text or the name of a template and its data; before them
   * perhaps a status.
   * @returns The response.
   * @throws {RangeError} When there is no such template.
   * @throws {TypeError} When the engine has no templates.
   * @throws {TemplateError} When the template fails on its data.
   */
  html(
    ...args:
      | [text: string | HtmlText]
      | [status: number, text: string | HtmlText]
      | [template: string, data: unknown]
      | [status: number, template: string, data: unknown]
  ): Response {
    const hasStatus = typeof args[0] === "number";
    const status = hasStatus ? args[0] as number : this.#status; // just looked at
    const [text, ...data] = hasStatus ? args.slice(1) : args;
    const html = data.length === 0
      ? String(text)
      : this.#settings.render(String(text), data[0]);
    return this.#answer(status, html, "text/html; charset=utf-8");
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
   * @param source The events, or a function that makes them: it gets the id of
   * the last event that a client which comes back has seen.
   * @param options How often to say that the stream is alive.
   * @returns The response.
   *
   * @example Count on from where the client was
   * ```ts
   * import { Engine } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const app = new Engine();
   * app.get("/count", (c) =>
   *   c.sse(async function* (last = "0") {
   *     for (let id = Number(last) + 1; id <= 3; id++) {
   *       yield { id: String(id), data: `number ${id}` };
   *     }
   *   }));
   * const response = await app.request("/count", {
   *   headers: { "last-event-id": "2" },
   * });
   * assertEquals(await response.text(), "id: 3\ndata: number 3\n\n");
   * ```
   */
  sse(source: SseSource, options: SseOptions = {}): Response {
    const { lifetime } = this;
    const { endless } = this.#settings;
    const events = typeof source === "function"
      ? source(this.header("last-event-id"))
      : source;
    endless.add(lifetime);
    const body = byteStream(encodeEvents(events), {
      signal: lifetime.signal,
      onCancel: () => lifetime.end(clientLeft()),
      onEnd: () => endless.delete(lifetime),
      idleText: ": keep-alive\n\n",
      idleMs: options.keepAlive ?? 15_000,
    });
    const response = this.#answer(200, body, "text/event-stream");
    response.headers.set("cache-control", "no-cache");
    return response;
  }

  /**
   * Turns the request into a WebSocket (RFC 6455). Pages of other sites are
   * refused unless the options list their origins; the socket ends with the
   * server.
   *
   * @param hooks What to do with what comes.
   * @param options Origins, protocols and limits.
   * @returns The response; nothing can be added to it.
   * @throws {HttpError} 426 when the request asks for no WebSocket, 403 for a
   * foreign page.
   *
   * @example Echo
   * ```ts
   * import { Engine } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const app = new Engine();
   * app.get("/echo", (c) =>
   *   c.webSocket({ onMessage: (socket, data) => socket.send(data) }));
   * await using server = app.run({ port: 0 });
   *
   * const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/echo`);
   * const { promise, resolve } = Promise.withResolvers<unknown>();
   * socket.onopen = () => socket.send("hello");
   * socket.onmessage = ({ data }) => resolve(data);
   * assertEquals(await promise, "hello");
   * const closed = new Promise((done) => socket.onclose = done);
   * socket.close();
   * await closed;
   * ```
   */
  webSocket(hooks: WebSocketHooks, options?: WebSocketOptions): Response {
    const { endless } = this.#settings;
    const { request, origin } = this;
    return this.response = openWebSocket(
      { request, origin, endless },
      hooks,
      options,
    );
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
   * Answers with a status and nothing else.
   *
   * @returns The response.
   */
  empty(): Response {
    return this.#answer(this.#status, null);
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
