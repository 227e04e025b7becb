// Copyright 2026 the Gee authors. MIT license.
import type { AddressList } from "./address_list.ts";
import { Body, type BodyLimits } from "./body.ts";
import type { CookieSigner } from "./cookie_signer.ts";
import { parseCookies } from "./cookies.ts";
import { clientAddress, clientOrigin } from "./forwarded.ts";
import { normalPath, pathEnd, pathStart } from "./path.ts";
import type { ParamValue } from "./scanner.ts";

/** What is known of the connection a request came by. */
export interface ConnectionInfo {
  /** The other end of the connection, as `Deno.serve` tells it. */
  readonly remoteAddr?: {
    /** Its IP address; unix sockets have none. */
    readonly hostname?: string;
  } | undefined;
  /**
   * The path that `mount` cut off the URL, for links to itself: `/debug`.
   * Nothing where nothing is mounted.
   */
  readonly mountPath?: string;
}

/** The parameters a route took from the path. */
export interface PathParams {
  /** The names in the order of the pattern. */
  readonly names: readonly string[];
  /** The pattern as registered. */
  readonly pattern: string;
  /** The decoded value of a parameter. */
  param(name: string): ParamValue | undefined;
  /** The decoded segments of a parameter, each for itself. */
  segments(name: string): string[];
}

/** Parameters of which nothing is known before a request comes. */
export type AnyParams = Readonly<Record<string, ParamValue>>;

/** State of which nothing is declared. */
export type AnyState = Record<string, unknown>;

/** What the requests of an engine share. */
export interface IncomingSettings extends BodyLimits {
  /** The proxies whose headers are believed. */
  readonly trustedProxies?: AddressList | undefined;
  /** Signs cookies and checks what was signed. */
  readonly cookieSigner?: CookieSigner | undefined;
}

/**
 * The request side of a {@linkcode Context}. Nothing is parsed before it is
 * read, and path, query and body are never merged.
 *
 * @typeParam Params The parameters of the pattern.
 * @typeParam State What middleware leaves in `state`.
 */
export class Incoming<
  Params extends object = AnyParams,
  State extends object = AnyState,
> {
  /** The request as it came in. */
  readonly request: Request;
  readonly #info: ConnectionInfo | undefined;
  readonly #params: PathParams | undefined;
  readonly #aliases: ReadonlyMap<string, string> | undefined;
  readonly #settings: IncomingSettings;
  #limits: BodyLimits | undefined;
  #query: URLSearchParams | undefined;
  #cookies: ReadonlyMap<string, string> | undefined;
  #body: Body | undefined;
  #state: State | undefined;

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
    this.request = request;
    this.#info = info;
    this.#settings = settings;
    this.#params = params;
    this.#aliases = aliases;
  }

  /** The method in upper case. */
  get method(): string {
    return this.request.method;
  }

  /**
   * The path without query, in one spelling: `/%61dmin` is `/admin`, as it is
   * for the routes, while an encoded slash stays `%2F`. `request.url` has it as
   * the client wrote it.
   */
  get path(): string {
    const { url } = this.request;
    const start = pathStart(url);
    return normalPath(url.slice(start, pathEnd(url, start)));
  }

  /** The pattern that fits, of the route or of a group around it. */
  get pattern(): string | undefined {
    return this.#params?.pattern;
  }

  /**
   * The address of the client; undefined without a connection. No header is
   * trusted unless `trustProxy` of the engine lists the proxy that sent it.
   */
  get remoteAddress(): string | undefined {
    const peer = this.#info?.remoteAddr?.hostname;
    const trusted = this.#settings.trustedProxies;
    if (trusted === undefined || peer === undefined) return peer;
    return clientAddress(peer, this.header("x-forwarded-for"), trusted);
  }

  /**
   * Scheme and host as the client sees them, such as `https://example.com`.
   * Behind a proxy they are the proxy's, believed as in `remoteAddress`.
   */
  get origin(): string {
    const { trustedProxies } = this.#settings;
    return clientOrigin(
      this.request,
      this.#info?.remoteAddr?.hostname,
      trustedProxies,
    );
  }

  /** The connection, for handing the request on to another `fetch`. */
  get connection(): ConnectionInfo | undefined {
    return this.#info;
  }

  /**
   * Values that middleware leaves for those after it; without prototype. Its
   * type is the engine's: `new Engine<{ user: User }>()`.
   */
  get state(): State {
    // It starts out empty: that middleware fills it is what the type declares.
    return this.#state ??= Object.create(null) as State;
  }

  /**
   * A parameter of the path, decoded once.
   *
   * @typeParam Name Its name as a literal type.
   * @param name Its name in the pattern or in the prefix of a group.
   * @returns Its value, a number for `{int}`; as in Gee "" for a name that the
   * pattern does not have, which the compiler lets only middleware ask for.
   */
  param<Name extends keyof Params & string>(name: Name): Params[Name] {
    const params = this.#params;
    let value = params?.param(name);
    if (value === undefined && this.#aliases !== undefined) {
      value = params?.param(this.#aliases.get(name) ?? "");
    }
    return (value ?? "") as Params[Name]; // the pattern's scanner made the value
  }

  /** All parameters of the path in an object without prototype. */
  get params(): Params {
    const params: Record<string, ParamValue> = Object.create(null);
    for (const name of this.#params?.names ?? []) {
      if (name !== "") params[name] = this.#params?.param(name) ?? "";
    }
    return params as Params; // names and values are the pattern's
  }

  /**
   * The segments a wildcard took, each decoded for itself, so that an encoded
   * slash cannot be mistaken for one that separates.
   *
   * @param name The name of the wildcard.
   * @returns The decoded segments, none for an unknown name.
   */
  segments(name: keyof Params & string): string[] {
    return this.#params?.segments(name) ?? [];
  }

  /**
   * The first value of a query parameter.
   *
   * @param name Its name.
   * @returns The value, or undefined when it is not there.
   */
  query(name: string): string | undefined {
    return this.#search().get(name) ?? undefined;
  }

  /**
   * All values of a query parameter in their order.
   *
   * @param name Its name.
   * @returns The values, none when it is not there.
   */
  queries(name: string): string[] {
    return this.#search().getAll(name);
  }

  /**
   * A header of the request.
   *
   * @param name Its name in any case.
   * @returns The value, or undefined when it is not there.
   */
  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /**
   * A cookie of the request, decoded. Anybody can send any value: see
   * `signedCookie`.
   *
   * @param name Its name.
   * @returns The value, or undefined when it is not there. Of several with one
   * name the first counts.
   */
  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  /** All cookies of the request, decoded. */
  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies ??= parseCookies(this.header("cookie") ?? "");
  }

  /**
   * A cookie that `setSignedCookie` wrote, with any of the engine's keys.
   *
   * @param name Its name.
   * @returns The value, or undefined when it is not there or not ours.
   * @throws {TypeError} When the engine has no `cookieKeys`.
   */
  async signedCookie(name: string): Promise<string | undefined> {
    const signer = signerOf(name, this.#settings);
    const value = this.cookie(name);
    return value === undefined ? undefined : await signer.open(name, value);
  }

  /** The body, read once at most and within the limits. */
  get body(): Body {
    return this.#body ??= new Body(
      this.request,
      this.#limits ?? this.#settings,
    );
  }

  /**
   * Changes what the body of this request may cost, for the routes of a group
   * say: the innermost call counts. See the middleware `bodyLimit`.
   *
   * @param limits What changes; the rest stays as it is.
   * @throws {Error} When the body was asked for before.
   */
  limitBody(limits: Partial<BodyLimits>): void {
    if (this.#body !== undefined) {
      throw new Error("Cannot limit the body: it was asked for before");
    }
    const { bodyLimit, bodyTimeout } = this.#limits ?? this.#settings;
    this.#limits = { bodyLimit, bodyTimeout, ...limits };
  }

  /**
   * The first value of a text field of a form.
   *
   * @param name The name of the field.
   * @returns The value, or undefined when it is not there or is a file.
   * @throws {HttpError} As `body.form` does.
   */
  async postForm(name: string): Promise<string | undefined> {
    const value = (await this.body.form()).get(name);
    return typeof value === "string" ? value : undefined;
  }

  /**
   * The first file of a field of a multipart form. Its name is the client's:
   * never use it as a path.
   *
   * @param name The name of the field.
   * @returns The file, or undefined when it is not there or is text.
   * @throws {HttpError} As `body.form` does.
   */
  async postFile(name: string): Promise<File | undefined> {
    const value = (await this.body.form()).get(name);
    return value instanceof File ? value : undefined;
  }

  /**
   * All files of a field of a multipart form.
   *
   * @param name The name of the field.
   * @returns The files in their order.
   * @throws {HttpError} As `body.form` does.
   */
  async postFiles(name: string): Promise<File[]> {
    const values = (await this.body.form()).getAll(name);
    return values.filter((value) => value instanceof File);
  }

  #search(): URLSearchParams {
    if (this.#query === undefined) {
      const { url } = this.request;
      const end = pathEnd(url, pathStart(url));
      const hash = url.indexOf("#", end);
      const search = url.slice(end, hash === -1 ? url.length : hash);
      this.#query = new URLSearchParams(search);
    }
    return this.#query;
  }
}

/** What signs the cookie of that name. */
export function signerOf(
  name: string,
  { cookieSigner }: IncomingSettings,
): CookieSigner {
  if (cookieSigner !== undefined) return cookieSigner;
  throw new TypeError(
    `Cannot sign cookie "${name}": the engine has no cookieKeys`,
  );
}
