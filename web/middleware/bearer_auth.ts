// Copyright 2026 the Gee authors. MIT license.
import { SecretList } from "../constant_time.ts";
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { bearerToken, isBearerToken, refuseBearer } from "./bearer.ts";
import { quotedString } from "./quoted_string.ts";

/** Options of {@linkcode bearerAuth}; want `tokens` or `verify`. */
export interface BearerAuthOptions {
  /** The tokens that open. They are compared in constant time. */
  readonly tokens?: readonly string[];
  /** Tells whether a token is right, in place of `tokens`. */
  readonly verify?: (
    token: string,
    c: Context<AnyParams, object>,
  ) => boolean | Promise<boolean>;
  /**
   * What the tokens open; printable ASCII.
   *
   * @default {"Restricted"}
   */
  readonly realm?: string;
}

/**
 * Asks for a token in the `authorization` header (RFC 6750), else 401. Tokens
 * in bodies or URLs are not looked for: those end up in logs.
 *
 * @param options The tokens.
 * @returns The middleware.
 * @throws {TypeError} When there is neither `tokens` nor `verify`, or both, a
 * token cannot be sent in the header, or the realm is no printable ASCII.
 *
 * @example Guard an API
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { bearerAuth } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(bearerAuth({ tokens: ["mF_9.B5f-4.1JqM"] }));
 * app.get("/", (c) => c.string("Hello"));
 * const headers = { authorization: "Bearer mF_9.B5f-4.1JqM" };
 * assertEquals((await app.request("/", { headers })).status, 200);
 * assertEquals((await app.request("/")).status, 401);
 * ```
 */
export function bearerAuth(options: BearerAuthOptions): Middleware {
  const verify = verifierOf(options);
  const realm = quotedString(options.realm ?? "Restricted");
  return function bearerAuth(c) {
    const token = bearerToken(c.header("authorization"), realm);
    const enter = (isRight: boolean) => {
      // What a caller's function returns by mistake must not open the door.
      return isRight === true ? c.next() : refuseBearer(realm);
    };
    const answer = verify(token, c);
    return answer instanceof Promise ? answer.then(enter) : enter(answer);
  };
}

function verifierOf(
  { tokens, verify }: BearerAuthOptions,
): NonNullable<BearerAuthOptions["verify"]> {
  if ((tokens === undefined) === (verify === undefined)) {
    throw new TypeError("Cannot make bearerAuth: want either tokens or verify");
  }
  if (verify !== undefined) return verify;
  for (const token of tokens ?? []) {
    if (!isBearerToken(token)) {
      throw new TypeError(
        "Cannot make bearerAuth: a token holds a character that RFC 6750 does not allow",
      );
    }
  }
  const secrets = new SecretList(tokens ?? []);
  return (token) => secrets.has(token);
}
