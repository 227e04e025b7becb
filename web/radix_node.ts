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
  readonly node: Node<T>;
}

/**
 * A node of the radix tree. `part` is the text on its incoming edge. Children
 * sit in a table of a power of two by the low bits of their first character;
 * those that share a place are linked by `sibling`.
 */
export class Node<T> {
  part: string;
  /** The characters of `part`: an array is read faster than a string. */
  codes: number[];
  code: number;
  table: (Node<T> | null)[] = [null];
  #size = 0;
  mask = 0;
  sibling: Node<T> | null = null;
  /** What follows a `:name{scanner}` here, in the order of asking. */
  scanned: Scanned<T>[] | null = null;
  /** What follows a `:name` here; its own part is empty. */
  param: Node<T> | null = null;
  leaf: Entry<T>[] | null = null;
  wildcard: Entry<T>[] | null = null;

  constructor(part: string) {
    this.part = part;
    this.codes = codesOf(part);
    this.code = this.codes[0] ?? -1;
  }

  /** The node behind a scanner; which was registered first has no part in it. */
  scannedBy(text: string, scanner: Scanner): Node<T> {
    const list = this.scanned ??= [];
    const known = list.find((other) => other.text === text);
    if (known !== undefined) return known.node;
    const node = new Node<T>("");
    list.push({ text, scanner, node });
    list.sort((a, b) =>
      a.scanner.rank - b.scanner.rank || (a.text < b.text ? -1 : 1)
    );
    return node;
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

/** The node that `text` leads to from `node`; edges are split as needed. */
export function insert<T>(node: Node<T>, text: string): Node<T> {
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
