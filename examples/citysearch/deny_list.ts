// Copyright 2026 the Gee authors. MIT license.

import { fold } from "./fold.ts";

/** Patterns at a time; each is tried at every look-up. */
export const MAX_PATTERNS = 1000;

/**
 * Names that are not to be suggested.
 *
 * A pattern is a name, folded like all names: `berlin` denies Berlin alone,
 * `berlin*` what begins so, `*berlin*` what has it anywhere; `*` stands for any
 * text, several times in one pattern too.
 */
export class DenyList {
  readonly #exact = new Set<string>();
  readonly #parts: string[][] = [];

  /**
   * @param patterns The patterns; at most 1000.
   * @throws {RangeError} when there are more.
   */
  constructor(patterns: Iterable<string> = []) {
    for (const pattern of patterns) this.#add(pattern);
    if (this.#exact.size + this.#parts.length > MAX_PATTERNS) {
      throw new RangeError(`Cannot deny more than ${MAX_PATTERNS} patterns`);
    }
  }

  /** Whether a name is denied. */
  has(name: string): boolean {
    if (this.#exact.size + this.#parts.length === 0) return false;
    const key = fold(name);
    return this.#exact.has(key) ||
      this.#parts.some((parts) => isMatch(key, parts));
  }

  #add(pattern: string): void {
    const parts = pattern.split("*").map(fold);
    if (parts.length === 1) this.#exact.add(parts[0] ?? "");
    else this.#parts.push(parts);
  }
}

/** Whether the parts follow one another, the first at the start, the last at the end. */
function isMatch(key: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (key.length < first.length + last.length) return false;
  if (!key.startsWith(first) || !key.endsWith(last)) return false;
  let at = first.length;
  const end = key.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = key.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
