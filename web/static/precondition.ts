// Copyright 2026 the Gee authors. MIT license.
import { parseHttpDate } from "./http_date.ts";

/** What tells one version of a file from another. */
export interface Validators {
  /** The entity tag, quotes and `W/` included. */
  readonly etag: string;
  /** The time of the last change as HTTP writes it. */
  readonly lastModified: string;
  /** Whether no later change can hide behind the same tag and date. */
  readonly isStrong: boolean;
}

/** The headers of a request. */
export interface HeaderReader {
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
}

/**
 * Whether a `GET` or `HEAD` goes on: the conditions in the order of RFC 9110,
 * section 13.2.2.
 *
 * @returns undefined to go on, or the status to answer with.
 */
export function failedPrecondition(
  request: HeaderReader,
  current: Validators,
): 304 | 412 | undefined {
  const match = request.header("if-match");
  if (match !== undefined) {
    if (!matches(match, current.etag, { isStrong: true })) return 412;
  } else {
    const since = request.header("if-unmodified-since");
    if (since !== undefined && isNewer(current, since)) return 412;
  }
  const noneMatch = request.header("if-none-match");
  if (noneMatch !== undefined) {
    return matches(noneMatch, current.etag, { isStrong: false })
      ? 304
      : undefined;
  }
  const since = request.header("if-modified-since");
  if (since === undefined) return undefined;
  return since === current.lastModified ||
      parseHttpDate(since) >= parseHttpDate(current.lastModified)
    ? 304
    : undefined;
}

/**
 * Whether ranges may be sent: `if-range` is missing or names this version
 * (RFC 9110, section 13.1.5). Weak validators never do.
 */
export function allowsRanges(
  request: HeaderReader,
  { etag, lastModified, isStrong }: Validators,
): boolean {
  const value = request.header("if-range");
  if (value === undefined) return true;
  return isStrong && (value === etag || value === lastModified);
}

/** A date that cannot be read never fails a request. */
function isNewer({ lastModified }: Validators, since: string): boolean {
  return parseHttpDate(lastModified) > parseHttpDate(since);
}

/** Whether a list of entity tags, or `*`, names the one at hand. */
export function matches(
  list: string,
  etag: string,
  { isStrong }: { readonly isStrong: boolean },
): boolean {
  if (list.trim() === "*") return true;
  // Tags may hold commas, so the list is not split at them.
  const tags: readonly string[] = list.match(/(?:W\/)?"[^"]*"/g) ?? [];
  if (isStrong) return !etag.startsWith("W/") && tags.includes(etag);
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/** The tag without its weakness: RFC 9110, section 8.8.3.2. */
function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
