// Copyright 2026 the Gee authors. MIT license.
// What values take up in memory, in bytes, as measured in V8.

/** What is made even where nothing is in it. */
export const SIZES = { list: 56, map: 200, struct: 80, bytes: 400 } as const;
/** A field of an object that has so many that it is a table. */
const FIELD = 32;

/** What a value takes up that stands for one that was left out. */
export function sizeOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return FIELD;
  if (value instanceof Uint8Array) return SIZES.bytes + value.length;
  if (value instanceof Map) return SIZES.map;
  const parts = Object.values(value).reduce(
    (sum: number, part) => sum + sizeOf(part),
    0,
  );
  return (Array.isArray(value) ? SIZES.list : SIZES.struct) + parts;
}
