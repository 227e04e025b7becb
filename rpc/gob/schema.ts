// Copyright 2026 the Gee authors. MIT license.

import {
  BoolNode,
  BytesNode,
  ComplexNode,
  FloatNode,
  type GobComplex,
  IntegerNode,
  StringNode,
  WrappedNode,
} from "./basic_types.ts";
import {
  type GobNamed,
  InterfaceNode,
  ListNode,
  MapNode,
  MarshalerNode,
  type MarshalerOptions,
  StructNode,
} from "./composite_types.ts";
import {
  type GobNode,
  type GobType,
  nodeOf,
  type ValueOf,
} from "./gob_node.ts";

// What the nodes are is checked when values are written and read.
const number = (name: string, bits: number) =>
  new IntegerNode(name, bits, "number") as GobType<number>;

/** Go's `bool`. */
export const bool: GobType<boolean> = new BoolNode() as GobType<boolean>;
/** Go's `int`, as a `number`; one beyond 2^53 is refused, see {@linkcode int64}. */
export const int: GobType<number> = number("int", 64);
/** Go's `int8`. */
export const int8: GobType<number> = number("int8", 8);
/** Go's `int16`. */
export const int16: GobType<number> = number("int16", 16);
/** Go's `int32`. */
export const int32: GobType<number> = number("int32", 32);
/** Go's `int64`, a `bigint` where it is beyond 2^53. */
export const int64: GobType<number | bigint> = new IntegerNode(
  "int64",
  64,
  "either",
) as GobType<number | bigint>;
/** Go's `int64`, always as a `bigint`. */
export const bigint: GobType<bigint> = new IntegerNode(
  "int64",
  64,
  "bigint",
) as GobType<bigint>;
/** Go's `uint`, as a `number`; one beyond 2^53 is refused, see {@linkcode uint64}. */
export const uint: GobType<number> = number("uint", 64);
/** Go's `uint8`. A slice of them is {@linkcode bytes}. */
export const uint8: GobType<number> = number("uint8", 8);
/** Go's `uint16`. */
export const uint16: GobType<number> = number("uint16", 16);
/** Go's `uint32`. */
export const uint32: GobType<number> = number("uint32", 32);
/** Go's `uint64`, a `bigint` where it is beyond 2^53. */
export const uint64: GobType<number | bigint> = new IntegerNode(
  "uint64",
  64,
  "either",
) as GobType<number | bigint>;
/** Go's `float64`. */
export const float: GobType<number> = new FloatNode("float64") as GobType<
  number
>;
/** Go's `float32`: a number is rounded to it. */
export const float32: GobType<number> = new FloatNode("float32") as GobType<
  number
>;
/** Go's `complex128`. */
export const complex: GobType<GobComplex> = new ComplexNode() as GobType<
  GobComplex
>;
/** Go's `string`, which has to be UTF-8. */
export const string: GobType<string> = new StringNode() as GobType<string>;
/** Go's `string` as bytes, whatever is in it. */
export const byteString: GobType<Uint8Array> = new BytesNode(
  "string",
) as GobType<Uint8Array>;
/** Go's `[]byte`. */
export const bytes: GobType<Uint8Array> = new BytesNode("bytes") as GobType<
  Uint8Array
>;

/**
 * Go's slice.
 *
 * @typeParam T Its items.
 * @param item The type of its items.
 * @param name Its name, if it has one.
 * @returns The type.
 * @throws {TypeError} When the items are of {@linkcode uint8}: Go sends them as
 * {@linkcode bytes}.
 */
export function slice<T>(item: GobType<T>, name = ""): GobType<T[]> {
  const node = nodeOf(item);
  if (node === uint8) {
    throw new TypeError(
      'Cannot make gob type "[]uint8": want bytes, which is what Go sends',
    );
  }
  return new ListNode(node, undefined, name) as GobType<T[]>;
}

/**
 * Go's array, of so many items.
 *
 * @typeParam T Its items.
 * @param item The type of its items.
 * @param length How many there are.
 * @param name Its name, if it has one.
 * @returns The type.
 * @throws {RangeError} When the length is no whole number from 0.
 */
export function array<T>(
  item: GobType<T>,
  length: number,
  name = "",
): GobType<T[]> {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `Cannot make gob type of an array: got length ${length}, want a whole number from 0`,
    );
  }
  return new ListNode(nodeOf(item), length, name) as GobType<T[]>;
}

/**
 * Go's map.
 *
 * @typeParam K Its keys.
 * @typeParam V Its values.
 * @param key The type of its keys.
 * @param value The type of its values.
 * @param name Its name, if it has one.
 * @returns The type.
 */
export function map<K, V>(
  key: GobType<K>,
  value: GobType<V>,
  name = "",
): GobType<Map<K, V>> {
  return new MapNode(nodeOf(key), nodeOf(value), name) as GobType<Map<K, V>>;
}

/** The fields of a struct by their names in Go. */
export type StructFields = Readonly<Record<string, GobType<unknown>>>;

/**
 * Go's struct. A field is left out on the wire where it has its zero value;
 * structs of both sides need not have the same fields.
 *
 * @typeParam F Its fields.
 * @param name Its name, with its package or without; an empty one for none.
 * @param fields Its fields, in their order in Go.
 * @returns The type.
 * @throws {TypeError} When a field is no gob type or named `__proto__`.
 */
export function struct<F extends StructFields>(
  name: string,
  fields: F,
): GobType<{ [K in keyof F]: ValueOf<F[K]> }> {
  const list = Object.entries(fields).map(([field, type]) => {
    if (field !== "__proto__") return { name: field, type: nodeOf(type) };
    throw new TypeError(`Cannot make gob type "${name}": a field "__proto__"`);
  });
  return new StructNode(name, list) as GobType<
    { [K in keyof F]: ValueOf<F[K]> }
  >;
}

/**
 * Go's pointer, as a field of a struct: a value, or `null` where it is left out.
 * Gob does not tell a pointer to a zero value from none.
 *
 * @typeParam T What it leads to.
 * @param type The type of that.
 * @returns The type.
 */
export function nullable<T>(type: GobType<T>): GobType<T | null> {
  const node = nodeOf(type);
  return new WrappedNode(() => node, true) as GobType<T | null>;
}

/**
 * A type that is known later, for one that has itself in it.
 *
 * @typeParam T The values.
 * @param type Returns the type.
 * @returns The type.
 *
 * @example A list
 * ```ts
 * import * as gob from "@gee/std/rpc/gob";
 * import { assertEquals } from "@std/assert";
 *
 * interface Node {
 *   V: number;
 *   Next: Node | null;
 * }
 * const node: gob.GobType<Node> = gob.struct("Node", {
 *   V: gob.int,
 *   Next: gob.nullable(gob.lazy(() => node)),
 * });
 * const list = { V: 1, Next: { V: 2, Next: null } };
 * assertEquals(gob.decode(gob.encode(node, list), node), list);
 * ```
 */
export function lazy<T>(type: () => GobType<T>): GobType<T> {
  return new WrappedNode(() => nodeOf(type()), false) as GobType<T>;
}

/**
 * A type whose values make their bytes themselves: Go's `GobEncoder`,
 * `BinaryMarshaler` or `TextMarshaler`.
 *
 * @typeParam T The values.
 * @param name Its name with its package, as in `"netip.Addr"`.
 * @param options How bytes and values become one another.
 * @returns The type.
 */
export function marshaler<T>(
  name: string,
  options: MarshalerOptions<T>,
): GobType<T> {
  // Only values of its own get into the functions.
  return new MarshalerNode(
    name,
    options as MarshalerOptions<unknown>,
  ) as GobType<T>;
}

/** The types that Go registers by itself. */
const REGISTERED: Readonly<Record<string, GobType<unknown>>> = {
  bool,
  int,
  int8,
  int16,
  int32,
  int64,
  uint,
  uint8,
  uint16,
  uint32,
  uint64,
  uintptr: uint64,
  float32,
  float64: float,
  complex64: complex,
  complex128: complex,
  string,
  "[]uint8": bytes,
  "[]uint": slice(uint),
  "[]uint16": slice(uint16),
  "[]uint32": slice(uint32),
  "[]uint64": slice(uint64),
  "[]int": slice(int),
  "[]int8": slice(int8),
  "[]int16": slice(int16),
  "[]int32": slice(int32),
  "[]int64": slice(int64),
  "[]float32": slice(float32),
  "[]float64": slice(float),
  "[]complex64": slice(complex),
  "[]complex128": slice(complex),
  "[]bool": slice(bool),
  "[]string": slice(string),
};

/**
 * Go's interface: `null`, or a value with the name that its type is registered
 * by. Basic types and slices of them are known; a type of the stream's that is
 * not is read as the stream defines it.
 *
 * @param types Types by the names that Go's `gob.Register` gives them, as in
 * `"main.Point"`.
 * @returns The type.
 *
 * @example A value of some type
 * ```ts
 * import * as gob from "@gee/std/rpc/gob";
 * import { assertEquals } from "@std/assert";
 *
 * const point = gob.struct("Point", { X: gob.int, Y: gob.int });
 * const event = gob.struct("Event", { What: gob.any({ "main.Point": point }) });
 * const value = { What: { name: "main.Point", value: { X: 1, Y: 2 } } };
 * assertEquals(gob.decode(gob.encode(event, value), event), value);
 * ```
 */
export function any(types: StructFields = {}): GobType<GobNamed | null> {
  const known = new Map<string, GobNode>();
  for (const [name, type] of Object.entries({ ...REGISTERED, ...types })) {
    known.set(name, nodeOf(type));
  }
  return new InterfaceNode(known) as GobType<GobNamed | null>;
}
