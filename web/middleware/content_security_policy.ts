// Copyright 2026 the Gee authors. MIT license.

/**
 * What a page may load and do, by the directives of CSP: sources as the header
 * has them, such as `'self'` or `https://example.com`. The source `'nonce'`
 * becomes one for this answer. An empty list is a directive without value,
 * `false` leaves one out.
 */
export type CspDirectives = Readonly<
  Record<string, readonly string[] | false>
>;

/** What pages may do unless told otherwise: what comes from this site alone. */
const DEFAULTS: CspDirectives = {
  "default-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
  "img-src": ["'self'", "data:"],
  "object-src": ["'none'"],
};

const NONCE = "'nonce'";

/** A policy (CSP Level 3), its text made once. */
export class ContentSecurityPolicy {
  /** Who may put pages into frames. */
  readonly frameAncestors: string | undefined;
  /** The text, cut where nonces belong. */
  readonly #parts: readonly string[];

  /**
   * Makes a policy.
   *
   * @param directives What differs from the defaults.
   * @throws {TypeError} When a directive is malformed.
   */
  constructor(directives: CspDirectives) {
    const all: CspDirectives = { ...DEFAULTS, ...directives };
    const text = Object.entries(all)
      .filter(([, sources]) => sources !== false)
      .map(([name, sources]) => directiveText(name, sources || []))
      .join("; ");
    this.#parts = text.split(NONCE);
    this.frameAncestors = (all["frame-ancestors"] || undefined)?.join(" ");
  }

  /** Whether every answer needs a nonce of its own. */
  get hasNonce(): boolean {
    return this.#parts.length > 1;
  }

  /**
   * The header.
   *
   * @param nonce The nonce of this answer.
   * @returns Its value.
   */
  format(nonce: string): string {
    return this.#parts.join(`'nonce-${nonce}'`);
  }
}

function directiveText(name: string, sources: readonly string[]): string {
  const isGood = /^[a-z]+(?:-[a-z]+)*$/.test(name) &&
    sources.every((source) => /^[!-+\--:<-~]+$/.test(source));
  if (isGood) return [name, ...sources].join(" ");
  throw new TypeError(
    `Cannot make secureHeaders: the CSP directive ${
      JSON.stringify([name, ...sources].join(" "))
    } is malformed`,
  );
}
