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
  /** Whether no parameter holds an escape, so that each is as decoded. */
  readonly isRaw: boolean;
  // Start and end of the first two parameters; few routes have more. An array
  // for them would cost a look-up a tenth of its time.
  #start0 = 0;
  #end0 = 0;
  #start1 = 0;
  #end1 = 0;
  #others: number[] | undefined;

  /**
   * Used by {@linkcode Router}.
   *
   * @param entry The registered route.
   * @param text The text that holds the parameters.
   * @param isRaw Whether no parameter holds an escape.
   */
  constructor(entry: RouteEntry<T>, text: string, isRaw: boolean) {
    this.#entry = entry;
    this.#text = text;
    this.isRaw = isRaw;
  }

  /**
   * Says where a parameter is. Used by {@linkcode Router}.
   *
   * @param index Which one, by the order of the pattern.
   * @param start Where it starts.
   * @param end Where it ends.
   */
  place(index: number, start: number, end: number): void {
    if (index === 0) {
      this.#start0 = start;
      this.#end0 = end;
    } else if (index === 1) {
      this.#start1 = start;
      this.#end1 = end;
    } else {
      this.#others ??= [];
      this.#others[index * 2 - 4] = start;
      this.#others[index * 2 - 3] = end;
    }
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
    // Faster than indexOf for so few.
    let index = 0;
    while (index < names.length && names[index] !== name) index++;
    if (index === names.length) return undefined;
    const text = this.#slice(index);
    if (scanners !== undefined) {
      const parse = scanners[index]?.parse;
      if (parse !== undefined) return parse(text);
    }
    return this.isRaw || !text.includes(ENCODED_SLASH) ? text : readable(text);
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
    if (index === 0) return this.#text.slice(this.#start0, this.#end0);
    if (index === 1) return this.#text.slice(this.#start1, this.#end1);
    const at = index * 2 - 4;
    return this.#text.slice(this.#others?.[at], this.#others?.[at + 1]);
  }
}
