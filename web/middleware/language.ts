// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";

/** Options of {@linkcode language}. */
export interface LanguageOptions {
  /** The tags of the languages there are (RFC 5646), such as `en` and `de-CH`. */
  readonly supported: readonly string[];
  /**
   * The one for clients that want none of them.
   *
   * @default {the first of `supported`}
   */
  readonly fallback?: string;
  /** A cookie that overrides the header. */
  readonly cookie?: string;
  /** A parameter of the query that overrides cookie and header. */
  readonly query?: string;
}

/** What {@linkcode language} leaves in `c.state`. */
export interface LanguageState {
  /** The tag that was chosen, as it stands in `supported`. */
  language: string;
}

const TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z\d]{1,8})*$/;
/** Longer ranges and further ones are no wishes of people. */
const MAX_RANGE = 64;
const MAX_RANGES = 64;

/**
 * Chooses the language of the answer by the lookup of RFC 4647, section 3.4:
 * `de-CH-1996` is served by `de-CH`, else by `de`. Sets `content-language` and
 * `vary`.
 *
 * @param options The languages.
 * @returns The middleware.
 * @throws {SyntaxError} When a tag is malformed.
 * @throws {TypeError} When there is no language, or `fallback` is none of them.
 *
 * @example Two languages
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { language, type LanguageState } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine<LanguageState>();
 * app.use(language({ supported: ["en", "de"], query: "lang" }));
 * app.get("/", (c) => c.string(c.state.language));
 * const headers = { "accept-language": "fr, de-CH;q=0.8, en;q=0.5" };
 * assertEquals(await (await app.request("/", { headers })).text(), "de");
 * const other = await app.request("/?lang=en", { headers });
 * assertEquals(await other.text(), "en");
 * ```
 */
export function language(options: LanguageOptions): Middleware {
  const { cookie, query } = options;
  const tags = tagsOf(options);
  const fallback = options.fallback ?? options.supported[0] ?? "";
  const vary = cookie === undefined
    ? "accept-language"
    : "accept-language, cookie";
  return function language(c) {
    const own = (query === undefined ? undefined : c.query(query)) ?? "";
    const kept = (cookie === undefined ? undefined : c.cookie(cookie)) ?? "";
    const chosen = lookUp(own, tags) ?? lookUp(kept, tags) ??
      preferred(c.header("accept-language") ?? "", tags, fallback) ?? fallback;
    (c.state as LanguageState).language = chosen; // the type that this declares
    c.setHeader("content-language", chosen).appendHeader("vary", vary);
    return c.next();
  };
}

/** The tags as they were given, by their form in lower case. */
function tagsOf({ supported, fallback }: LanguageOptions): Map<string, string> {
  const malformed = supported.find((tag) => !TAG.test(tag));
  if (malformed !== undefined) {
    throw new SyntaxError(
      `Cannot choose a language: "${malformed}" is not a language tag`,
    );
  }
  const isKnown = fallback === undefined || supported.includes(fallback);
  if (supported.length === 0 || !isKnown) {
    throw new TypeError(
      supported.length === 0
        ? "Cannot choose a language: none is supported"
        : `Cannot choose a language: fallback "${fallback}" is not supported`,
    );
  }
  return new Map(supported.map((tag) => [tag.toLowerCase(), tag]));
}

/**
 * The best of the languages a header asks for, by `q` and then by order; for
 * `*` alone the first one that it does not refuse by `q=0`.
 */
function preferred(
  header: string,
  tags: ReadonlyMap<string, string>,
  fallback: string,
): string | undefined {
  let best: string | undefined;
  let bestWeight = 0;
  let takesAny = false;
  const refused = new Set<string | undefined>();
  for (const item of header.split(",", MAX_RANGES)) {
    const [range = "", ...parameters] = item.split(";");
    const weight = weightOf(parameters[0]);
    const name = range.trim();
    if (weight === 0) refused.add(tags.get(name.toLowerCase()));
    else if (name === "*") takesAny = true;
    if (weight <= bestWeight) continue;
    const found = lookUp(name, tags);
    if (found === undefined) continue;
    best = found;
    bestWeight = weight;
  }
  if (best !== undefined || !takesAny) return best;
  return [fallback, ...tags.values()].find((tag) => !refused.has(tag));
}

/** The weight of RFC 9110, section 12.4.2; what cannot be read weighs nothing. */
function weightOf(parameter: string | undefined): number {
  if (parameter === undefined) return 1;
  const [, digits] = /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(parameter) ?? [];
  return digits === undefined ? 0 : Math.min(1, Number(digits));
}

function lookUp(
  range: string,
  tags: ReadonlyMap<string, string>,
): string | undefined {
  if (range.length > MAX_RANGE) return undefined;
  let part = range.toLowerCase();
  while (part !== "") {
    const found = tags.get(part);
    if (found !== undefined) return found;
    part = part.slice(0, Math.max(0, part.lastIndexOf("-")));
    // A single letter only introduces what followed it.
    if (part.at(-2) === "-") part = part.slice(0, -2);
  }
  return undefined;
}
