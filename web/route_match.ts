// Copyright 2026 the Gee authors. MIT license.
import { ENCODED_SLASH, readable } from "./path.ts";
import type { ParamValue, Scanner } from "./scanner.ts";

/**
 * What a match knows of its route.
 *
 * @typeParam T What the router holds.
 */
export interface RouteEntry<T> {
  /** The pattern as registered. */
  readonly pattern: string;
  /** The parameter names in the order of the pattern. */
  readonly names: readonly string[];
  /** The scanners of the parameters, where one of them makes values. */
  readonly scanners?: readonly (Scanner | undefined)[] | undefined;
  /** What was registered. */
  readonly value: T;
}

/**
 * A route that fits a path, with its parameters. They are kept as offsets and
 * cut out when read.
 *
 * @typeParam T What the router holds.
 */
export class RouteMatch<T> {
  readonly #entry: RouteEntry<T>;
  readonly #text: string;
  readonly #offsets: readonly number[];

  /**
   * Used by {@linkcode Router}.
   *
   * @param entry The registered route.
   * @param text The text the offsets point into.
   * @param offsets Start and end of each parameter.
   */
  constructor(
    entry: RouteEntry<T>,
    text: string,
    offsets: readonly number[],
  ) {
    this.#entry = entry;
    this.#text = text;
    this.#offsets = offsets;
  }

  /** What was registered. */
  get value(): T {
    return this.#entry.value;
  }

  /** The pattern as registered. */
  get pattern(): string {
    return this.#entry.pattern;
  }

  /** The parameter names in the order of the pattern. */
  get names(): readonly string[] {
    return this.#entry.names;
  }

  /**
   * The decoded value of a parameter.
   *
   * @param name Its name in the pattern.
   * @returns The value, a number for `{int}`, or undefined when the pattern has
   * no such name.
   */
  param(name: string): ParamValue | undefined {
    const { names, scanners } = this.#entry;
    const index = names.indexOf(name);
    if (index < 0) return undefined;
    const text = this.#slice(index);
    if (scanners !== undefined) {
      const parse = scanners[index]?.parse;
      if (parse !== undefined) return parse(text);
    }
    return text.includes(ENCODED_SLASH) ? readable(text) : text;
  }

  /**
   * The decoded segments of a parameter, each for itself: a slash that was
   * encoded stays inside its segment.
   *
   * @param name Its name in the pattern.
   * @returns The segments, none when the pattern has no such name.
   */
  segments(name: string): string[] {
    const index = this.#entry.names.indexOf(name);
    if (index < 0) return [];
    return this.#slice(index).split("/").map(readable);
  }

  #slice(index: number): string {
    const at = index * 2;
    return this.#text.slice(this.#offsets[at], this.#offsets[at + 1]);
  }
}
