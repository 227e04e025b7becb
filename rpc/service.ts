// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";

/** A method as the server calls it. */
export type Method = (args: unknown, context: CallContext) => unknown;

/** Options of `Server.register`. */
export interface RegisterOptions {
  /**
   * The name before the dot.
   *
   * @default the name of the object's class
   */
  readonly name?: string;
}

const NAME = /^[\p{L}][\p{L}\p{N}_]*$/u;

/** The methods of one registered object, found by reflection. */
export class Service {
  /** The name before the dot. */
  readonly name: string;
  readonly #methods = new Map<string, Method>();

  /**
   * @param receiver The object whose methods are offered.
   * @param options A name other than that of its class.
   * @throws {TypeError} when it has no usable name or no methods.
   */
  constructor(receiver: object, options: RegisterOptions = {}) {
    const prototype = Object.getPrototypeOf(receiver);
    const isPlain = prototype === Object.prototype || prototype === null;
    this.name = options.name ?? (isPlain ? "" : receiver.constructor.name);
    if (!NAME.test(this.name)) {
      throw new TypeError(
        `Cannot register service "${this.name}": a name of letters, digits and "_" is wanted`,
      );
    }
    this.#collect(receiver, isPlain ? receiver : prototype);
    if (this.#methods.size > 0) return;
    throw new TypeError(
      `Cannot register service "${this.name}": it has no methods`,
    );
  }

  /** The names callers may use, sorted. */
  get methods(): string[] {
    return [...this.#methods.keys()].sort();
  }

  /** The method of a name, bound to its object. */
  method(name: string): Method | undefined {
    return this.#methods.get(name);
  }

  /**
   * Only what the class itself declares can be called: nothing inherited, no
   * accessors, no symbols, nothing that begins with "_". A Map has no
   * prototype, so `constructor` and `__proto__` are names like any other.
   */
  #collect(receiver: object, holder: object): void {
    const own = Object.entries(Object.getOwnPropertyDescriptors(holder))
      .filter(([name, { value }]) =>
        typeof value === "function" && name !== "constructor" && NAME.test(name)
      );
    for (const [name, { value }] of own) {
      this.#methods.set(name, (value as Method).bind(receiver));
    }
    // Go exports what begins with a capital: its callers ask for "Arith.Sum".
    for (const [name] of own) {
      const exported = name.charAt(0).toUpperCase() + name.slice(1);
      const method = this.#methods.get(name);
      if (method !== undefined && !this.#methods.has(exported)) {
        this.#methods.set(exported, method);
      }
    }
  }
}
