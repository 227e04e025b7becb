// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { checkOptions } from "../jwt/claims.ts";
import { JwtError } from "../jwt/jwt_error.ts";
import type { JwtKey } from "../jwt/jwt_key.ts";
import { RemoteKeys, type RemoteKeysOptions } from "../jwt/remote_keys.ts";
import {
  checkKeys,
  type JwtKeyFinder,
  type VerifiedJwt,
  verifyJwt,
  type VerifyJwtOptions,
} from "../jwt/verify_jwt.ts";
import { bearerToken, refuseBearer } from "./bearer.ts";
import { quotedString } from "./quoted_string.ts";

/** What {@linkcode jwt} leaves in `c.state`. */
export interface JwtState {
  /** The token that was accepted. */
  readonly jwt: VerifiedJwt;
}

/** Options of {@linkcode jwt}; want `key` or `keysUrl`. */
export interface JwtOptions extends VerifyJwtOptions {
  /** The key, several, or a function that finds some by the header. */
  readonly key?: JwtKey | readonly JwtKey[] | JwtKeyFinder;
  /** Where the issuer has its keys (JWKS), in place of `key`. */
  readonly keysUrl?: string | URL;
  /** How the keys at `keysUrl` are fetched and kept. */
  readonly remote?: RemoteKeysOptions;
  /**
   * Finds the token elsewhere than in the `authorization` header. For one in a
   * cookie add `csrf`.
   */
  readonly token?: (c: Context<AnyParams, object>) => string | undefined;
  /**
   * What the tokens open; printable ASCII.
   *
   * @default {"Restricted"}
   */
  readonly realm?: string;
}

/**
 * Asks for a JSON Web Token, else 401 as RFC 6750 has it. How a token is checked
 * says `verifyJwt`; what is wrong with one is told to nobody but the log. When
 * the keys of the issuer cannot be had, the answer is 503.
 *
 * @param options Keys, algorithms and claims to accept.
 * @returns The middleware; it sets `c.state.jwt`.
 * @throws {TypeError} When there are no algorithms, neither `key` nor `keysUrl`,
 * or both, or the realm is no printable ASCII.
 * @throws {RangeError} When a number is out of bounds.
 *
 * @example Guard an API
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { jwt, type JwtState, signJwt } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const app = new Engine<JwtState>();
 * app.use(jwt({ key, algorithms: ["HS256"], issuer: "gee" }));
 * app.get("/", (c) => c.string(`Hello ${c.state.jwt.payload.sub}`));
 *
 * const token = await signJwt({ iss: "gee", sub: "tom" }, key, {
 *   algorithm: "HS256",
 *   expiresIn: 60,
 * });
 * const headers = { authorization: `Bearer ${token}` };
 * const response = await app.request("/", { headers });
 * assertEquals(await response.text(), "Hello tom");
 * assertEquals((await app.request("/")).status, 401);
 * ```
 */
export function jwt(options: JwtOptions): Middleware {
  checkOptions(options);
  const realm = quotedString(options.realm ?? "Restricted");
  const key = keyOf(options);
  checkKeys(key, options.algorithms);
  const { token: find = (c) => bearerToken(c.header("authorization"), realm) } =
    options;
  const refuse = (error: unknown): never => {
    if (error instanceof JwtError) refuseBearer(realm, error);
    throw error;
  };
  return function jwt(c) {
    const token = find(c) ?? bearerToken(undefined, realm);
    return verifyJwt(token, key, options).catch(refuse).then((verified) => {
      Object.assign(c.state, { jwt: verified } satisfies JwtState);
      return c.next();
    });
  };
}

function keyOf(
  { key, keysUrl, remote }: JwtOptions,
): JwtKey | readonly JwtKey[] | JwtKeyFinder {
  if (key !== undefined && keysUrl === undefined) return key;
  if (key !== undefined || keysUrl === undefined) {
    throw new TypeError("Cannot make jwt: want either key or keysUrl");
  }
  const keys = new RemoteKeys(keysUrl, remote);
  return (header) =>
    keys.find(header).catch((cause) => {
      throw new HttpError(503, undefined, { cause });
    });
}
