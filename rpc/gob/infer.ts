// Copyright 2026 the Gee authors. MIT license.

import { describe, type GobType } from "./gob_node.ts";
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
 * The most fields that inferred structs of a stream may have. Objects that stand for
 * maps are of ever new types, which both sides would remember for ever.
 */
const MAX_FIELDS = 1 << 14;

/** Structs with the same first fields, and the type of those with no more. */
class Shape {
  type: GobType<unknown> | undefined;
  /** The field behind, by its type and name, and the one that was last asked for. */
  readonly #next = new Map<GobType<unknown>, Map<string, Shape>>();
  #lastType: GobType<unknown> | undefined;
  #lastName = "";
  #last: Shape = this;

  with(name: string, type: GobType<unknown>, make: () => Shape): Shape {
    if (this.#lastType === type && this.#lastName === name) return this.#last;
    const shapes = known(this.#next, type, () => new Map<string, Shape>());
    this.#last = known(shapes, name, make);
    this.#lastType = type;
    this.#lastName = name;
    return this.#last;
  }
}

/**
 * Finds the types of plain values, the same one for all of one shape: a stream
 * sends the definition of a type once, and takes so many of them only.
 */
export class Inference {
  readonly #slices = new Map<GobType<unknown>, GobType<unknown>>();
  readonly #maps = new Map<
    GobType<unknown>,
    Map<GobType<unknown>, GobType<unknown>>
  >();
  readonly #structs = new Shape();
  #fields = 0;
  readonly #grow = () => {
    if (++this.#fields <= MAX_FIELDS) return new Shape();
    throw new TypeError(
      `Cannot infer gob type: objects of one stream have more than ${MAX_FIELDS} fields, give their type or a Map`,
    );
  };

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
      for (const [key, one] of value) return this.#map(key, one);
    }
    const prototype = typeof value === "object" && value !== null
      ? Object.getPrototypeOf(value)
      : undefined;
    if (prototype === Object.prototype || prototype === null) {
      return this.#struct(value as Record<string, unknown>);
    }
    throw new TypeError(
      `Cannot infer gob type: got ${describe(value)}, give its type`,
    );
  }

  #slice(value: readonly unknown[]): GobType<unknown> {
    const isFloat = typeof value[0] === "number" &&
      value.some((one) =>
        typeof one === "number" && !Number.isSafeInteger(one)
      );
    const item = isFloat ? float : this.of(value[0]);
    return known(this.#slices, item, () => slice(item));
  }

  #map(key: unknown, one: unknown): GobType<unknown> {
    const [keys, items] = [this.of(key), this.of(one)];
    const maps = known(this.#maps, keys, () => new Map());
    return known(maps, items, () => map(keys, items));
  }

  #struct(value: Record<string, unknown>): GobType<unknown> {
    let shape = this.#structs;
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue;
      shape = shape.with(name, this.of(value[name]), this.#grow);
    }
    return shape.type ??= struct(
      "",
      Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, this.of(one)]),
      ),
    );
  }
}

function known<K, V>(values: Map<K, V>, key: K, make: () => V): V {
  let value = values.get(key);
  if (value === undefined) values.set(key, value = make());
  return value;
}
