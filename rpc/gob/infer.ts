// Copyright 2026 the Gee authors. MIT license.

import { describe, type GobType, nodeOf } from "./gob_node.ts";
import {
  bool,
  bytes,
  float,
  int,
  int64,
  map,
  slice,
  string,
  struct,
} from "./schema.ts";

/**
 * The type of a plain value: a whole `number` is an `int`, any other a
 * `float64`, a `bigint` an `int64`, an array a slice of what its first item is, an
 * object a struct without a name.
 *
 * @param value The value.
 * @returns The type.
 * @throws {TypeError} When there is no type for it, as for an empty array or
 * `null`.
 */
export function infer(value: unknown): GobType<unknown> {
  return new Inference().of(value);
}

/**
 * Finds the types of plain values, the same one for all of one shape: a stream
 * sends the definition of a type once, and takes so many of them only.
 */
export class Inference {
  readonly #types = new Map<string, GobType<unknown>>();
  readonly #shapes = new Map<GobType<unknown>, string>();

  /** The type of a value, as `infer` finds it. */
  of(value: unknown): GobType<unknown> {
    if (typeof value === "boolean") return bool;
    if (typeof value === "string") return string;
    if (typeof value === "bigint") return int64;
    if (typeof value === "number") {
      return Number.isSafeInteger(value) ? int : float;
    }
    if (value instanceof Uint8Array) return bytes;
    if (Array.isArray(value) && value.length > 0) return this.#slice(value);
    if (value instanceof Map) {
      for (const [key, one] of value) {
        const [keys, items] = [this.of(key), this.of(one)];
        const shape = `map[${this.#shape(keys)}]${this.#shape(items)}`;
        return this.#known(shape, () => map(keys, items));
      }
    }
    const prototype = typeof value === "object" && value !== null
      ? Object.getPrototypeOf(value)
      : undefined;
    if (prototype === Object.prototype || prototype === null) {
      return this.#struct(value as object);
    }
    throw new TypeError(
      `Cannot infer gob type: got ${describe(value)}, give its type`,
    );
  }

  #slice(value: readonly unknown[]): GobType<unknown> {
    const isFloat = value.some((one) =>
      typeof one === "number" && !Number.isSafeInteger(one)
    );
    const item = isFloat ? float : this.of(value[0]);
    return this.#known(`[]${this.#shape(item)}`, () => slice(item));
  }

  #struct(value: object): GobType<unknown> {
    const fields = Object.entries(value).map(([name, field]) =>
      [name, this.of(field)] as const
    );
    const shape = fields.map(([name, type]) =>
      `${JSON.stringify(name)} ${this.#shape(type)}`
    ).join();
    return this.#known(
      `{${shape}}`,
      () => struct("", Object.fromEntries(fields)),
    );
  }

  #shape(type: GobType<unknown>): string {
    return this.#shapes.get(type) ?? nodeOf(type).goName;
  }

  #known(shape: string, make: () => GobType<unknown>): GobType<unknown> {
    let type = this.#types.get(shape);
    if (type === undefined) {
      type = make();
      this.#types.set(shape, type);
      this.#shapes.set(type, shape);
    }
    return type;
  }
}
