// Copyright 2026 the Gee authors. MIT license.

/** Shorter keys can be guessed; HMAC-SHA-256 wants 32 bytes (RFC 2104). */
const MIN_KEY_BYTES = 32;
const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * Signs the values of cookies with the first of its keys and opens what any of
 * them signed, so that a key can be replaced: put the new one first, and drop
 * the old one when its cookies have expired.
 *
 * The signature covers the name, so that one cookie cannot pass for another,
 * and is compared by WebCrypto in constant time.
 */
export class CookieSigner {
  readonly #keys: readonly string[];
  #imported: Promise<CryptoKey[]> | undefined;

  /**
   * Makes a signer.
   *
   * @param keys The keys, the newest first; each of 32 bytes or more.
   * @throws {RangeError} When there is none, or one is too short.
   */
  constructor(keys: readonly string[]) {
    const isShort = keys.some((key) => bytesOf(key).length < MIN_KEY_BYTES);
    if (keys.length === 0 || isShort) {
      throw new RangeError(
        `Cannot sign cookies: want one key or more, each of ${MIN_KEY_BYTES} bytes or more`,
      );
    }
    this.#keys = keys;
  }

  /**
   * Signs a value.
   *
   * @param name The name of the cookie.
   * @param value Its value.
   * @returns The value with its signature.
   */
  async seal(name: string, value: string): Promise<string> {
    const [key] = await this.#importKeys();
    // The constructor has seen that there is one.
    const mac = await crypto.subtle.sign(HMAC, key!, message(name, value));
    return `${value}.${new Uint8Array(mac).toBase64(BASE64)}`;
  }

  /**
   * Checks what was signed.
   *
   * @param name The name of the cookie.
   * @param sealed The value with its signature.
   * @returns The value, or undefined when no key of ours has signed it.
   */
  async open(name: string, sealed: string): Promise<string | undefined> {
    const dot = sealed.lastIndexOf(".");
    const mac = macOf(sealed.slice(dot + 1));
    if (dot === -1 || mac === undefined) return undefined;
    const value = sealed.slice(0, dot);
    for (const key of await this.#importKeys()) {
      const isOurs = await crypto.subtle.verify(
        HMAC,
        key,
        mac,
        message(name, value),
      );
      if (isOurs) return value;
    }
    return undefined;
  }

  #importKeys(): Promise<CryptoKey[]> {
    return this.#imported ??= Promise.all(
      this.#keys.map((key) =>
        crypto.subtle.importKey("raw", bytesOf(key), HMAC, false, [
          "sign",
          "verify",
        ])
      ),
    );
  }
}

const BASE64 = { alphabet: "base64url", omitPadding: true } as const;

function macOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== 43) return undefined; // 32 bytes
  try {
    return Uint8Array.fromBase64(text, BASE64);
  } catch {
    return undefined;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A name holds no "=", so no two pairs have one message. */
function message(name: string, value: string): Uint8Array<ArrayBuffer> {
  return bytesOf(`${name}=${value}`);
}
