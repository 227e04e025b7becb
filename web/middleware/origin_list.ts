// Copyright 2026 the Gee authors. MIT license.
// Which origins are trusted, for cors and csrf.

/** As browsers write them (RFC 6454, section 6.2): "null" is none. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@,]+$/;

/**
 * Whether text is one origin, such as `https://example.com`.
 *
 * @param text What the `origin` header says.
 * @returns Whether it is; `null`, which any page can send, is not.
 */
export function isOrigin(text: string | undefined): text is string {
  return text !== undefined && ORIGIN.test(text);
}

/**
 * Makes the test of a list of origins. Texts have to be the same, patterns to
 * match the whole.
 *
 * @param name The middleware, for its errors.
 * @param origins Whom to trust.
 * @returns The test.
 * @throws {TypeError} When an origin is malformed.
 */
export function originList(
  name: string,
  origins: readonly (string | RegExp)[],
): (origin: string | undefined) => boolean {
  const texts = new Set<string>();
  const patterns: RegExp[] = [];
  for (const origin of origins) {
    if (typeof origin !== "string") patterns.push(anchored(origin));
    else texts.add(checked(name, origin));
  }
  return (origin) =>
    isOrigin(origin) &&
    (texts.has(origin) || patterns.some((pattern) => pattern.test(origin)));
}

/** A pattern without anchors would also match `https://a.com.evil`. */
function anchored({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replaceAll(/[gmy]/g, ""));
}

function checked(name: string, origin: string): string {
  const isWeb = /^https?:/.test(origin);
  const isGood = isOrigin(origin) &&
    (!isWeb || URL.canParse(origin) && new URL(origin).origin === origin);
  if (isGood) return origin;
  throw new TypeError(
    `Cannot make ${name}: ${
      JSON.stringify(origin)
    } is not an origin such as "https://example.com"`,
  );
}
