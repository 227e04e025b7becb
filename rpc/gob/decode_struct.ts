// Copyright 2026 the Gee authors. MIT license.
// The decoder of a struct: each field is stored once and in the same order, what was
// left out included, which is 2x faster than to make an object of zeros first, and
// all values have one hidden class.

import { BytesNode, WrappedNode } from "./basic_types.ts";
import type { StructField } from "./composite_types.ts";
import type { Decode } from "./decode_basic.ts";
import type { GobNode } from "./gob_node.ts";
import { sizeOf, SIZES } from "./sizes.ts";

/** A decoder, which may be needed before it is made: types refer to themselves. */
export interface Cell {
  run: Decode;
}

/** A field of the stream's, of ours, or of both. */
export interface Slot {
  /** Where the value goes; nowhere when it is passed over. */
  readonly name: string | undefined;
  /** What reads it; nothing where the stream's type lacks the field. */
  readonly cell: Cell | undefined;
  /** What it is when left out: one value for all, or what makes a new one. */
  readonly zero: unknown;
  readonly makeZero: (() => unknown) | undefined;
}

/** A struct as the stream and this side have it together. */
export interface Layout {
  readonly slots: readonly Slot[];
  /** The slots of the stream's fields. */
  readonly positions: readonly number[];
  /** The names to have first, where the stream has them in another order. */
  readonly names: readonly string[];
}

/** A field of the stream's with what reads it. */
export interface WireField {
  readonly name: string;
  readonly cell: Cell;
}

/** The layout of a struct that is read into these fields. */
export function layoutOf(
  wire: readonly WireField[],
  fields: readonly StructField[],
): Layout {
  const places = new Map(fields.map(({ name }, place) => [name, place]));
  const found = wire.map(({ name }) => places.get(name));
  const known = found.filter((place) => place !== undefined);
  const isOrdered = known.every((place, index) =>
    index === 0 || place > (known[index - 1] ?? place)
  );
  const slots: Slot[] = [];
  const positions: number[] = [];
  const isSent = new Set(known);
  let next = 0;
  const lackUpTo = (end: number) => {
    for (; next < end; next++) {
      const field = fields[next];
      if (field === undefined || isSent.has(next)) continue;
      slots.push({ name: field.name, cell: undefined, ...zeroOf(field.type) });
    }
  };
  wire.forEach(({ cell }, index) => {
    const place = found[index];
    const field = place === undefined ? undefined : fields[place];
    if (place !== undefined && isOrdered) lackUpTo(place);
    positions.push(slots.length);
    slots.push(
      field === undefined
        ? { name: undefined, cell, zero: undefined, makeZero: undefined }
        : { name: field.name, cell, ...zeroOf(field.type) },
    );
  });
  lackUpTo(fields.length);
  const names = isOrdered ? [] : fields.map(({ name }) => name);
  return { slots, positions, names };
}

function zeroOf(type: GobNode): Pick<Slot, "zero" | "makeZero"> {
  return isShared(type)
    ? { zero: type.zero(), makeZero: undefined }
    : { zero: undefined, makeZero: () => type.zero() };
}

/** Whether all values that were left out may be one and the same. */
function isShared(type: GobNode): boolean {
  if (type instanceof WrappedNode && type.isNullable) return true;
  return ["bool", "int", "uint", "float", "string", "interface"].includes(
    type.kind,
  ) && !(type.base instanceof BytesNode);
}

/** The decoder of a struct. */
export function structDecoder({ slots, positions, names }: Layout): Decode {
  // A name of the stream's could be the one that means something else.
  const isNull = slots.some(({ name }) => name === "__proto__");
  const isKept = slots.some(({ name }) => name !== undefined);
  const count = isKept ? slots.length : 0;
  // What all slots before each one take up together when they are left out.
  const sizes = [0];
  for (const { name, zero, makeZero } of slots) {
    const size = name === undefined ? 0 : sizeOf(makeZero?.() ?? zero);
    sizes.push((sizes.at(-1) ?? 0) + size);
  }
  const size = (start: number, end: number) =>
    (sizes[end] as number) - (sizes[start] as number); // both up to their count
  return (reader) => {
    reader.enter();
    reader.make(SIZES.struct);
    const value: Record<string, unknown> = isNull ? Object.create(null) : {};
    for (const name of names) value[name] = undefined;
    let index = -1;
    let next = 0;
    for (let delta = reader.small(); delta !== 0; delta = reader.small()) {
      const position = positions[index += delta];
      if (position === undefined) {
        throw new SyntaxError(
          `Cannot decode gob: a struct of ${positions.length} fields has a field ${index}`,
        );
      }
      if (next < position && isKept) {
        reader.make(size(next, position));
        fill(value, slots, next, position);
      }
      const { name, cell } = slots[position] as Slot & { cell: Cell }; // of the stream
      if (name === undefined) cell.run(reader);
      else value[name] = cell.run(reader);
      next = position + 1;
    }
    if (next < count) {
      reader.make(size(next, count));
      fill(value, slots, next, count);
    }
    reader.depth--;
    return value;
  };
}

/** Sets what was left out. */
function fill(
  value: Record<string, unknown>,
  slots: readonly Slot[],
  start: number,
  end: number,
): void {
  for (let index = start; index < end; index++) {
    const { name, zero, makeZero } = slots[index] as Slot; // below their count
    if (name === undefined) continue;
    value[name] = makeZero === undefined ? zero : makeZero();
  }
}
