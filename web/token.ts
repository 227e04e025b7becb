// Copyright 2026 the Gee authors. MIT license.

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Whether text is a token (RFC 9110, section 5.6.2), as names of methods and
 * headers are.
 */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
