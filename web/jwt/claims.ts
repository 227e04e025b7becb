// Copyright 2026 the Gee authors. MIT license.
import { JwtError } from "./jwt_error.ts";
import type { JwtPayload } from "./token_text.ts";

/** Which claims to accept. */
export interface ClaimOptions {
  /** Who may have issued the token; left out, anybody with the key. */
  readonly issuer?: string | readonly string[];
  /**
   * Who we are: the token has to be for one of them. Left out, a token that is
   * for somebody is refused (RFC 7519, section 4.1.3).
   */
  readonly audience?: string | readonly string[];
  /**
   * The claims a token has to have.
   *
   * @default {["exp"]}
   */
  readonly required?: readonly string[];
  /**
   * Seconds that clocks may differ.
   *
   * @default {30}
   */
  readonly clockSkew?: number;
  /**
   * The clock, in ms since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks the claims of a token whose signature is good.
 *
 * @param claims The claims.
 * @param options Which to accept.
 * @returns The same.
 * @throws {JwtError} When they are not good.
 * @throws {RangeError} When `clockSkew` is no number from 0 on.
 */
export function checkClaims(claims: Claims, options: ClaimOptions): JwtPayload {
  checkOptions(options);
  for (const name of options.required ?? ["exp"]) {
    if (!Object.hasOwn(claims, name)) {
      throw new JwtError(
        `Cannot accept the JWT: the claim "${name}" is missing`,
        "claim",
      );
    }
  }
  for (const name of ["sub", "iss", "jti"]) {
    const isText = typeof claims[name] === "string";
    if (Object.hasOwn(claims, name) && !isText) {
      throw new JwtError(
        `Cannot accept the JWT: the claim "${name}" is no text`,
        "claim",
      );
    }
  }
  checkTimes(claims, options);
  checkIssuer(claims, options);
  checkAudience(claims, options);
  return claims as JwtPayload; // just looked at
}

/**
 * Checks the options themselves, for those who want to know beforehand.
 *
 * @param options The options.
 * @throws {RangeError} When `clockSkew` is no number from 0 on.
 */
export function checkOptions({ clockSkew = 0 }: ClaimOptions): void {
  if (clockSkew >= 0 && clockSkew < Infinity) return;
  throw new RangeError(
    `Cannot verify a JWT: got clockSkew ${clockSkew}, want 0 seconds or more`,
  );
}

function checkTimes(claims: Claims, options: ClaimOptions): void {
  const { clockSkew = 30, now = Date.now } = options;
  const seconds = now() / 1000;
  const expires = timeOf(claims, "exp") ?? Infinity;
  if (seconds >= expires + clockSkew) {
    throw new JwtError("Cannot accept the JWT: it has expired", "expired");
  }
  const starts = Math.max(
    timeOf(claims, "nbf") ?? -Infinity,
    timeOf(claims, "iat") ?? -Infinity,
  );
  if (seconds < starts - clockSkew) {
    throw new JwtError("Cannot accept the JWT: it is not good yet", "early");
  }
}

function timeOf(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined;
  const value = claims[name];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new JwtError(
    `Cannot accept the JWT: the claim "${name}" is no number`,
    "claim",
  );
}

function checkIssuer({ iss }: Claims, { issuer }: ClaimOptions): void {
  if (issuer === undefined || [issuer].flat().some((one) => one === iss)) {
    return;
  }
  throw new JwtError(
    "Cannot accept the JWT: its issuer is not one to accept",
    "issuer",
  );
}

function checkAudience(claims: Claims, { audience = [] }: ClaimOptions): void {
  const { aud } = claims;
  const wanted = [audience].flat();
  if (!Object.hasOwn(claims, "aud") && wanted.length === 0) return;
  const given = Array.isArray(aud) ? aud : [aud];
  const isText = given.every((one) => typeof one === "string");
  if (isText && given.some((one) => wanted.includes(one))) return;
  throw new JwtError(
    "Cannot accept the JWT: we are not its audience",
    "audience",
  );
}
