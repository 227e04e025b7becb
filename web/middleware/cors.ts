// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { isOrigin, originList } from "./origin_list.ts";
import { isToken } from "../token.ts";

/** Tells whether pages of an origin, such as `https://example.com`, are allowed. */
export type OriginRule = (
  origin: string,
  c: Context<AnyParams, object>,
) => boolean | Promise<boolean>;

/** Options of {@linkcode cors}. */
export interface CorsOptions {
  /**
   * Whose pages may read the answers: `"*"` for all; origins as browsers write
   * them, such as `https://example.com`; patterns, which have to match all of
   * an origin; or a function. The origin `null` is never one of them, as any
   * page can have it.
   */
  readonly origins: "*" | readonly (string | RegExp)[] | OriginRule;
  /**
   * Whether the pages may send cookies and read what comes back for them; not
   * with the origins `"*"`.
   *
   * @default {false}
   */
  readonly credentials?: boolean;
  /**
   * The methods that the pages may use.
   *
   * @default {["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]}
   */
  readonly methods?: readonly string[];
  /**
   * The headers that the pages may send beside the harmless ones.
   *
   * @default {["authorization", "content-type"]}
   */
  readonly headers?: readonly string[];
  /**
   * The headers that the pages may read beside the harmless ones.
   *
   * @default {[]}
   */
  readonly exposedHeaders?: readonly string[];
  /**
   * Seconds that a browser may remember what is allowed.
   *
   * @default {600}
   */
  readonly maxAge?: number;
  /**
   * Whether public pages may ask a server of a private network.
   *
   * @default {false}
   */
  readonly privateNetwork?: boolean;
}

/**
 * Tells browsers which pages of other origins may read the answers (the CORS
 * protocol of the Fetch standard). Use it on the engine or on a group, so that
 * it also answers preflights of routes without `OPTIONS`; errors carry its
 * headers too.
 *
 * It refuses nothing but to say yes: a request of any page still runs its
 * handler. Against that there is `csrf`. `vary: origin` is set on every answer,
 * unless the origins are `"*"`, where all get the same; add to it by
 * `c.appendHeader`, as `c.setHeader` takes its place.
 *
 * @param options Which origins, and what they may do.
 * @returns The middleware.
 * @throws {TypeError} When credentials are allowed to all, or an origin, method
 * or header is malformed.
 * @throws {RangeError} When `maxAge` is not a whole number of seconds.
 *
 * @example Open an API to one site
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { cors } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(cors({ origins: ["https://example.com"] }));
 * app.put("/", (c) => c.string("Hello"));
 * const response = await app.request("/", {
 *   method: "OPTIONS",
 *   headers: {
 *     origin: "https://example.com",
 *     "access-control-request-method": "PUT",
 *   },
 * });
 * assertEquals(response.status, 204);
 * assertEquals(
 *   response.headers.get("access-control-allow-origin"),
 *   "https://example.com",
 * );
 * ```
 */
export function cors(options: CorsOptions): Middleware {
  const { origins, credentials = false } = options;
  const isAll = origins === "*";
  if (isAll && credentials) {
    throw new TypeError(
      'Cannot make cors: the origins "*" with credentials would open every account to every site',
    );
  }
  const rule = typeof origins === "function"
    ? origins
    : originList("cors", isAll ? [] : origins);
  const allowPage = pageWriter(options);
  const answerPreflight = preflightWriter(options);
  return function cors(c) {
    if (!isAll) c.appendHeader("vary", "origin");
    const origin = c.header("origin");
    const isPreflight = origin !== undefined && c.method === "OPTIONS" &&
      c.header("access-control-request-method") !== undefined;
    const goOn = (verdict: boolean) => {
      // What a caller's function returns by mistake must not open the door.
      const isAllowed = verdict === true;
      if (isAllowed) allowPage(c, isAll ? "*" : origin ?? "");
      return isPreflight ? answerPreflight(c, isAllowed) : c.next();
    };
    const verdict = isAll || isOrigin(origin) && rule(origin, c);
    return verdict instanceof Promise ? verdict.then(goOn) : goOn(verdict);
  };
}

type AnyContext = Context<AnyParams, object>;

/** Writes what every answer to an allowed page has. */
function pageWriter(
  { credentials = false, exposedHeaders = [] }: CorsOptions,
): (c: AnyContext, origin: string) => void {
  const exposed = tokenList(exposedHeaders);
  return (c, origin) => {
    c.setHeader("access-control-allow-origin", origin);
    if (credentials) c.setHeader("access-control-allow-credentials", "true");
    if (exposed !== "") c.setHeader("access-control-expose-headers", exposed);
  };
}

/** Answers the question that a browser asks before the request itself. */
function preflightWriter(
  options: CorsOptions,
): (c: AnyContext, isAllowed: boolean) => Response {
  const { maxAge = 600, privateNetwork = false } = options;
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new RangeError(
      `Cannot make cors: got maxAge ${maxAge}, want whole seconds`,
    );
  }
  const methods = tokenList(
    options.methods ?? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  );
  const headers = tokenList(
    options.headers ?? ["authorization", "content-type"],
  );
  return (c, isAllowed) => {
    c.appendHeader("vary", "access-control-request-method");
    c.appendHeader("vary", "access-control-request-headers");
    if (isAllowed) {
      c.setHeader("access-control-allow-methods", methods);
      if (headers !== "") c.setHeader("access-control-allow-headers", headers);
      c.setHeader("access-control-max-age", String(maxAge));
      const asked = c.header("access-control-request-private-network");
      if (privateNetwork && asked === "true") {
        c.setHeader("access-control-allow-private-network", "true");
      }
    }
    return c.status(204).empty();
  };
}

function tokenList(names: readonly string[]): string {
  for (const name of names) {
    if (!isToken(name)) {
      throw new TypeError(
        `Cannot make cors: ${
          JSON.stringify(name)
        } is not the name of a method or header`,
      );
    }
  }
  return names.join(", ");
}
