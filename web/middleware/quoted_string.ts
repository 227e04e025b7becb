// Copyright 2026 the Gee authors. MIT license.

/**
 * Text as the quoted string of a header (RFC 9110, section 5.6.4).
 *
 * @param text The text.
 * @returns It in quotes, those inside it escaped.
 * @throws {TypeError} When it is no printable ASCII, which could forge headers.
 */
export function quotedString(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) {
    return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
  }
  throw new TypeError(
    `Cannot quote ${JSON.stringify(text)}: it is not printable ASCII`,
  );
}
