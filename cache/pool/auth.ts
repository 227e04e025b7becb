// Copyright 2026 the Gee authors. MIT license.

const NONCE_BYTES = 16;
const MAX_NONCES = 1 << 20;
const WINDOW = 60_000;

const encoder = new TextEncoder();

/** Settings of a {@linkcode Secret}. */
export interface SecretOptions {
  /** The clock in ms since 1970. */
  readonly now?: () => number;
  /** How far the clock of a peer may be off, in ms. */
  readonly window?: number;
  /**
   * How many requests are remembered, and as many again: where there are more
   * within two windows, clocks may be less far off.
   */
  readonly maxNonces?: number;
}

/** What is signed of a request. */
export interface SignedRequest {
  /** The method. */
  readonly method: string;
  /** The node it is for: else it could be repeated at another. */
  readonly name: string;
  /** The path. */
  readonly path: string;
  /** The body. */
  readonly body: Uint8Array;
}

/** What of a header was signed. */
interface Stamp {
  readonly time: string;
  readonly nonce: string;
  readonly mac: Uint8Array<ArrayBuffer>;
}

/**
 * What the nodes of a cluster know and nobody else: signs with HMAC-SHA256 and
 * verifies in constant time, by `crypto.subtle.verify`.
 */
export class Secret {
  readonly #key: Promise<CryptoKey>;
  readonly #now: () => number;
  readonly #window: number;
  readonly #maxNonces: number;
  /** What was seen in this time and the one before; a stamp lives in both. */
  #seen = new Set<string>();
  #seenBefore = new Set<string>();
  #turnedAt: number;
  /** The latest time of a stamp in each, and in what was forgotten early. */
  #latest = -Infinity;
  #latestBefore = -Infinity;
  #latestForgotten = -Infinity;

  /**
   * Takes the secret in.
   *
   * @param secret The text or bytes; 16 bytes or more.
   * @param options The clock and limits.
   * @throws {RangeError} When it is too short to be one.
   */
  constructor(secret: string | Uint8Array, options: SecretOptions = {}) {
    const bytes = typeof secret === "string"
      ? encoder.encode(secret)
      : new Uint8Array(secret);
    if (bytes.length < 16) {
      throw new RangeError(
        `Cannot use a secret of ${bytes.length} bytes: want at least 16`,
      );
    }
    this.#key = crypto.subtle.importKey(
      "raw",
      bytes,
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign", "verify"],
    );
    this.#now = options.now ?? Date.now;
    this.#window = options.window ?? WINDOW;
    this.#maxNonces = options.maxNonces ?? MAX_NONCES;
    this.#turnedAt = this.#now();
    // What was seen before a restart is forgotten: nothing from then will do.
    this.#latestForgotten = this.#turnedAt - 1;
  }

  /**
   * Signs parts under a label, which keeps a signature to its use.
   *
   * @returns 32 bytes.
   */
  async sign(
    label: string,
    ...parts: Part[]
  ): Promise<Uint8Array<ArrayBuffer>> {
    const message = framed([label, ...parts]);
    const key = await this.#key;
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  }

  /** Whether a signature is right. */
  async verify(
    mac: Uint8Array<ArrayBuffer>,
    label: string,
    ...parts: Part[]
  ): Promise<boolean> {
    const message = framed([label, ...parts]);
    return await crypto.subtle.verify("HMAC", await this.#key, mac, message);
  }

  /**
   * Signs a request.
   *
   * @returns The value of the header, and its nonce, to which the answer is
   * bound.
   */
  async stamp(
    request: SignedRequest,
  ): Promise<{ readonly header: string; readonly nonce: string }> {
    const time = String(Math.floor(this.#now()));
    const nonce = randomBytes(NONCE_BYTES).toHex();
    const mac = await this.sign("request", ...partsOf(request, time, nonce));
    return { header: `v1 ${time} ${nonce} ${mac.toHex()}`, nonce };
  }

  /**
   * Verifies a request: signed with the secret, not long ago, never seen.
   *
   * @param header The value of the header.
   * @returns The nonce, or `undefined` when the request must be refused.
   */
  async check(
    header: string | null,
    request: SignedRequest,
  ): Promise<string | undefined> {
    const stamp = parseStamp(header);
    if (stamp === undefined) return undefined;
    const { time, nonce, mac } = stamp;
    // The time first: it is cheap. The nonce last: only peers may fill the table.
    if (Math.abs(this.#now() - Number(time)) > this.#window) return undefined;
    const parts = partsOf(request, time, nonce);
    if (!await this.verify(mac, "request", ...parts)) return undefined;
    return this.#isNew(nonce, Number(time)) ? nonce : undefined;
  }

  #isNew(nonce: string, stampedAt: number): boolean {
    const time = this.#now();
    const age = time - this.#turnedAt;
    // A stamp is good for at most two windows: from one before to one behind.
    if (age < 0) this.#turnedAt = time; // a clock that went back: keep all longer
    else if (age >= 2 * this.#window) this.#turn(time);
    if (this.#seen.has(nonce) || this.#seenBefore.has(nonce)) return false;
    if (this.#seen.size >= this.#maxNonces) {
      // What is forgotten early could be repeated: nothing as old will do then.
      const latest = Math.min(this.#latestBefore, time + this.#window);
      this.#latestForgotten = Math.max(this.#latestForgotten, latest);
      this.#turn(time);
    }
    if (stampedAt <= this.#latestForgotten) return false;
    this.#seen.add(nonce);
    this.#latest = Math.max(this.#latest, stampedAt);
    return true;
  }

  #turn(time: number): void {
    this.#latestBefore = this.#latest;
    this.#latest = -Infinity;
    this.#seenBefore = this.#seen;
    this.#seen = new Set();
    this.#turnedAt = time;
  }
}

/** What is signed. */
export type Part = string | Uint8Array;

/** Random bytes. */
export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

function partsOf(
  { method, name, path, body }: SignedRequest,
  time: string,
  nonce: string,
): Part[] {
  return [method, name, path, time, nonce, body];
}

function parseStamp(header: string | null): Stamp | undefined {
  const match = header?.match(/^v1 (\d{1,15}) ([0-9a-f]{32}) ([0-9a-f]{64})$/);
  if (!match) return undefined;
  const [, time = "", nonce = "", mac = ""] = match;
  return { time, nonce, mac: Uint8Array.fromHex(mac) };
}

/** Each part after its length, so that no two lists give the same bytes. */
function framed(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const all = parts.map((part) =>
    typeof part === "string" ? encoder.encode(part) : part
  );
  const size = all.reduce((sum, { length }) => sum + 4 + length, 0);
  const message = new Uint8Array(size);
  const view = new DataView(message.buffer);
  let at = 0;
  for (const part of all) {
    view.setUint32(at, part.length);
    message.set(part, at + 4);
    at += 4 + part.length;
  }
  return message;
}
