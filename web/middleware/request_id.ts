// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";

/** Options of {@linkcode requestId}. */
export interface RequestIdOptions {
  /**
   * Whether the id that a request brings is kept, where it is 1 to 128 letters,
   * digits and `._:/=+~-`. Only for servers that nobody reaches but a proxy
   * which sets it: a stranger could borrow the id of another request.
   *
   * @default {false}
   */
  readonly trust?: boolean;
  /**
   * The header that carries it.
   *
   * @default {"x-request-id"}
   */
  readonly header?: string;
  /**
   * Makes a new id.
   *
   * @default {crypto.randomUUID}
   */
  readonly generate?: () => string;
}

/** What {@linkcode requestId} leaves in `c.state`. */
export interface RequestIdState {
  /** The id of the request. */
  requestId: string;
}

/** What is safe in a log, a header and a URL. */
const SAFE_ID = /^[\w.:/=+~-]{1,128}$/;

/**
 * Gives each request an id, in `c.state.requestId`, in a header of the answer
 * and in the line of the logger.
 *
 * @param options Whether to keep the id of a proxy.
 * @returns The middleware; use it outside all that should know the id.
 * @throws {TypeError} When the header is not a token.
 *
 * @example Tell the client
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { requestId, type RequestIdState } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine<RequestIdState>();
 * app.use(requestId());
 * app.get("/", (c) => c.string(c.state.requestId));
 * const response = await app.request("/");
 * assertEquals(response.headers.get("x-request-id"), await response.text());
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const {
    trust = false,
    header = "x-request-id",
    generate = () => crypto.randomUUID(),
  } = options;
  if (!/^[\w-]+$/.test(header)) {
    throw new TypeError(
      `Cannot send a request id: header "${header}" is not a token`,
    );
  }
  return function requestId(c) {
    const given = trust ? c.header(header) : undefined;
    const id = given !== undefined && SAFE_ID.test(given) ? given : generate();
    (c.state as RequestIdState).requestId = id; // the type that this declares
    c.setHeader(header, id);
    return c.next();
  };
}
