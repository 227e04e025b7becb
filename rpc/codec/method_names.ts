// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";

// Names beyond stay names: what a peer can make the other one remember is bounded.
const MAX_NAMES = 1024;
const MAX_LENGTH = 256;

/**
 * The names of methods that went over one connection in one direction: spelled
 * out at their first use, afterwards the number of that.
 */
export class MethodNames {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];

  /** The number of a name that was spelled out before. */
  idOf(name: string): number | undefined {
    return this.#ids.get(name);
  }

  /** How a method is written in JSON now. */
  written(name: string): string {
    const id = this.#ids.get(name);
    return id === undefined ? JSON.stringify(name) : String(id);
  }

  /** Remembers a name that was spelled out; both ends call it in the same order. */
  learn(name: string): void {
    if (name.length > MAX_LENGTH) return;
    if (this.#names.length >= MAX_NAMES || this.#ids.has(name)) return;
    this.#ids.set(name, this.#names.length);
    this.#names.push(name);
  }

  /**
   * The name that a value from the wire stands for.
   *
   * @throws {WireError} when it is none.
   */
  read(value: unknown): string {
    if (typeof value === "string") return value;
    const name = typeof value === "number" ? this.#names[value] : undefined;
    if (name !== undefined) return name;
    throw new WireError(
      `Cannot read a call: its method is ${
        JSON.stringify(value)
      }, want a name or the number of one`,
    );
  }
}
