// Copyright 2026 the Gee authors. MIT license.

/**
 * Gob, the encoding of Go's `encoding/gob`: what Go programs send one another,
 * in full, both ways.
 *
 * A gob type says what a value is in Go; the type in TypeScript follows from it.
 * {@linkcode encode} and {@linkcode decode} are for one value,
 * {@linkcode GobEncoder} and {@linkcode GobDecoder} for streams of them, in which
 * the definition of a type is sent once. Make a type once and keep it: what reads
 * and writes its values is made with the first of them.
 *
 * ```ts
 * import * as gob from "@gee/std/rpc/gob";
 * import { assertEquals } from "@std/assert";
 *
 * const person = gob.struct("Person", {
 *   Name: gob.string,
 *   Age: gob.int,
 *   Tags: gob.slice(gob.string),
 *   Born: gob.date,
 * });
 * const tom = { Name: "Tom", Age: 18, Tags: ["a"], Born: new Date(0) };
 * const bytes = gob.encode(person, tom);
 * assertEquals(gob.decode(bytes, person), tom);
 *
 * // Types match by the names of fields; without one the stream says what it is.
 * const named = gob.struct("Named", { Name: gob.string, Email: gob.string });
 * assertEquals(gob.decode(bytes, named), { Name: "Tom", Email: "" });
 * assertEquals((gob.decode(bytes) as { Age: number }).Age, 18);
 * ```
 *
 * ## Guarantees
 *
 * - What Go's encoder writes is read, and what is written here is what Go's
 *   encoder writes for the same types first met in the same order, byte for byte
 *   (but for maps, whose order is free).
 * - A value that its type does not have is refused before a byte is written; the
 *   stream goes on as if it had not been there.
 * - Input is bounded: {@linkcode GobLimits} has the length of a value, the
 *   number of types and how deep values nest; counts are checked before anything
 *   is allocated. Wrong input is a `SyntaxError`, never anything else.
 * - A value of another type than asked for is passed over, and the next one can
 *   be read.
 *
 * ## Limits
 *
 * - As in Go, a struct's field that is zero is left out: `null` and a pointer to
 *   zero are one, and so are 0 and -0.
 * - The names of types are only sent, for people to read: no decoder looks at them.
 *
 * @module
 */

export type { GobComplex } from "./basic_types.ts";
export { bigInt } from "./big_int.ts";
export type { GobNamed, MarshalerOptions } from "./composite_types.ts";
export { GobDecoder, type GobLimits } from "./gob_decoder.ts";
export { GobEncoder } from "./gob_encoder.ts";
export type { GobKind, GobType, ValueOf } from "./gob_node.ts";
export { infer } from "./infer.ts";
export { decode, encode } from "./one_shot.ts";
export {
  any,
  array,
  bigint,
  bool,
  bytes,
  byteString,
  complex,
  float,
  float32,
  int,
  int16,
  int32,
  int64,
  int8,
  lazy,
  map,
  marshaler,
  nullable,
  slice,
  string,
  struct,
  type StructFields,
  uint,
  uint16,
  uint32,
  uint64,
  uint8,
} from "./schema.ts";
export { date, type GobTime, time } from "./time.ts";
