// Copyright 2026 the Gee authors. MIT license.
import { callSite } from "./call_site.ts";
import { canonicalPath, pathEnd, readable } from "./path.ts";
import { parsePattern } from "./pattern.ts";
import { type Entry, insert, Node, type Scanned } from "./radix_node.ts";
import { RouteMatch } from "./route_match.ts";
import { type Scanner, scannerOf, type SegmentTests } from "./scanner.ts";

const HASH = 0x23;
const PERCENT = 0x25;
const SLASH = 0x2f;
const ANY_METHOD = "*";

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
  readonly #root = new Node<T>("");
  // Start and end of the parameters on the way down; what a dead end wrote is
  // overwritten. A look-up never waits, so one array serves all of them.
  readonly #offsets: number[] = [];
  readonly #ignoreCase: boolean;
  readonly #scanners: SegmentTests;
  #allowed: Set<string> | undefined;
  /** What values are cut from: the text as it was, whatever its case. */
  #source = "";
  // Whether the walk met neither "%" nor "#" in a parameter.
  #isRaw = true;
  // Whether a static segment holds them, so that the walk cannot tell.
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
      node = insert(node, text);
      text = "";
      isWildcard = segment.kind === "wildcard";
      const scanner = segment.scanner === undefined
        ? undefined
        : scannerOf(segment.scanner, this.#scanners, pattern);
      scanners.push(scanner);
      if (scanner !== undefined) {
        node = node.scannedBy(segment.scanner ?? "", scanner);
      } else if (!isWildcard) node = node.param ??= new Node("");
    }
    const end = insert(node, text);
    const entries = isWildcard ? (end.wildcard ??= []) : (end.leaf ??= []);
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
    const query = text.indexOf("?", start);
    const end = query === -1 ? text.length : query;
    // Most paths hold no escape and are canonical already. What the walk met
    // tells, which is a third cheaper than to look for escapes beforehand.
    this.#isRaw = !this.#hasReserved;
    const match = this.#walk(method, text, start, end);
    if (match !== undefined && this.#isRaw) return match;
    const path = text.slice(start, pathEnd(text, start));
    const isCanonical = !path.includes("%");
    if (isCanonical && path.length === end - start) return match;
    const canonical = isCanonical ? path : canonicalPath(path);
    if (canonical === undefined) return undefined;
    return this.#walk(method, canonical, 0, canonical.length);
  }

  /**
   * The methods that have a route for a path, sorted.
   *
   * @param text The raw path, or a longer text with it, as for `match`.
   * @param start Where the path starts in the text.
   * @returns The methods; none means that no route fits the path.
   */
  allowed(text: string, start = 0): string[] {
    // With a set to fill every leaf leaves its methods there and refuses.
    const allowed = new Set<string>();
    this.#allowed = allowed;
    this.match("", text, start);
    this.#allowed = undefined;
    return [...allowed].sort();
  }

  #walk(
    method: string,
    text: string,
    start: number,
    end: number,
  ): RouteMatch<T> | undefined {
    this.#source = text;
    const compared = this.#ignoreCase ? lowered(text) : text;
    return this.#find(this.#root, method, compared, start, end, 0);
  }

  #find(
    node: Node<T>,
    method: string,
    text: string,
    start: number,
    end: number,
    depth: number,
  ): RouteMatch<T> | undefined {
    const { codes } = node;
    const at = start + codes.length;
    if (at > end) return undefined;
    // The parent's table has compared the first character.
    for (let index = 1; index < codes.length; index++) {
      if (text.charCodeAt(start + index) !== codes[index]) return undefined;
    }
    if (at === end) return this.#pick(node.leaf, method, depth);
    const child = node.child(text.charCodeAt(at));
    if (child !== null) {
      const match = this.#find(child, method, text, at, end, depth);
      if (match !== undefined) return match;
    }
    if (node.scanned !== null || node.param !== null) {
      const stop = this.#segmentEnd(text, at, end);
      if (stop > at && node.scanned !== null) {
        const match = this.#scan(
          node.scanned,
          method,
          text,
          at,
          stop,
          end,
          depth,
        );
        if (match !== undefined) return match;
      }
      if (stop > at && node.param !== null) {
        this.#offsets[depth] = at;
        this.#offsets[depth + 1] = stop;
        const next = depth + 2;
        const match = this.#find(node.param, method, text, stop, end, next);
        if (match !== undefined) return match;
      }
    }
    if (node.wildcard === null) return undefined;
    for (let from = at; from < end; from++) {
      from = this.#segmentEnd(text, from, end);
    }
    this.#offsets[depth] = at;
    this.#offsets[depth + 1] = end;
    return this.#pick(node.wildcard, method, depth + 2);
  }

  #scan(
    scanned: readonly Scanned<T>[],
    method: string,
    text: string,
    at: number,
    stop: number,
    end: number,
    depth: number,
  ): RouteMatch<T> | undefined {
    const segment = readable(this.#source.slice(at, stop));
    for (const { scanner, node } of scanned) {
      if (!scanner.test(segment)) continue;
      this.#offsets[depth] = at;
      this.#offsets[depth + 1] = stop;
      const match = this.#find(node, method, text, stop, end, depth + 2);
      if (match !== undefined) return match;
    }
    return undefined;
  }

  #segmentEnd(text: string, start: number, end: number): number {
    let at = start;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code > SLASH) continue;
      if (code === SLASH) break;
      if (code === PERCENT || code === HASH) this.#isRaw = false;
    }
    return at;
  }

  #pick(
    entries: Entry<T>[] | null,
    method: string,
    depth: number,
  ): RouteMatch<T> | undefined {
    if (entries === null) return undefined;
    if (this.#allowed !== undefined) {
      for (const entry of entries) this.#allowed.add(entry.method);
      return undefined;
    }
    const entry = entryOf(entries, method);
    if (entry === undefined) return undefined;
    return new RouteMatch(entry, this.#source, copy(this.#offsets, depth));
  }
}

/** The method itself, `GET` for `HEAD`, else whatever takes any method. */
function entryOf<T>(
  entries: readonly Entry<T>[],
  method: string,
): Entry<T> | undefined {
  let best: Entry<T> | undefined;
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index];
    if (entry?.method === method) return entry;
    const isNearer = method === "HEAD" && entry?.method === "GET";
    if (isNearer || (best === undefined && entry?.method === ANY_METHOD)) {
      best = entry;
    }
  }
  return best;
}

/** Letters of ASCII in lower case; the length, and so every offset, stays. */
function lowered(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const NONE: readonly number[] = [];

/** Literals of the usual lengths: they cost half of what `slice` does. */
function copy(offsets: readonly number[], length: number): readonly number[] {
  if (length === 0) return NONE;
  const first = offsets[0] ?? 0;
  const second = offsets[1] ?? 0;
  if (length === 2) return [first, second];
  if (length === 4) return [first, second, offsets[2] ?? 0, offsets[3] ?? 0];
  return offsets.slice(0, length);
}
