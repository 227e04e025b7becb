// Copyright 2026 the Gee authors. MIT license.
import { callSite } from "./call_site.ts";
import { canonicalPath, pathEnd } from "./path.ts";
import { parsePattern } from "./pattern.ts";
import { RadixNode } from "./radix_node.ts";
import type { RouteMatch } from "./route_match.ts";
import { RouteWalk } from "./route_walk.ts";
import { type Scanner, scannerOf, type SegmentTests } from "./scanner.ts";

/** What a router may be told. */
export interface RouterOptions {
  /**
   * Whether static segments fit in upper and lower case alike (ASCII letters).
   * Values of parameters keep theirs.
   *
   * @default {false}
   */
  readonly ignoreCase?: boolean;
  /**
   * Scanners of one's own for `:name{scanner}`, such as `{ slug: /[a-z-]+/ }`.
   * A regular expression is asked about what strangers send: keep it linear.
   *
   * @default {{}}
   */
  readonly scanners?: SegmentTests;
}

/**
 * A radix tree from method and path to a value. At each level a static segment
 * goes before a parameter with a scanner, that before one without, and that
 * before a wildcard, with full backtracking, whatever the order of registration.
 *
 * `:name` takes one segment that is not empty, `*name` all that is left, at
 * least one character. `:name{scanner}` takes a segment that fits: `{int}` (a
 * safe integer, which the match gives as a number), `{uuid}`, `{alpha}`, a
 * choice such as `{asc|desc}`, or a scanner of one's own. Where several fit, a
 * choice goes first, then `int`, `uuid`, `alpha`, then own ones by their names.
 * Patterns and paths are strict: `/a` is not `/a/`. The method `*` stands for
 * every method without a route of its own at that pattern; `HEAD` falls back
 * to `GET`.
 *
 * @typeParam T What the router holds.
 *
 * @example Specificity, not order
 * ```ts
 * import { Router } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const router = new Router<string>();
 * router.add("GET", "/hello/:name", "greet");
 * router.add("GET", "/hello/cool", "special");
 * assertEquals(router.match("GET", "/hello/cool")?.value, "special");
 * const match = router.match("GET", "/hello/a%2Fb");
 * assertEquals(match?.value, "greet");
 * assertEquals(match?.param("name"), "a/b");
 * ```
 */
export class Router<T> {
  readonly #root = new RadixNode<T>("");
  readonly #walk = new RouteWalk<T>(this.#root);
  readonly #ignoreCase: boolean;
  readonly #scanners: SegmentTests;
  /** Whether static text holds what escapes a path, so that no raw path fits. */
  #hasReserved = false;

  /**
   * Makes a router without routes.
   *
   * @param options What fits.
   */
  constructor(options: RouterOptions = {}) {
    this.#ignoreCase = options.ignoreCase ?? false;
    this.#scanners = options.scanners ?? {};
  }

  /**
   * Registers a value.
   *
   * @param method The method in upper case, or `*` for any.
   * @param pattern Such as `/users/:id` or `/files/*path`.
   * @param value What a match gives.
   * @param trace Made where the route was registered, for messages.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the same method and pattern, apart from parameter
   * names, is there already; the message names both places.
   */
  add(
    method: string,
    pattern: string,
    value: T,
    trace: Error = new Error(),
  ): void {
    const names: string[] = [];
    const scanners: (Scanner | undefined)[] = [];
    let node = this.#root;
    let text = "";
    let isWildcard = false;
    for (const segment of parsePattern(pattern === "" ? "/" : pattern)) {
      text += "/";
      if (segment.kind === "static") {
        text += this.#ignoreCase ? lowered(segment.text) : segment.text;
        this.#hasReserved ||= /[%#?]/.test(segment.text);
        continue;
      }
      names.push(segment.text);
      node = node.byText(text);
      text = "";
      isWildcard = segment.kind === "wildcard";
      const scanner = segment.scanner === undefined
        ? undefined
        : scannerOf(segment.scanner, this.#scanners, pattern);
      scanners.push(scanner);
      if (scanner !== undefined) {
        node = node.byScanner(segment.scanner ?? "", scanner);
      } else if (!isWildcard) node = node.byParam();
    }
    const end = node.byText(text);
    const entries = isWildcard ? end.byWildcard() : (end.leaf ??= []);
    const entry = {
      method,
      pattern,
      names,
      scanners: scanners.some((one) => one?.parse) ? scanners : undefined,
      value,
      trace,
    };
    const earlier = entries.find((other) => other.method === method);
    if (earlier !== undefined) {
      throw new TypeError(
        `Cannot add route "${method} ${pattern}" at ${
          callSite(entry.trace)
        }: "${method} ${earlier.pattern}" at ${
          callSite(earlier.trace)
        } matches the same paths`,
      );
    }
    entries.push(entry);
  }

  /**
   * Finds the route of a path.
   *
   * @param method The method in upper case.
   * @param text The raw path, or a longer text with it such as a whole URL. A
   * query or a fragment ends the path.
   * @param start Where the path starts in the text.
   * @returns The match, or undefined when there is none or the path is
   * malformed.
   */
  match(method: string, text: string, start = 0): RouteMatch<T> | undefined {
    const compared = this.#ignoreCase ? lowered(text) : text;
    // Most paths hold no escape and are canonical already. What the match took
    // tells, which is a third cheaper than to look for escapes beforehand.
    const match = this.#walk.raw(method, compared, text, start);
    if (match?.isRaw === true && !this.#hasReserved) return match;
    const path = text.slice(start, pathEnd(text, start));
    const canonical = canonicalPath(path);
    if (canonical === path && !this.#hasReserved) return match;
    return this.#matchCanonical(method, canonical);
  }

  /**
   * The methods that have a route for a path, sorted.
   *
   * @param text The raw path, or a longer text with it, as for `match`.
   * @param start Where the path starts in the text.
   * @returns The methods; none means that no route fits the path.
   */
  allowed(text: string, start = 0): string[] {
    const canonical = canonicalPath(text.slice(start, pathEnd(text, start)));
    const allowed = new Set<string>();
    this.#walk.allowed = allowed;
    this.#matchCanonical("", canonical);
    this.#walk.allowed = undefined;
    return allowed.size === 0 ? [] : [...allowed].sort();
  }

  #matchCanonical(
    method: string,
    path: string | undefined,
  ): RouteMatch<T> | undefined {
    if (path === undefined) return undefined;
    const compared = this.#ignoreCase ? lowered(path) : path;
    return this.#walk.canonical(method, compared, path);
  }
}

/** Letters of ASCII in lower case; the length, and so every offset, stays. */
function lowered(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
