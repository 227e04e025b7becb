// Copyright 2026 the Gee authors. MIT license.
import * as jose from "npm:jose@6.2.18";
import type { JwtAlgorithm } from "../algorithm.ts";

/** The two sides of a signature. */
export interface Pair {
  readonly sign: CryptoKey;
  readonly verify: CryptoKey;
}

/** Makes keys, by jose where it can. */
export async function pairOf(algorithm: JwtAlgorithm): Promise<Pair> {
  if (!algorithm.startsWith("HS")) {
    return await joseKeys(algorithm);
  }
  const hash = `SHA-${algorithm.slice(2)}`;
  const usages: KeyUsage[] = ["sign", "verify"];
  const params: HmacKeyGenParams = { name: "HMAC", hash };
  const key = await crypto.subtle.generateKey(params, true, usages);
  return { sign: key, verify: key };
}

/**
 * Keys by jose. Its types are those of Node wherever another package brings
 * them, while the keys are those of the platform.
 */
export async function joseKeys(algorithm: JwtAlgorithm): Promise<Pair> {
  const pair: unknown = await jose.generateKeyPair(algorithm, {
    extractable: true,
  });
  const { publicKey, privateKey } = pair as CryptoKeyPair;
  return { sign: privateKey, verify: publicKey };
}

/** What the tokens of the tests say. */
export const claims = {
  sub: "tom",
  exp: 2_000,
  iat: 1_000,
  nested: { "ü": ["☃"] },
};

/** Between their times. */
export const now = () => 1_500_000;

/** The secret of the tests. */
export const SECRET = "0123456789abcdef0123456789abcdef";

/** A part of a token, right or wrong. */
export const toPart = (value: unknown) =>
  new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  ).toBase64({ alphabet: "base64url", omitPadding: true });

/** Any header and payload, rightly signed with HS256. */
export async function forge(
  header: unknown,
  payload: unknown = claims,
  secret: BufferSource = new TextEncoder().encode(SECRET),
): Promise<string> {
  const text = `${toPart(header)}.${toPart(payload)}`;
  const params = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, params, false, [
    "sign",
  ]);
  const bytes = new TextEncoder().encode(text);
  const mac = await crypto.subtle.sign("HMAC", key, bytes);
  return `${text}.${
    new Uint8Array(mac).toBase64({ alphabet: "base64url", omitPadding: true })
  }`;
}
