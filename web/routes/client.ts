// Copyright 2026 the Gee authors. MIT license.
import { ClientError } from "./client_error.ts";
import type { CallOptions, ClientOf } from "./route_types.ts";

/** How a client calls. */
export interface ClientOptions {
  /**
   * Sends requests: `app.fetch` calls an engine of the same program.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /** Headers of every request, or what gives them, for tokens that expire. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** Aborts all calls. */
  readonly signal?: AbortSignal;
}

/** What a call brings, as it is at run time. */
interface Call extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: unknown;
  readonly body?: unknown;
}

/**
 * Makes a client that is typed by routes of {@linkcode defineRoutes}. It needs
 * their type alone, `import type` say, and no code of the server.
 *
 * @typeParam Routes The type of the routes.
 * @param base Where the routes are, with the prefix of their group; in a
 * browser it may be a path.
 * @param options How it calls.
 * @returns A function that calls routes by their keys.
 * @throws {TypeError} When the base has a query or a fragment.
 *
 * @example Call a route
 * ```ts
 * import { defineRoutes, Engine } from "@gee/std/web";
 * import { client, ClientError } from "@gee/std/web/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const routes = defineRoutes({
 *   "GET /files/:name": {
 *     handler: ({ params }) => ({ name: params.name, at: new Date(0) }),
 *   },
 * });
 * const app = new Engine();
 * routes.register(app);
 *
 * const api = client<typeof routes>("http://localhost", { fetch: app.fetch });
 * const file = await api("GET /files/:name", { params: { name: "a/b.txt" } });
 * const at: string = file.at; // typed as what JSON leaves of it
 * assertEquals([file.name, at], ["a/b.txt", "1970-01-01T00:00:00.000Z"]);
 *
 * const elsewhere = client<typeof routes>("http://localhost/v2", {
 *   fetch: app.fetch,
 * });
 * const error = await assertRejects(
 *   () => elsewhere("GET /files/:name", { params: { name: "x" } }),
 *   ClientError,
 * );
 * assertEquals(error.status, 404);
 * ```
 */
export function client<Routes extends { readonly "~types"?: unknown }>(
  base: string | URL,
  options: ClientOptions = {},
): ClientOf<Routes> {
  const root = String(base).replace(/\/+$/, "");
  if (/[?#]/.test(root)) {
    throw new TypeError(
      `Cannot make a client for "${root}": want a URL without query and fragment`,
    );
  }
  const call = async (key: string, input: Call = {}): Promise<unknown> => {
    const request = await requestOf(root, key, input, options);
    const { signal } = request;
    signal.throwIfAborted();
    const send = options.fetch ?? fetch;
    try {
      return await valueOf(await send(request));
    } catch (error) {
      // What answers in this program may tell of it in its own way.
      signal.throwIfAborted();
      throw error;
    }
  };
  // The compiler lets nobody call it but with keys and values of the routes.
  return call as unknown as ClientOf<Routes>;
}

async function requestOf(
  root: string,
  key: string,
  { params = {}, query, body, headers, signal }: Call,
  options: ClientOptions,
): Promise<Request> {
  const space = key.indexOf(" ");
  const path = pathOf(key, key.slice(space + 1), params);
  const shared = typeof options.headers === "function"
    ? await options.headers()
    : options.headers;
  const all = new Headers(shared);
  if (!all.has("accept")) all.set("accept", "application/json");
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) {
    all.set("content-type", "application/json");
  }
  new Headers(headers).forEach((value, name) => all.set(name, value));
  const signals = [options.signal, signal].filter((one) => one !== undefined);
  return new Request(root + path + searchOf(query), {
    method: key.slice(0, space),
    headers: all,
    signal: AbortSignal.any(signals),
    ...body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) },
  });
}

/** The path of a pattern with its parameters filled in. */
function pathOf(
  key: string,
  pattern: string,
  params: Readonly<Record<string, unknown>>,
): string {
  const encode = (name: string, value: unknown) => {
    const text = String(value ?? "");
    // Browsers and servers take dots, escaped or not, for steps in the path.
    if (text === "" || text === "." || text === "..") {
      throw new TypeError(
        `Cannot call "${key}": the parameter "${name}" is "${text}", which cannot stand in a path`,
      );
    }
    return encodeURIComponent(text);
  };
  return pattern.split("/").map((segment) => {
    const [, mark, name = ""] = /^([:*])([^{]*)/.exec(segment) ?? [];
    if (mark === undefined) return segment;
    const value = params[name];
    if (mark === ":") return encode(name, value);
    const rest = String(value ?? "");
    if (rest === "") return "";
    return rest.split("/").map((part) => encode(name, part)).join("/");
  }).join("/");
}

function searchOf(query: unknown): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null) continue;
      search.append(
        name,
        one instanceof Date ? one.toISOString() : String(one),
      );
    }
  }
  return search.size === 0 ? "" : `?${search}`;
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

async function valueOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok) {
    throw new ClientError(response, parsed(type, await response.text()));
  }
  if (JSON_TYPE.test(type)) {
    const text = await response.text();
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ClientError(response, text, { cause });
    }
  }
  if (type.startsWith("text/")) return await response.text();
  const bytes = await response.bytes();
  return bytes.length === 0 ? undefined : bytes;
}

/** The body of an error: the value of JSON, or a text. */
function parsed(type: string, text: string): unknown {
  if (!JSON_TYPE.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
