// Copyright 2026 the Gee authors. MIT license.
import type { RouteEntry } from "./route_match.ts";
import type { Scanner } from "./scanner.ts";

/** One registered route of a leaf. */
export interface Entry<T> extends RouteEntry<T> {
  readonly method: string;
  /** Its stack, formatted only when a duplicate is reported, names the place. */
  readonly trace: Error;
}

/** What follows a `:name{scanner}`. */
export interface Scanned<T> {
  readonly text: string;
  readonly scanner: Scanner;
  readonly node: RadixNode<T>;
}

/** At this size the low bits tell all characters of ASCII apart. */
const MAX_TABLE = 128;
const NO_CHILD: null[] = [null];

/**
 * A node of the radix tree. `part` is the text on the edge that leads here.
 * Several children sit in a table of a power of two by the low bits of their
 * first character; those that share a place are linked by `sibling`.
 */
export class RadixNode<T> {
  /** The first character of `part`, -1 for none. */
  code = -1;
  /** How many characters `part` has. */
  length = 0;
  /** The child, where there is just one: no table to read, as mostly. */
  only: RadixNode<T> | null = null;
  mask = 0;
  table: (RadixNode<T> | null)[] = NO_CHILD;
  sibling: RadixNode<T> | null = null;
  /** Whether anything but static text follows, so that a walk may come back. */
  isFork = false;
  /** Routes that end here. */
  leaf: Entry<T>[] | null = null;
  /** The characters of `part`: an array is read faster than a string. */
  codes: number[] = [];
  /** What follows a `:name` here; its own part is empty. */
  param: RadixNode<T> | null = null;
  /** What follows a `:name{scanner}` here, in the order of asking. */
  scanned: Scanned<T>[] | null = null;
  /** Routes that end with a `*name` here. */
  wildcard: Entry<T>[] | null = null;
  #part = "";
  readonly #children: RadixNode<T>[] = [];

  constructor(part: string) {
    this.part = part;
  }

  get part(): string {
    return this.#part;
  }

  set part(part: string) {
    this.#part = part;
    this.codes = [];
    for (let at = 0; at < part.length; at++) {
      this.codes.push(part.charCodeAt(at));
    }
    this.code = this.codes[0] ?? -1;
    this.length = part.length;
  }

  child(code: number): RadixNode<T> | null {
    const { only } = this;
    if (only !== null) return only.code === code ? only : null;
    let node = this.table[code & this.mask] ?? null;
    while (node !== null && node.code !== code) node = node.sibling;
    return node;
  }

  /** The node that static text leads to; edges are split as needed. */
  byText(text: string): RadixNode<T> {
    if (text === "") return this;
    const child = this.child(text.charCodeAt(0));
    if (child === null) {
      const added = new RadixNode<T>(text);
      this.#put(added);
      return added;
    }
    const { part } = child;
    let common = 1;
    while (common < part.length && part[common] === text[common]) common++;
    if (common === part.length) return child.byText(text.slice(common));
    const upper = new RadixNode<T>(part.slice(0, common));
    this.#put(upper);
    child.part = part.slice(common);
    upper.#put(child);
    return upper.byText(text.slice(common));
  }

  /** The node behind a `:name`. */
  byParam(): RadixNode<T> {
    this.isFork = true;
    return this.param ??= new RadixNode<T>("");
  }

  /** The entries of a `*name`. */
  byWildcard(): Entry<T>[] {
    this.isFork = true;
    return this.wildcard ??= [];
  }

  /** The node behind a scanner; which was registered first has no part in it. */
  byScanner(text: string, scanner: Scanner): RadixNode<T> {
    this.isFork = true;
    const list = this.scanned ??= [];
    const known = list.find((other) => other.text === text);
    if (known !== undefined) return known.node;
    const node = new RadixNode<T>("");
    list.push({ text, scanner, node });
    list.sort((a, b) =>
      a.scanner.rank - b.scanner.rank || (a.text < b.text ? -1 : 1)
    );
    return node;
  }

  /** Adds a child, or replaces the one with the same first character. */
  #put(child: RadixNode<T>): void {
    const at = this.#children.findIndex(({ code }) => code === child.code);
    this.#children.splice(at === -1 ? this.#children.length : at, 1, child);
    const [first = null, second] = this.#children;
    this.only = second === undefined ? first : null;
    if (second === undefined) return;
    let size = 1;
    while (size < this.#children.length && size < MAX_TABLE) size *= 2;
    this.mask = size - 1;
    this.table = Array<RadixNode<T> | null>(size).fill(null);
    for (const node of this.#children) {
      const place = node.code & this.mask;
      node.sibling = this.table[place] ?? null;
      this.table[place] = node;
    }
  }
}
