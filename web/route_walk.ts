// Copyright 2026 the Gee authors. MIT license.
import { readable } from "./path.ts";
import type { Entry, RadixNode, Scanned } from "./radix_node.ts";
import { RouteMatch } from "./route_match.ts";

const HASH = 0x23;
const PERCENT = 0x25;
const SLASH = 0x2f;
const QUERY = 0x3f;
const ANY_METHOD = "*";

/**
 * Walks the radix tree along a path. One object serves all look-ups of a
 * router, since a look-up never waits.
 *
 * Where a route is found its match is made, and every call on the way back says
 * where its parameter is: so dead ends leave nothing behind.
 *
 * @typeParam T What the router holds.
 */
export class RouteWalk<T> {
  /** With a set to fill every leaf leaves its methods there and refuses. */
  allowed: Set<string> | undefined;
  readonly #root: RadixNode<T>;
  #method = "";
  /** What values are cut from: the text as it was, whatever its case. */
  #source = "";
  /** Whether a query or a fragment may end the path. */
  #hasTail = false;
  /** Whether no value so far holds an escape; static text never does. */
  #isRaw = false;

  constructor(root: RadixNode<T>) {
    this.#root = root;
  }

  /** Walks along a raw path inside a text such as a URL. */
  raw(
    method: string,
    text: string,
    source: string,
    start: number,
  ): RouteMatch<T> | undefined {
    this.#hasTail = this.#isRaw = true;
    this.#method = method;
    this.#source = source;
    return this.#find(this.#root, text, start, 0);
  }

  /** Walks along a decoded path. */
  canonical(
    method: string,
    text: string,
    source: string,
  ): RouteMatch<T> | undefined {
    this.#hasTail = this.#isRaw = false;
    this.#method = method;
    this.#source = source;
    return this.#find(this.#root, text, 0, 0);
  }

  /** Goes on behind the part of a node, which ends at `start`. */
  #find(
    from: RadixNode<T>,
    text: string,
    start: number,
    depth: number,
  ): RouteMatch<T> | undefined {
    let node = from;
    let at = start;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      const child = node.child(code);
      if (child !== null && fits(child, text, at)) {
        const next = at + child.length;
        // Without a fork there is no way back for a call to remember.
        if (!node.isFork) {
          node = child;
          at = next;
          continue;
        }
        const match = this.#find(child, text, next, depth);
        if (match !== undefined) return match;
      }
      if (this.#hasTail && (code === QUERY || code === HASH)) break;
      return node.isFork ? this.#fork(node, text, at, depth) : undefined;
    }
    return this.#pick(node.leaf);
  }

  /** Scanners, then the parameter, then the wildcard. */
  #fork(
    node: RadixNode<T>,
    text: string,
    at: number,
    depth: number,
  ): RouteMatch<T> | undefined {
    const stop = this.#segmentEnd(text, at);
    if (stop > at && node.scanned !== null) {
      const match = this.#scan(node.scanned, text, at, stop, depth);
      if (match !== undefined) return match;
    }
    if (stop > at && node.param !== null) {
      const match = this.#find(node.param, text, stop, depth + 1);
      if (match !== undefined) {
        match.place(depth, at, stop);
        return match;
      }
    }
    if (node.wildcard === null) return undefined;
    let end = stop;
    while (end < text.length && text.charCodeAt(end) === SLASH) {
      end = this.#segmentEnd(text, end + 1);
    }
    const match = this.#pick(node.wildcard);
    match?.place(depth, at, end);
    return match;
  }

  #scan(
    scanned: readonly Scanned<T>[],
    text: string,
    at: number,
    stop: number,
    depth: number,
  ): RouteMatch<T> | undefined {
    const segment = readable(this.#source.slice(at, stop));
    for (const { scanner, node } of scanned) {
      if (!scanner.test(segment)) continue;
      const match = this.#find(node, text, stop, depth + 1);
      if (match === undefined) continue;
      match.place(depth, at, stop);
      return match;
    }
    return undefined;
  }

  #segmentEnd(text: string, start: number): number {
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > SLASH) {
        if (code === QUERY && this.#hasTail) break;
        continue;
      }
      if (code === SLASH || (code === HASH && this.#hasTail)) break;
      if (code === PERCENT || code === 0) this.#isRaw = false;
    }
    return at;
  }

  #pick(entries: readonly Entry<T>[] | null): RouteMatch<T> | undefined {
    if (entries === null) return undefined;
    if (this.allowed !== undefined) {
      for (const { method } of entries) this.allowed.add(method);
      return undefined;
    }
    const entry = entryOf(entries, this.#method);
    if (entry === undefined) return undefined;
    return new RouteMatch(entry, this.#source, this.#isRaw);
  }
}

/** Whether the text goes on with the part of a node whose first character fits. */
function fits<T>(node: RadixNode<T>, text: string, at: number): boolean {
  const { length, codes } = node;
  if (at + length > text.length) return false;
  for (let index = 1; index < length; index++) {
    if (text.charCodeAt(at + index) !== codes[index]) return false;
  }
  return true;
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
