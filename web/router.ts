// Copyright 2026 the Gee authors. MIT license.
import { callSite } from "./call_site.ts";
import { canonicalPath, pathEnd } from "./path.ts";
import { parsePattern } from "./pattern.ts";
import { type RouteEntry, RouteMatch } from "./route_match.ts";

const HASH = 0x23;
const PERCENT = 0x25;
const SLASH = 0x2f;
const ANY_METHOD = "*";

/** One registered route of a leaf. */
interface Entry<T> extends RouteEntry<T> {
  readonly method: string;
  /** Its stack, formatted only when a duplicate is reported, names the place. */
  readonly trace: Error;
}

/**
 * A node of the radix tree. `part` is the text on its incoming edge. Children
 * sit in a table of a power of two by the low bits of their first character;
 * those that share a place are linked by `sibling`.
 */
class Node<T> {
  part: string;
  /** The characters of `part`: an array is read faster than a string. */
  codes: number[];
  code: number;
  table: (Node<T> | null)[] = [null];
  #size = 0;
  mask = 0;
  sibling: Node<T> | null = null;
  /** What follows a `:name` here; its own part is empty. */
  param: Node<T> | null = null;
  leaf: Entry<T>[] | null = null;
  wildcard: Entry<T>[] | null = null;

  constructor(part: string) {
    this.part = part;
    this.codes = codesOf(part);
    this.code = this.codes[0] ?? -1;
  }

  /** Cuts the first characters off, which a new parent takes over. */
  shorten(length: number): void {
    this.part = this.part.slice(length);
    this.codes = codesOf(this.part);
    this.code = this.codes[0] ?? -1;
  }

  child(code: number): Node<T> | null {
    let node = this.table[code & this.mask] ?? null;
    while (node !== null && node.code !== code) node = node.sibling;
    return node;
  }

  /** Adds a child, or replaces the one with the same first character. */
  put(child: Node<T>): void {
    const old = this.child(child.code);
    if (old === null) this.#size++;
    else this.#unlink(old);
    this.#link(child);
    if (this.#size <= this.table.length || this.table.length === 128) return;
    const lists = this.table;
    this.mask = this.mask * 2 + 1;
    this.table = [...lists, ...lists].fill(null);
    for (const first of lists) {
      for (const node of siblings(first)) this.#link(node);
    }
  }

  #link(child: Node<T>): void {
    const place = child.code & this.mask;
    child.sibling = this.table[place] ?? null;
    this.table[place] = child;
  }

  #unlink(child: Node<T>): void {
    const place = child.code & this.mask;
    const rest = siblings(this.table[place] ?? null);
    this.table[place] = null;
    for (const node of rest) if (node !== child) this.#link(node);
  }
}

function siblings<T>(first: Node<T> | null): Node<T>[] {
  const list: Node<T>[] = [];
  for (let node = first; node !== null; node = node.sibling) list.push(node);
  return list;
}

function codesOf(text: string): number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
  return codes;
}

/**
 * A radix tree from method and path to a value. At each level a static segment
 * goes before a parameter and a parameter before a wildcard, with full
 * backtracking, whatever the order of registration.
 *
 * `:name` takes one segment that is not empty, `*name` all that is left, at
 * least one character. Patterns and paths are strict: `/a` is not `/a/`. The
 * method `*` stands for every method without a route of its own at that
 * pattern; `HEAD` falls back to `GET`.
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
  #allowed: Set<string> | undefined;
  // Whether the walk met neither "%" nor "#" in a parameter.
  #isRaw = true;
  // Whether a static segment holds them, so that the walk cannot tell.
  #hasReserved = false;

  /**
   * Registers a value.
   *
   * @param method The method in upper case, or `*` for any.
   * @param pattern Such as `/users/:id` or `/files/*path`.
   * @param value What a match gives.
   * @throws {SyntaxError} When the pattern is malformed.
   * @throws {TypeError} When the same method and pattern, apart from parameter
   * names, is there already; the message names both places.
   */
  add(method: string, pattern: string, value: T): void {
    const names: string[] = [];
    let node = this.#root;
    let text = "";
    let isWildcard = false;
    for (const segment of parsePattern(pattern === "" ? "/" : pattern)) {
      text += "/";
      if (segment.kind === "static") {
        text += segment.text;
        this.#hasReserved ||= /[%#?]/.test(segment.text);
        continue;
      }
      names.push(segment.text);
      node = insert(node, text);
      text = "";
      isWildcard = segment.kind === "wildcard";
      if (!isWildcard) node = node.param ??= new Node("");
    }
    const end = insert(node, text);
    const entries = isWildcard ? (end.wildcard ??= []) : (end.leaf ??= []);
    const entry = { method, pattern, names, value, trace: new Error() };
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
    const match = this.#find(this.#root, method, text, start, end, 0);
    if (match !== undefined && this.#isRaw) return match;
    const path = text.slice(start, pathEnd(text, start));
    const isCanonical = !path.includes("%");
    if (isCanonical && path.length === end - start) return match;
    const canonical = isCanonical ? path : canonicalPath(path);
    if (canonical === undefined) return undefined;
    return this.#find(this.#root, method, canonical, 0, canonical.length, 0);
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
    if (at === end) return this.#pick(node.leaf, method, text, depth);
    const child = node.child(text.charCodeAt(at));
    if (child !== null) {
      const match = this.#find(child, method, text, at, end, depth);
      if (match !== undefined) return match;
    }
    if (node.param !== null) {
      const stop = this.#segmentEnd(text, at, end);
      if (stop > at) {
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
    return this.#pick(node.wildcard, method, text, depth + 2);
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
    text: string,
    depth: number,
  ): RouteMatch<T> | undefined {
    if (entries === null) return undefined;
    if (this.#allowed !== undefined) {
      for (const entry of entries) this.#allowed.add(entry.method);
      return undefined;
    }
    const entry = entryOf(entries, method);
    if (entry === undefined) return undefined;
    return new RouteMatch(entry, text, copy(this.#offsets, depth));
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

/** The node that `text` leads to from `node`; edges are split as needed. */
function insert<T>(node: Node<T>, text: string): Node<T> {
  if (text === "") return node;
  const child = node.child(text.charCodeAt(0));
  if (child === null) {
    const added = new Node<T>(text);
    node.put(added);
    return added;
  }
  const { part } = child;
  let common = 1;
  while (common < part.length && part[common] === text[common]) common++;
  if (common === part.length) return insert(child, text.slice(common));
  const upper = new Node<T>(part.slice(0, common));
  node.put(upper);
  child.shorten(common);
  upper.put(child);
  return insert(upper, text.slice(common));
}
