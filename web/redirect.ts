// Copyright 2026 the Gee authors. MIT license.

/** Options of a redirect. */
export interface RedirectOptions {
  /**
   * Whether the target may be another site (an absolute `http:` or `https:`
   * URL). Never set it for a target that a client can choose.
   *
   * @default {false}
   */
  readonly external?: boolean;
}

// Browsers read "//", "/\", "https:x" and anything after stripped tabs as
// another site, so the allowed beginnings are listed instead of the bad ones.
const LOCAL = /^(?:\/(?![/\\])|\?|#|\.{1,2}\/)/;

/**
 * The value of a `location` header.
 *
 * @throws {TypeError} When the target leaves this site unasked, or is no URL.
 */
export function locationOf(
  target: string,
  { external = false }: RedirectOptions,
): string {
  if (!LOCAL.test(target) && !(external && isWebUrl(target))) {
    throw new TypeError(
      `Cannot redirect to ${JSON.stringify(target)}: ` +
        (external ? "it is not an HTTP URL" : "it is not a path of this site"),
    );
  }
  return target.toWellFormed()
    .replaceAll(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text));
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
