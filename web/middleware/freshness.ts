// Copyright 2026 the Gee authors. MIT license.

/** How long a shared cache may use an answer, by what it says itself. */
export interface Freshness {
  /** Milliseconds, less those it spent in other caches; 0 for not at all. */
  readonly ms: number;
  /** Seconds it spent in other caches. */
  readonly age: number;
  /** Whether requests with credentials may have it too. */
  readonly isPublic: boolean;
}

/** Directives that keep an answer out of a shared cache. */
const BARRED = ["no-store", "no-cache", "private"];

/**
 * Reads `cache-control`, `expires` and `age` (RFC 9111, sections 3 and 4.2).
 *
 * @param headers The headers of the answer.
 * @param usual Milliseconds for an answer that says nothing.
 * @param now The time in ms since 1970.
 */
export function freshnessOf(
  headers: Headers,
  usual: number,
  now: number,
): Freshness {
  const directives = directivesOf(headers.get("cache-control") ?? "");
  const age = Math.max(0, Number(headers.get("age") ?? 0) || 0);
  const isPublic = directives.has("public");
  if (BARRED.some((name) => directives.has(name))) {
    return { ms: 0, age, isPublic };
  }
  const seconds = directives.get("s-maxage") ?? directives.get("max-age");
  const expires = headers.get("expires");
  let ms = usual;
  if (seconds !== undefined) ms = secondsOf(seconds) * 1000;
  else if (expires !== null) ms = (Date.parse(expires) || 0) - now;
  return { ms: Math.max(0, ms - age * 1000), age, isPublic };
}

function directivesOf(header: string): Map<string, string> {
  const directives = new Map<string, string>();
  for (const part of header.toLowerCase().split(",")) {
    const [name = "", value = ""] = part.split("=", 2);
    const key = name.trim();
    // Of two the first counts: a later one cannot make an answer live longer.
    if (!directives.has(key)) directives.set(key, value.trim());
  }
  return directives;
}

/** What cannot be read is stale (RFC 9111, section 4.2.1). */
function secondsOf(value: string): number {
  const digits = value.replaceAll('"', "");
  return /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
}
