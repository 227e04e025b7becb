// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "./http_error.ts";

/** How deep arrays and objects of a request body may nest. */
const MAX_DEPTH = 64;

/**
 * Parses JSON from a stranger. Refused with 400: malformed text, nesting over
 * 64 levels (checked before the parser works on it), and keys that pollute
 * prototypes once an object is merged into another.
 */
export function parseJson(text: string): unknown {
  if (text.length > MAX_DEPTH && isTooDeep(text)) {
    throw new HttpError(400, `JSON nests deeper than ${MAX_DEPTH} levels`);
  }
  // A key can hide behind an escape, so any escape takes the checked way too.
  const isSuspicious = /__proto__|"constructor"|\\u/.test(text);
  try {
    return JSON.parse(text, isSuspicious ? refusePollution : undefined);
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError(400, "The body is not valid JSON", { cause });
  }
}

function refusePollution(key: string, value: unknown): unknown {
  const isConstructor = key === "constructor" && typeof value === "object" &&
    value !== null && Object.hasOwn(value, "prototype");
  if (key === "__proto__" || isConstructor) {
    throw new HttpError(400, `JSON holds the forbidden key "${key}"`);
  }
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Offset of the quote that ends the string which starts at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}
