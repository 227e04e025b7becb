// Copyright 2026 the Gee authors. MIT license.
import { algorithmFacts, type JwtAlgorithm } from "./algorithm.ts";
import { checkKey, importKey, type JwtKey } from "./jwt_key.ts";
import { type JwtPayload, toBase64Url } from "./token_text.ts";

/** Options of {@linkcode signJwt}. */
export interface SignJwtOptions {
  /** The algorithm; the key has to be one of it. */
  readonly algorithm: JwtAlgorithm;
  /** The id of the key, for who checks the token. */
  readonly kid?: string;
  /**
   * The media type of the token, such as `at+jwt`.
   *
   * @default {"JWT"}
   */
  readonly typ?: string;
  /** Seconds until the token expires: sets `iat` and `exp`. */
  readonly expiresIn?: number;
  /**
   * The clock, in ms since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * Signs claims (RFC 7519). They are signed, not hidden: anybody can read them.
 *
 * @param payload The claims.
 * @param key A private key or a secret.
 * @param options The algorithm, and what else the token says.
 * @returns The token.
 * @throws {TypeError} When the key is not one of the algorithm, or cannot sign.
 * @throws {RangeError} When the key is too short, or `expiresIn` is no positive
 * number.
 *
 * @example Sign and verify
 * ```ts
 * import { signJwt, verifyJwt } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32));
 * const token = await signJwt({ sub: "tom" }, secret, {
 *   algorithm: "HS256",
 *   expiresIn: 60,
 * });
 * const { payload } = await verifyJwt(token, secret, { algorithms: ["HS256"] });
 * assertEquals(payload.sub, "tom");
 * ```
 */
export async function signJwt(
  payload: JwtPayload,
  key: JwtKey,
  options: SignJwtOptions,
): Promise<string> {
  const { algorithm, kid, typ = "JWT" } = options;
  const facts = algorithmFacts(algorithm);
  checkKey(key, [algorithm], "sign");
  const imported = await importKey(key, algorithm, "sign");
  const header = { alg: algorithm, typ, ...(kid !== undefined && { kid }) };
  const claims = { ...payload, ...times(options) };
  const text = `${toBase64Url(header)}.${toBase64Url(claims)}`;
  const bytes = new TextEncoder().encode(text);
  const signature = await crypto.subtle.sign(facts, imported, bytes);
  return `${text}.${toBase64Url(new Uint8Array(signature))}`;
}

function times({ expiresIn, now = Date.now }: SignJwtOptions): JwtPayload {
  if (expiresIn === undefined) return {};
  if (!(expiresIn > 0 && expiresIn < Infinity)) {
    throw new RangeError(
      `Cannot sign a JWT: got expiresIn ${expiresIn}, want a positive number of seconds`,
    );
  }
  const iat = Math.floor(now() / 1000);
  return { iat, exp: iat + expiresIn };
}
