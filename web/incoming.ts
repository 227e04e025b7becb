// Copyright 2026 the Gee authors. MIT license.
import { Body, type BodyLimits } from "./body.ts";
import { pathEnd, pathStart } from "./path.ts";

/** What is known of the connection a request came by. */
export interface ConnectionInfo {
  /** The other end of the connection, as `Deno.serve` tells it. */
  readonly remoteAddr?: {
    /** Its IP address; unix sockets have none. */
    readonly hostname?: string;
  };
}

/** The parameters a route took from the path. */
export interface PathParams {
  /** The names in the order of the pattern. */
  readonly names: readonly string[];
  /** The pattern as registered. */
  readonly pattern: string;
  /** The decoded value of a parameter. */
  param(name: string): string | undefined;
  /** The decoded segments of a parameter, each for itself. */
  segments(name: string): string[];
}

/**
 * The request side of a {@linkcode Context}. Nothing is parsed before it is
 * read, and path, query and body are never merged.
 *
 * @typeParam Names The parameter names of the pattern.
 */
export class Incoming<Names extends string = string> {
  /** The request as it came in. */
  readonly request: Request;
  readonly #info: ConnectionInfo | undefined;
  readonly #params: PathParams | undefined;
  readonly #aliases: ReadonlyMap<string, string> | undefined;
  readonly #limits: BodyLimits;
  #query: URLSearchParams | undefined;
  #body: Body | undefined;
  #state: Record<string, unknown> | undefined;

  /**
   * Made by the engine for each request.
   *
   * @param request The request.
   * @param info The connection it came by.
   * @param limits What its body may cost.
   * @param params The parameters of its route.
   * @param aliases Names that group prefixes give to parameters of the route.
   */
  constructor(
    request: Request,
    info: ConnectionInfo | undefined,
    limits: BodyLimits,
    params: PathParams | undefined,
    aliases: ReadonlyMap<string, string> | undefined,
  ) {
    this.request = request;
    this.#info = info;
    this.#limits = limits;
    this.#params = params;
    this.#aliases = aliases;
  }

  /** The method in upper case. */
  get method(): string {
    return this.request.method;
  }

  /** The path as the client wrote it, escapes and all, without query. */
  get path(): string {
    const { url } = this.request;
    const start = pathStart(url);
    return url.slice(start, pathEnd(url, start));
  }

  /** The pattern of the route, or undefined where no route fits. */
  get pattern(): string | undefined {
    return this.#params?.pattern;
  }

  /**
   * The address of the other end of the connection, a proxy if there is one;
   * undefined without a connection. No header is trusted.
   */
  get remoteAddress(): string | undefined {
    return this.#info?.remoteAddr?.hostname;
  }

  /** The connection, for handing the request on to another `fetch`. */
  get connection(): ConnectionInfo | undefined {
    return this.#info;
  }

  /** Values that middleware leaves for those after it; without prototype. */
  get state(): Record<string, unknown> {
    return this.#state ??= Object.create(null) as Record<string, unknown>;
  }

  /**
   * A parameter of the path, decoded once.
   *
   * @param name Its name in the pattern or in the prefix of a group.
   * @returns Its value; as in Gee "" for a name that the pattern does not have,
   * which the compiler lets only middleware ask for.
   */
  param(name: Names): string {
    const params = this.#params;
    const alias = this.#aliases?.get(name) ?? "";
    return params?.param(name) ?? params?.param(alias) ?? "";
  }

  /** All parameters of the path in an object without prototype. */
  get params(): Readonly<Record<Names, string>> {
    const params = Object.create(null) as Record<string, string>;
    for (const name of this.#params?.names ?? []) {
      if (name !== "") params[name] = this.#params?.param(name) ?? "";
    }
    return params as Record<Names, string>; // the names are the pattern's
  }

  /**
   * The segments a wildcard took, each decoded for itself, so that an encoded
   * slash cannot be mistaken for one that separates.
   *
   * @param name The name of the wildcard.
   * @returns The decoded segments, none for an unknown name.
   */
  segments(name: Names): string[] {
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

  /** The body, read once at most and within the limits. */
  get body(): Body {
    return this.#body ??= new Body(this.request, this.#limits);
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
