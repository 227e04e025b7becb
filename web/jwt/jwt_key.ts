// Copyright 2026 the Gee authors. MIT license.
import { algorithmFacts, type JwtAlgorithm } from "./algorithm.ts";

/** A JSON Web Key (RFC 7517), with the id that tokens name it by. */
export interface JwtJsonKey extends JsonWebKey {
  /** Its id. */
  readonly kid?: string;
}

/**
 * What signs a token or checks one: a key of WebCrypto, a JSON Web Key, or the
 * bytes of a secret for HMAC (of a text its UTF-8).
 */
export type JwtKey = CryptoKey | JwtJsonKey | Uint8Array<ArrayBuffer> | string;

/**
 * Whether a key is one of an algorithm: a token cannot choose to have a public
 * key taken for a secret, or one kind of key for another.
 *
 * @param key The key.
 * @param algorithm The algorithm.
 * @returns Whether it is.
 * @throws {TypeError} When it is the text of a PEM file.
 */
export function fitsKey(key: JwtKey, algorithm: JwtAlgorithm): boolean {
  const facts = algorithmFacts(algorithm);
  if (typeof key === "string" || key instanceof Uint8Array) {
    refusePem(key);
    return facts.keyType === "oct";
  }
  if (key instanceof CryptoKey) {
    // WebCrypto's own types of algorithms, of which each has some of these.
    const own = key.algorithm as KeyAlgorithm & {
      hash?: KeyAlgorithm;
      namedCurve?: string;
    };
    if (own.name !== facts.name) return false;
    return facts.name === "ECDSA"
      ? own.namedCurve === facts.curve
      : own.hash === undefined || own.hash.name === facts.hash;
  }
  return key.kty === facts.keyType && key.crv === facts.curve &&
    (key.alg === undefined || key.alg === algorithm) &&
    (key.use === undefined || key.use === "sig");
}

/** HMAC with the public key of somebody is the classic confusion. */
function refusePem(key: Uint8Array | string): void {
  const start = typeof key === "string"
    ? key
    : new TextDecoder().decode(key.subarray(0, 4096));
  if (!start.includes("-----BEGIN")) return;
  throw new TypeError(
    "Cannot take a PEM file for a secret: import it with crypto.subtle.importKey",
  );
}

/**
 * Checks a key before the first token comes, so that no token can choose an
 * algorithm for which the key is not good enough.
 *
 * @param key The key.
 * @param algorithms The algorithms it may have to do with.
 * @param usage What it is to do.
 * @throws {TypeError} When it is a key of none of them, or not for that usage.
 * @throws {RangeError} When it is too short for one of them.
 */
export function checkKey(
  key: JwtKey,
  algorithms: readonly JwtAlgorithm[],
  usage: "sign" | "verify",
): void {
  const fitting = algorithms.filter((algorithm) => fitsKey(key, algorithm));
  if (fitting.length === 0) {
    throw new TypeError(
      `Cannot ${usage} a JWT: the key is not one of ${algorithms.join(", ")}`,
    );
  }
  if (key instanceof CryptoKey && !key.usages.includes(usage)) {
    throw new TypeError(
      `Cannot ${usage} a JWT: the key is for "${key.usages.join(", ")}" only`,
    );
  }
  const weak = fitting.find((algorithm) => !isStrong(key, algorithm));
  if (weak === undefined) return;
  throw new RangeError(
    `Cannot ${usage} a JWT: the key has ${bitsOf(key)} bits, want ${
      minBits(weak)
    } or more for ${weak}`,
  );
}

/**
 * Whether a key is long enough (RFC 7518, sections 3.2 and 3.3).
 *
 * @param key The key, one that fits.
 * @param algorithm The algorithm.
 * @returns Whether it is.
 */
export function isStrong(key: JwtKey, algorithm: JwtAlgorithm): boolean {
  return bitsOf(key) >= minBits(algorithm);
}

function minBits(algorithm: JwtAlgorithm): number {
  const { keyType, bits } = algorithmFacts(algorithm);
  if (keyType === "oct") return bits;
  return keyType === "RSA" ? 2048 : 0; // a curve says all of the other ones
}

function bitsOf(key: JwtKey): number {
  if (typeof key === "string") return new TextEncoder().encode(key).length * 8;
  if (key instanceof Uint8Array) return key.length * 8;
  if (!(key instanceof CryptoKey)) {
    const length = (key.k ?? key.n ?? "").length;
    return Math.floor(length * 6 / 8) * 8; // base64url
  }
  // WebCrypto's own types of algorithms, of which some have one of these.
  const { length, modulusLength } = key.algorithm as {
    length?: number;
    modulusLength?: number;
  };
  return length ?? modulusLength ?? 0;
}

/**
 * Makes a key ready for WebCrypto.
 *
 * @param key The key, one that fits.
 * @param algorithm The algorithm.
 * @param usage What it is to do.
 * @returns The key.
 * @throws {TypeError} When it is malformed.
 */
export async function importKey(
  key: JwtKey,
  algorithm: JwtAlgorithm,
  usage: "sign" | "verify",
): Promise<CryptoKey> {
  if (key instanceof CryptoKey) return key;
  const params = paramsOf(algorithm);
  if (typeof key === "string" || key instanceof Uint8Array) {
    const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
    return await crypto.subtle.importKey("raw", bytes, params, false, [usage]);
  }
  // Each time anew: it takes a tenth of the time of the signature.
  const jwk = usage === "verify" ? publicPart(key) : key;
  try {
    return await crypto.subtle.importKey("jwk", jwk, params, false, [usage]);
  } catch (cause) {
    throw new TypeError(`Cannot ${usage} a JWT: WebCrypto refuses the key`, {
      cause,
    });
  }
}

function paramsOf(algorithm: JwtAlgorithm) {
  const { name, hash, curve } = algorithmFacts(algorithm);
  return { name, hash, ...(curve !== undefined && { namedCurve: curve }) };
}

/** A private key holds the public one, but WebCrypto verifies with that alone. */
function publicPart(key: JwtJsonKey): JsonWebKey {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key;
  return rest;
}
