// Copyright 2026 the Gee authors. MIT license.
import { algorithmFacts, type JwtAlgorithm } from "./algorithm.ts";
import { checkClaims, type ClaimOptions } from "./claims.ts";
import { JwtError, type JwtFault } from "./jwt_error.ts";
import {
  checkKey,
  fitsKey,
  importKey,
  isStrong,
  type JwtKey,
} from "./jwt_key.ts";
import {
  type JwtHeader,
  type JwtPayload,
  readJson,
  takeApart,
  type TokenParts,
} from "./token_text.ts";

/** Options of {@linkcode verifyJwt}. */
export interface VerifyJwtOptions extends ClaimOptions {
  /** The algorithms to accept. */
  readonly algorithms: readonly JwtAlgorithm[];
  /**
   * The media type to accept, such as `at+jwt` (RFC 8725, section 3.11), with or
   * without `application/`; left out, any.
   */
  readonly typ?: string;
}

/** A token whose signature and claims are good. */
export interface VerifiedJwt {
  /** Its header. */
  readonly header: JwtHeader;
  /** Its claims. */
  readonly payload: JwtPayload;
}

/** Finds the keys that may have signed a token, by its header. */
export type JwtKeyFinder = (
  header: JwtHeader,
) => readonly JwtKey[] | Promise<readonly JwtKey[]>;

/**
 * Checks a token (RFC 7519, with the advice of RFC 8725). The algorithms are a
 * list of yours, a key works with its own alone, keys that the token brings or
 * points to (`jwk`, `jku`, `x5c`, `x5u`) mean nothing, and a `crit` header is
 * refused.
 *
 * @param token The token.
 * @param key The key, several, or a function that finds some.
 * @param options What to accept.
 * @returns What it says.
 * @throws {JwtError} When the token is not good.
 * @throws {TypeError} When there are no algorithms, or a key is malformed.
 * @throws {RangeError} When a key is too short. What the function throws comes
 * through as it is.
 *
 * @example Only for us
 * ```ts
 * import { JwtError, signJwt, verifyJwt } from "@gee/std/web/middleware";
 * import { assertRejects } from "@std/assert";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32));
 * const token = await signJwt({ aud: "https://other.dev" }, secret, {
 *   algorithm: "HS256",
 *   expiresIn: 60,
 * });
 * await assertRejects(
 *   () =>
 *     verifyJwt(token, secret, {
 *       algorithms: ["HS256"],
 *       audience: "https://gee.dev",
 *     }),
 *   JwtError,
 *   "audience",
 * );
 * ```
 */
export async function verifyJwt(
  token: string,
  key: JwtKey | readonly JwtKey[] | JwtKeyFinder,
  options: VerifyJwtOptions,
): Promise<VerifiedJwt> {
  checkKeys(key, options.algorithms);
  const parts = takeApart(token);
  const header = checkHeader(parts.header, options);
  const keys = typeof key === "function" ? await key(header) : [key].flat();
  const mayFail = typeof key === "function";
  await checkSignature(parts, header, keys, { mayFail });
  return { header, payload: checkClaims(readJson(parts.payload), options) };
}

/**
 * Checks algorithms and keys before the first token comes.
 *
 * @param key The key, several, or a function that finds some.
 * @param algorithms The algorithms to accept.
 * @throws {TypeError} When there are no algorithms, or a key is one of none.
 * @throws {RangeError} When a key is too short for one of them.
 */
export function checkKeys(
  key: JwtKey | readonly JwtKey[] | JwtKeyFinder,
  algorithms: readonly JwtAlgorithm[],
): void {
  if (!Array.isArray(algorithms) || algorithms.length === 0) {
    throw new TypeError("Cannot verify a JWT: want algorithms to accept");
  }
  for (const algorithm of algorithms) algorithmFacts(algorithm);
  if (typeof key === "function") return;
  for (const one of [key].flat()) checkKey(one, algorithms, "verify");
}

async function checkSignature(
  { signed, signature }: TokenParts,
  { alg, kid }: JwtHeader,
  keys: readonly JwtKey[],
  { mayFail }: { mayFail: boolean },
): Promise<void> {
  const algorithm = alg as JwtAlgorithm; // checkHeader found it in the list
  const facts = algorithmFacts(algorithm);
  let fault: JwtFault = "key";
  for (const key of keys) {
    if (!hasId(key, kid) || !fitsKey(key, algorithm)) continue;
    if (!isStrong(key, algorithm)) continue;
    const imported = await importKey(key, algorithm, "verify").catch(
      (error) => {
        // A bad key in the set of an issuer must not fail what others signed.
        if (!mayFail) throw error;
      },
    );
    if (imported === undefined) continue;
    const { subtle } = crypto;
    if (await subtle.verify(facts, imported, signature, signed)) return;
    fault = "signature";
  }
  throw new JwtError("Cannot accept the JWT: no key of ours signed it", fault);
}

/** Whether the ids are one, where both have one. */
function hasId(key: JwtKey, kid: string | undefined): boolean {
  const own = typeof key === "object" && "kid" in key ? key.kid : undefined;
  return own === undefined || kid === undefined || own === kid;
}

function checkHeader(
  header: Readonly<Record<string, unknown>>,
  { algorithms, typ: wanted }: VerifyJwtOptions,
): JwtHeader {
  const { alg, typ, kid } = header;
  if (!algorithms.some((algorithm) => algorithm === alg)) {
    throw new JwtError(
      "Cannot accept the JWT: its algorithm is not one to accept",
      "algorithm",
    );
  }
  // What is critical has to be understood, and nothing is (RFC 7515, 4.1.11).
  if (Object.hasOwn(header, "crit")) {
    throw new JwtError(
      "Cannot accept the JWT: its header demands an extension",
      "malformed",
    );
  }
  if (!isTextOrNone(typ) || !isTextOrNone(kid)) {
    throw new JwtError(
      "Cannot accept the JWT: its typ or kid is no text",
      "malformed",
    );
  }
  if (wanted !== undefined && mediaType(typ) !== mediaType(wanted)) {
    throw new JwtError(
      "Cannot accept the JWT: its type is not the one to accept",
      "type",
    );
  }
  return header as JwtHeader; // just looked at
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

/** RFC 7515, section 4.1.9: "application/" may be left out. */
function mediaType(typ: string | undefined): string | undefined {
  return typ?.toLowerCase().replace(/^application\/(?=[^/]+$)/, "");
}
