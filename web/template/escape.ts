// Copyright 2026 the Gee authors. MIT license.
import { Html } from "./html_value.ts";
import { Problem } from "./problem.ts";

/** What a value that is refused at render time becomes in a URL. */
export const BLOCKED_URL = "about:invalid";
/** What it becomes in CSS: no property accepts it, so the rule is ignored. */
export const BLOCKED_CSS = "blocked";

/** The schemes of links; a value with another one is refused. */
const SAFE_SCHEMES = new Set(["http", "https", "mailto", "tel"]);

/**
 * The text of a value: nothing for null and undefined, ISO 8601 for a date.
 *
 * @throws {Problem} For what has no text: a list, an object, a function.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return textOfObject(value);
  if (typeof value === "function" || typeof value === "symbol") {
    throw new Problem(`a ${typeof value} has no text`);
  }
  return String(value);
}

function textOfObject(value: object): string {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  }
  if (value instanceof Promise) {
    throw new Problem("a promise has no text yet: await it before");
  }
  if (Array.isArray(value)) {
    throw new Problem("a list has no text: use range");
  }
  const { toString } = value;
  // Only a class that says how it reads, such as URL, has a text.
  if (
    typeof toString !== "function" || toString === Object.prototype.toString
  ) {
    throw new Problem("an object has no text: name one of its fields");
  }
  return String(value);
}

const ENTITIES: Readonly<Record<number, string>> = {
  0x22: "&quot;",
  0x26: "&amp;",
  0x27: "&#39;",
  0x3c: "&lt;",
  0x3e: "&gt;",
};
const MARKUP = /["&'<>]/;

/** Escapes text for HTML text and quoted attributes alike. */
export function escapeHtml(text: string): string {
  const first = text.search(MARKUP);
  if (first === -1) return text;
  let escaped = text.slice(0, first);
  let start = first;
  for (let at = first; at < text.length; at++) {
    const entity = ENTITIES[text.charCodeAt(at)];
    if (entity === undefined) continue;
    escaped += text.slice(start, at) + entity;
    start = at + 1;
  }
  return escaped + text.slice(start);
}

/** A value between tags: the one place where {@linkcode Html} stays markup. */
export function escapeText(value: unknown): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return value instanceof Html ? value.toString() : escapeHtml(textOf(value));
}

/** A quoted attribute, title or textarea: here {@linkcode Html} is text. */
export function escapeAttribute(value: unknown): string {
  return escapeHtml(typeof value === "string" ? value : textOf(value));
}

/** `\u002f`: known to JavaScript and JSON alike. */
function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * A value as a JavaScript expression, which is JSON. In its strings, whatever
 * means something in code is escaped too: should the page's author fool the
 * reader of scripts, the text still runs nothing.
 */
export function escapeScriptValue(value: unknown): string {
  const isBare = typeof value !== "string" &&
    (typeof value !== "object" || value === null);
  if (isBare) return ` ${bareLiteral(value)} `;
  if (value instanceof Promise) {
    throw new Problem(
      "a promise cannot be put into a script: await it before",
    );
  }
  const json = JSON.stringify(value) ?? "null";
  // None of these stands outside of a string in JSON.
  return json.replace(
    /[^\w "\\:,.{}[\]+\-\u00a0-\u2027\u202a-\uffff]/g,
    unicodeEscape,
  );
}

/** White space keeps it apart: `return{{ .x }}` and `a-{{ .negative }}`. */
function bareLiteral(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") {
    throw new Problem(`a ${typeof value} cannot be put into a script`);
  }
  return JSON.stringify(value) ?? "null";
}

/** A value inside of a JavaScript string or template literal. */
export function escapeScriptString(value: unknown): string {
  return textOf(value).replace(
    /[^\w ,.\u00a0-\u2027\u202a-\uffff]/g,
    unicodeEscape,
  );
}

/** A value of CSS: words, numbers, colors. Whatever could do more is refused. */
export function filterStyle(value: unknown): string {
  const text = textOf(value);
  const isPlain = /^[\w #%.,+\-\u00a0-\uffff]*$/.test(text) &&
    !/expression|binding|behavior|javascript/i.test(text);
  return isPlain ? text : BLOCKED_CSS;
}

/** A value inside of a CSS string. */
export function escapeStyleString(value: unknown): string {
  return textOf(value).replace(
    /[^\w ,.\u00a0-\uffff]/g,
    (char) => `\\${char.charCodeAt(0).toString(16)} `,
  );
}

/** Percent-encodes what has no place in a URL and keeps its structure. */
export function encodeUrl(text: string): string {
  return encodeURI(text.toWellFormed())
    // What was encoded before stays as it was.
    .replace(/%25([0-9a-f]{2})/gi, "%$1")
    .replace(/['()]/g, percent);
}

/** Percent-encodes one part of a URL: nothing of its structure is left. */
export function encodeUrlPart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, percent);
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16)}`;
}

/** A whole URL: relative, or with a scheme that runs nothing. */
export function filterUrl(text: string): string {
  const trimmed = text.trim();
  // Browsers drop control characters and white space before they look.
  const start = trimmed.replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g,
    "",
  );
  const scheme = /^[^/?#\\:]*(?=:)/.exec(start)?.[0];
  const isSafe = scheme === undefined ||
    SAFE_SCHEMES.has(scheme.toLowerCase()) &&
      trimmed.toLowerCase().startsWith(`${scheme.toLowerCase()}:`);
  return isSafe ? encodeUrl(trimmed) : BLOCKED_URL;
}

/** A URL that code is loaded from: it must stay on its own origin. */
export function filterOwnUrl(text: string): string {
  const url = filterUrl(text);
  const isAway = /^[^/?#]*:|^\/\//.test(url);
  if (isAway) return BLOCKED_URL;
  // A lone slash before an author's "/x" would name a host.
  return url === "/" ? "" : url;
}

/** A list of images with their sizes: each URL is looked at. */
export function filterImageSet(value: unknown): string {
  return textOf(value).split(",").map((candidate) => {
    const [url = "", ...sizes] = candidate.trim().split(/\s+/);
    if (!sizes.every((size) => /^[\w.+-]*$/.test(size))) return BLOCKED_URL;
    return [filterUrl(url), ...sizes].join(" ");
  }).join(", ");
}
