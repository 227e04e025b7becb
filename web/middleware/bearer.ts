// Copyright 2026 the Gee authors. MIT license.
// The wire side of RFC 6750, for bearerAuth and jwt.
import { HttpError } from "../http_error.ts";

/**
 * The token of an `authorization` header.
 *
 * @param header The header.
 * @param realm What the token opens, as a quoted string.
 * @returns The token.
 * @throws {HttpError} 401 when there is none, 400 when it is malformed.
 */
export function bearerToken(header: string | undefined, realm: string): string {
  const [scheme = "", ...rest] = (header ?? "").split(" ");
  // RFC 6750, section 3.1: no error code for who brings no credentials at all.
  if (scheme.toLowerCase() !== "bearer") {
    throw new HttpError(401, undefined, {
      headers: { "www-authenticate": `Bearer realm=${realm}` },
    });
  }
  const token = rest.join(" ").trim();
  if (!isBearerToken(token)) throw refusal(400, realm, "invalid_request");
  return token;
}

/** Whether text can be sent as a token (RFC 6750, section 2.1). */
export function isBearerToken(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}

/**
 * Refuses a token, without a word on what is wrong with it.
 *
 * @param realm What the token should open, as a quoted string.
 * @param cause Why, for the log.
 * @throws {HttpError} 401, always.
 */
export function refuseBearer(realm: string, cause?: unknown): never {
  throw refusal(401, realm, "invalid_token", cause);
}

function refusal(
  status: number,
  realm: string,
  error: string,
  cause?: unknown,
): HttpError {
  return new HttpError(status, undefined, {
    cause,
    headers: { "www-authenticate": `Bearer realm=${realm}, error="${error}"` },
  });
}
