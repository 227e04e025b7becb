// Copyright 2026 the Gee authors. MIT license.
import { parseJson } from "../json.ts";
import { JwtError } from "./jwt_error.ts";

/** The header of a token. Nothing in it is trusted before the signature is. */
export interface JwtHeader {
  /** The algorithm of the signature. */
  readonly alg: string;
  /** The media type of the token. */
  readonly typ?: string;
  /** The id of the key. */
  readonly kid?: string;
  /** Whatever else it says. */
  readonly [name: string]: unknown;
}

/** The claims of a token (RFC 7519, section 4.1). */
export interface JwtPayload {
  /** Who issued it. */
  readonly iss?: string;
  /** Whom it is about. */
  readonly sub?: string;
  /** Whom it is for. */
  readonly aud?: string | readonly string[];
  /** Until when it is good, in seconds since 1970. */
  readonly exp?: number;
  /** From when on it is good, in seconds since 1970. */
  readonly nbf?: number;
  /** When it was issued, in seconds since 1970. */
  readonly iat?: number;
  /** Its id. */
  readonly jti?: string;
  /** Whatever else it says. */
  readonly [name: string]: unknown;
}

/** A token taken apart, nothing of it checked. */
export interface TokenParts {
  /** The header. */
  readonly header: Readonly<Record<string, unknown>>;
  /** The payload as it was signed. */
  readonly payload: string;
  /** What was signed. */
  readonly signed: Uint8Array<ArrayBuffer>;
  /** The signature. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Far longer than what fits into headers. */
const MAX_LENGTH = 16_384;

/**
 * Takes a token in its compact form apart (RFC 7515, section 7.1).
 *
 * @param token The token.
 * @returns Its parts.
 * @throws {JwtError} When it is malformed.
 */
export function takeApart(token: string): TokenParts {
  const parts = token.length > MAX_LENGTH ? [] : token.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3) {
    throw new JwtError(
      "Cannot accept the JWT: it has not three parts of a usual length",
      "malformed",
    );
  }
  return {
    header: readJson(header),
    payload,
    signed: new TextEncoder().encode(`${header}.${payload}`),
    signature: fromBase64Url(signature),
  };
}

/**
 * Reads a part of a token that holds a JSON object.
 *
 * @param part The part.
 * @returns The object.
 * @throws {JwtError} When it is malformed.
 */
export function readJson(part: string): Readonly<Record<string, unknown>> {
  const bytes = fromBase64Url(part);
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = parseJson(text);
  } catch (cause) {
    throw new JwtError(
      "Cannot accept the JWT: a part of it is no JSON",
      "malformed",
      { cause },
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>; // just looked at
  }
  throw new JwtError(
    "Cannot accept the JWT: a part of it is no JSON object",
    "malformed",
  );
}

/** Strictly, so that each token has one form: no padding, no stray bits. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  try {
    // The decoder itself would step over whitespace.
    if (!/^[\w-]+$/.test(text)) throw new SyntaxError("Not base64url");
    const padding = "=".repeat(-text.length & 3);
    return Uint8Array.fromBase64(text + padding, {
      alphabet: "base64url",
      lastChunkHandling: "strict",
    });
  } catch (cause) {
    throw new JwtError(
      "Cannot accept the JWT: a part of it is no base64url",
      "malformed",
      { cause },
    );
  }
}

/**
 * Writes a part of a token.
 *
 * @param value Bytes, or what becomes JSON.
 * @returns The part.
 */
export function toBase64Url(value: Uint8Array | object): string {
  const bytes = value instanceof Uint8Array
    ? value
    : new TextEncoder().encode(JSON.stringify(value));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
