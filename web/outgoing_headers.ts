// Copyright 2026 the Gee authors. MIT license.
import { contentDisposition } from "./content_disposition.ts";
import { type CookieOptions, formatCookie } from "./cookies.ts";
import { HeaderList, type WaitingHeader } from "./header_list.ts";
import {
  type AnyParams,
  type AnyState,
  type ConnectionInfo,
  Incoming,
  type IncomingSettings,
  type PathParams,
  signerOf,
} from "./incoming.ts";
import { Lifetime } from "./lifetime.ts";

/**
 * The headers of the answer of a {@linkcode Context}, and how long it is
 * awaited. What is set here is written once at the end, whoever made the
 * response.
 *
 * @typeParam Params The parameters of the pattern.
 * @typeParam State What middleware leaves in `state`.
 */
export class OutgoingHeaders<
  Params extends object = AnyParams,
  State extends object = AnyState,
> extends Incoming<Params, State> {
  readonly #settings: IncomingSettings;
  #headers: HeaderList | undefined;
  #lifetime: Lifetime | undefined;

  /**
   * Made by the engine for each request.
   *
   * @param request The request.
   * @param info The connection it came by.
   * @param settings What the requests of the engine share.
   * @param params The parameters of its route.
   * @param aliases Names that group prefixes give to parameters of the route.
   */
  constructor(
    request: Request,
    info: ConnectionInfo | undefined,
    settings: IncomingSettings,
    params: PathParams | undefined,
    aliases: ReadonlyMap<string, string> | undefined,
  ) {
    super(request, info, settings, params, aliases);
    this.#settings = settings;
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
   * The headers set so far, which are not in `response` before the end: for
   * middleware that judges or keeps whole answers.
   */
  get waitingHeaders(): readonly WaitingHeader[] {
    return this.#headers?.waiting ?? [];
  }

  /**
   * Says that the answer is a file to keep, not a page to show (RFC 6266). Any
   * name is safe: what a file system could misread is replaced.
   *
   * @param filename The name to offer.
   * @returns The context itself.
   */
  attachment(filename?: string): this {
    return this.setHeader(
      "content-disposition",
      contentDisposition("attachment", filename),
    );
  }

  /**
   * Sets a cookie: for this host, over TLS alone, hidden from scripts, and not
   * sent with the requests other sites make, unless the options say otherwise.
   *
   * @param name Its name, a token.
   * @param value Its value, any text.
   * @param options Its attributes.
   * @returns The context itself.
   * @throws {TypeError} When browsers would refuse the cookie.
   */
  setCookie(name: string, value: string, options?: CookieOptions): this {
    return this.appendHeader("set-cookie", formatCookie(name, value, options));
  }

  /**
   * Sets a cookie that clients can read but not change, by the first of the
   * engine's `cookieKeys`.
   *
   * @param name Its name, a token.
   * @param value Its value, any text.
   * @param options Its attributes.
   * @returns The context itself.
   * @throws {TypeError} When the engine has no `cookieKeys`, or browsers would
   * refuse the cookie.
   */
  async setSignedCookie(
    name: string,
    value: string,
    options?: CookieOptions,
  ): Promise<this> {
    const sealed = await signerOf(name, this.#settings).seal(name, value);
    return this.setCookie(name, sealed, options);
  }

  /**
   * Makes the browser forget a cookie.
   *
   * @param name Its name.
   * @param options The `domain` and `path` it was set with.
   * @returns The context itself.
   */
  deleteCookie(name: string, options: CookieOptions = {}): this {
    const { expires: _, ...rest } = options;
    return this.setCookie(name, "", { ...rest, maxAge: 0 });
  }

  /**
   * Called when nobody waits for the answer any longer.
   *
   * @param _reason Why.
   */
  abandon(_reason: unknown): void {}

  /**
   * Writes the headers that were set into the final response.
   *
   * @param response The answer of the chain.
   * @returns The response to send.
   */
  finish(response: Response): Response {
    this.#lifetime?.release();
    // The answer that opens a WebSocket belongs to the server as it is.
    if (this.#headers === undefined || response.status === 101) return response;
    return this.#headers.writeTo(unshared(response));
  }
}

/**
 * A response without a body can be answered again and again: what is written
 * into it, cookies too, would reach the clients after this one.
 */
function unshared(response: Response): Response {
  // To look at a body slows it down; those with one have a type, mostly.
  const hasBody = response.headers.has("content-type") ||
    response.body !== null;
  return hasBody ? response : new Response(null, response);
}
