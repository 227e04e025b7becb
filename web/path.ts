// Copyright 2026 the Gee authors. MIT license.
// The one canonical path: the raw path is split on "/" and every segment is
// decoded exactly once. Router, middleware and static files all see this form.

/**
 * Stands for an encoded slash ("%2F") inside a decoded segment. NUL itself is
 * refused in paths, so it cannot be mistaken for anything else, and a decoded
 * path can still be matched by offsets like a raw one.
 */
export const ENCODED_SLASH = "\0";

/** Offset of the first character of the path in an absolute URL. */
export function pathStart(url: string): number {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start === -1 ? url.length : start;
}

/** Offset after the last character of the path: a query or fragment ends it. */
export function pathEnd(url: string, start: number): number {
  const query = url.indexOf("?", start);
  const end = query === -1 ? url.length : query;
  const hash = url.indexOf("#", start);
  return hash === -1 || hash > end ? end : hash;
}

/**
 * Decodes every segment of a raw path once.
 *
 * @returns The path with {@linkcode ENCODED_SLASH} for encoded slashes, or
 * undefined when an escape is malformed or stands for NUL.
 */
export function canonicalPath(raw: string): string | undefined {
  if (raw.includes("\0")) return undefined;
  if (!raw.includes("%")) return raw;
  try {
    return raw.split("/").map((segment) => {
      const text = decodeURIComponent(segment);
      if (text.includes("\0")) throw new URIError("NUL in a path");
      return text.replaceAll("/", ENCODED_SLASH);
    }).join("/");
  } catch {
    return undefined;
  }
}

/**
 * The one spelling of a raw path: equal for two paths if and only if their
 * segments are, so that what compares paths sees what the router sees.
 *
 * @returns The path with only those escapes that it needs; a path that
 * {@linkcode canonicalPath} refuses, as it is.
 */
export function normalPath(raw: string): string {
  if (!/[^!-$&-~]/.test(raw)) return raw;
  // A decoded NUL is an encoded slash.
  return canonicalPath(raw)?.replaceAll(
    /[^!-~]+|[#%?]/g,
    (text) => encodeURIComponent(text).replaceAll("%00", "%2F"),
  ) ?? raw;
}

/** Text for people and handlers: encoded slashes are slashes again. */
export function readable(canonical: string): string {
  return canonical.replaceAll(ENCODED_SLASH, "/");
}

const HOST = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** Whether text is a host with an optional port (RFC 9110, section 7.2). */
export function isHost(text: string): boolean {
  return HOST.test(text);
}
