// Copyright 2026 the Gee authors. MIT license.
import type { JwtJsonKey } from "./jwt_key.ts";
import { type Fetcher, fetchJson } from "./fetch_json.ts";
import type { JwtHeader } from "./token_text.ts";

/** Options of {@linkcode RemoteKeys}. */
export interface RemoteKeysOptions {
  /**
   * Milliseconds the set is used before it is fetched anew.
   *
   * @default {600000}
   */
  readonly maxAge?: number;
  /**
   * Milliseconds between fetches for the sake of an id that the set does not
   * have, which anybody can invent.
   *
   * @default {30000}
   */
  readonly cooldown?: number;
  /**
   * Milliseconds the set is used beyond `maxAge` while it cannot be fetched.
   *
   * @default {3600000}
   */
  readonly maxStale?: number;
  /**
   * Milliseconds a fetch may take.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * Most bytes of the set.
   *
   * @default {262144}
   */
  readonly maxBytes?: number;
  /**
   * Whether the URL may be `http:`, where anybody on the way can change keys.
   *
   * @default {false}
   */
  readonly allowHttp?: boolean;
  /**
   * Fetches the set.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: Fetcher;
  /**
   * The clock, in ms.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Milliseconds between attempts while the set cannot be fetched. */
const RETRY_AFTER = 1000;
/** Most keys that are looked at. */
const MAX_KEYS = 32;

/**
 * The public keys of an issuer, a JSON Web Key Set at a URL (RFC 7517), kept
 * for a while and fetched by one request for all who wait, which follows no
 * redirect.
 *
 * An id that the set does not have makes it be fetched anew, as issuers replace
 * their keys, but once per `cooldown` at most. Secrets and private keys in the
 * set are passed over.
 *
 * @example Verify by the keys of an issuer
 * ```ts
 * import { RemoteKeys, signJwt, verifyJwt } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const pair = await crypto.subtle.generateKey("Ed25519", true, [
 *   "sign",
 *   "verify",
 * ]) as CryptoKeyPair;
 * const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
 * const keys = new RemoteKeys("https://issuer.dev/keys", {
 *   fetch: () => Promise.resolve(Response.json({ keys: [{ ...jwk, kid: "1" }] })),
 * });
 * const token = await signJwt({ sub: "tom" }, pair.privateKey, {
 *   algorithm: "EdDSA",
 *   kid: "1",
 *   expiresIn: 60,
 * });
 * const { payload } = await verifyJwt(token, keys.find, {
 *   algorithms: ["EdDSA"],
 * });
 * assertEquals(payload.sub, "tom");
 * ```
 */
export class RemoteKeys {
  readonly #url: URL;
  readonly #options: RemoteKeysOptions;
  readonly #now: () => number;
  #keys: readonly JwtJsonKey[] = [];
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #error: unknown;
  #pending: Promise<void> | undefined;

  /**
   * Fetches nothing yet.
   *
   * @param url Where the set is.
   * @param options Times and limits.
   * @throws {TypeError} When the URL is not `https:`, and `http:` is not allowed.
   * @throws {RangeError} When a number is negative.
   */
  constructor(url: string | URL, options: RemoteKeysOptions = {}) {
    this.#url = new URL(url);
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { protocol } = this.#url;
    const { allowHttp = false } = options;
    if (protocol !== "https:" && !(allowHttp && protocol === "http:")) {
      throw new TypeError(
        `Cannot fetch keys from "${this.#url}": want https:` +
          (allowHttp ? " or http:" : ""),
      );
    }
    for (const name of NUMBERS) {
      const value = options[name] ?? 0;
      if (value >= 0) continue;
      throw new RangeError(
        `Cannot fetch keys: got ${name} ${value}, want 0 or more`,
      );
    }
  }

  /**
   * Finds the keys that may have signed a token; for `verifyJwt`. Bound.
   *
   * @param header The header of the token.
   * @returns Those with its id, or all when it has none.
   * @throws {Error} When the set is not there and cannot be fetched.
   */
  readonly find = async (header: JwtHeader): Promise<readonly JwtJsonKey[]> => {
    const { maxAge = 600_000, cooldown = 30_000, maxStale = 3_600_000 } =
      this.#options;
    if (this.#age >= maxAge) await this.#refresh(RETRY_AFTER);
    if (this.#age >= maxAge + maxStale) throw this.#error;
    const found = this.#withId(header.kid);
    if (found.length > 0) return found;
    await this.#refresh(cooldown);
    return this.#withId(header.kid);
  };

  get #age(): number {
    return this.#now() - this.#fetchedAt;
  }

  #withId(kid: string | undefined): readonly JwtJsonKey[] {
    return kid === undefined
      ? this.#keys
      : this.#keys.filter((key) => key.kid === kid);
  }

  /** Fetches the set, once for all, unless that was tried just now. */
  #refresh(interval: number): Promise<void> {
    if (this.#pending !== undefined) return this.#pending;
    if (this.#now() - this.#triedAt < interval) return Promise.resolve();
    this.#triedAt = this.#now();
    return this.#pending = this.#fetch().finally(() => {
      this.#pending = undefined;
    });
  }

  async #fetch(): Promise<void> {
    const { timeout = 5000, maxBytes = 262_144, fetch } = this.#options;
    try {
      const set = await fetchJson(this.#url, { timeout, maxBytes, fetch });
      this.#keys = keysOf(set);
      this.#fetchedAt = this.#now();
    } catch (error) {
      this.#error = error; // thrown by find, unless the old set is good enough
    }
  }
}

const NUMBERS = [
  "maxAge",
  "cooldown",
  "maxStale",
  "timeout",
  "maxBytes",
] as const;

function keysOf(set: unknown): JwtJsonKey[] {
  const keys = (set as { keys?: unknown } | null)?.keys; // looked at below
  if (!Array.isArray(keys)) {
    throw new TypeError("Cannot use a key set: it has no list of keys");
  }
  return keys.slice(0, MAX_KEYS).filter(isPublicKey);
}

/** A secret that can be fetched is none, and a private key was leaked. */
function isPublicKey(key: unknown): key is JwtJsonKey {
  if (typeof key !== "object" || key === null) return false;
  const { kty, kid, d } = key as Record<string, unknown>; // just looked at
  return typeof kty === "string" && kty !== "oct" && d === undefined &&
    (kid === undefined || typeof kid === "string");
}
