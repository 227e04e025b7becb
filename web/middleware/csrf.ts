// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { CsrfToken, type CsrfTokenOptions } from "./csrf_token.ts";
import { originList } from "./origin_list.ts";

/** Options of {@linkcode csrf}. */
export interface CsrfOptions {
  /**
   * Other origins whose pages may change things here, such as
   * `https://login.example.com`.
   *
   * @default {[]}
   */
  readonly trustedOrigins?: readonly (string | RegExp)[];
  /**
   * Whether a request that tells nothing of its origin has to carry a token;
   * needs the engine's `cookieKeys`. Left out, it passes.
   *
   * @default {false}
   */
  readonly token?: boolean | CsrfTokenOptions;
}

/**
 * Refuses requests that pages of other origins make in the name of a user, with
 * 403. `GET`, `HEAD` and `OPTIONS` pass, so they must not change anything. All
 * others are judged as Go 1.25 and OWASP advise:
 *
 * 1. A trusted `origin` passes.
 * 2. `sec-fetch-site`, which browsers have sent since 2023 and no page can
 *    forge: `same-origin` and `none` (typed by the user) pass, all else, a
 *    neighboring subdomain too, is refused.
 * 3. Without it, `origin` has to be `c.origin`. Behind a proxy that takes care
 *    of TLS that needs the engine's `trustProxy`.
 * 4. Without both it is no browser of the last years, and passes: programs send
 *    no cookies unasked. With `token` it has to carry one, which programs then
 *    need too.
 *
 * @param options Whom to trust beside this site.
 * @returns The middleware; with `token` it sets `c.state.csrfToken`.
 * @throws {TypeError} When an origin is malformed, or the name of the cookie.
 *
 * @example Refuse foreign forms
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { csrf } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(csrf());
 * app.post("/", (c) => c.string("Done"));
 * const statusFor = async (site: string) => {
 *   const headers = { "sec-fetch-site": site };
 *   return (await app.request("/", { method: "POST", headers })).status;
 * };
 * assertEquals(await statusFor("same-origin"), 200);
 * assertEquals(await statusFor("cross-site"), 403);
 * ```
 *
 * @example A token for old browsers
 * ```ts
 * import { Engine, html } from "@gee/std/web";
 * import { csrf, type CsrfState } from "@gee/std/web/middleware";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * const app = new Engine<CsrfState>({
 *   cookieKeys: ["a secret of 32 bytes or more ..."],
 * });
 * app.use(csrf({ token: true }));
 * app.get("/", async (c) =>
 *   c.html(html`<form method="post">
 *     <input type="hidden" name="_csrf" value="${await c.state.csrfToken()}">
 *   </form>`));
 * app.post("/", (c) => c.string("Done"));
 *
 * const page = await (await app.request("/")).text();
 * assertMatch(page, /name="_csrf" value="[\w-]{43}"/);
 * assertEquals((await app.request("/", { method: "POST" })).status, 403);
 * ```
 */
export function csrf(options: CsrfOptions = {}): Middleware {
  const { trustedOrigins = [], token = false } = options;
  const isTrusted = originList("csrf", trustedOrigins);
  const tokens = token === false
    ? undefined
    : new CsrfToken(token === true ? {} : token);
  return function csrf(c) {
    tokens?.offer(c);
    if (SAFE.has(c.method) || isTrusted(c.header("origin"))) return c.next();
    const isOwn = comesFromHere(c);
    if (isOwn === true || isOwn === undefined && tokens === undefined) {
      return c.next();
    }
    if (isOwn === false || tokens === undefined) throw new HttpError(403);
    return tokens.check(c).then(() => c.next());
  };
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a page of this origin has sent it; undefined when nobody knows. */
function comesFromHere(c: Context<AnyParams, object>): boolean | undefined {
  const site = c.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = c.header("origin");
  return origin === undefined ? undefined : origin === c.origin;
}
