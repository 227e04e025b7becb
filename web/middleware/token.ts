// Copyright 2026 the Gee authors. MIT license.

/**
 * Whether text is a token (RFC 9110, section 5.6.2), as names of methods and
 * headers are.
 */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}
