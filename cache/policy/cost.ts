// Copyright 2026 the Gee authors. MIT license.

/**
 * What {@linkcode defaultCost} adds per entry, in bytes: about what a policy
 * itself needs for one (a slot in the map and in four arrays).
 */
export const ENTRY_OVERHEAD = 64;

/**
 * Counts the bytes of a text in UTF-8 without encoding it. A lone surrogate
 * counts as U+FFFD, which `TextEncoder` puts in its place.
 *
 * @param text The text to measure.
 * @returns Its length in bytes.
 */
export function utf8Length(text: string): number {
  const { length } = text;
  let bytes = length;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is two units and four bytes: its second unit adds nothing.
    if ((unit & 0xfc00) === 0xd800 && isLowSurrogate(text, index + 1)) index++;
  }
  return bytes;
}

function isLowSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}

/**
 * The cost of an entry unless a policy is given another: its key as UTF-8, its
 * value (text as UTF-8, buffers and their views by `byteLength`) and
 * {@linkcode ENTRY_OVERHEAD}.
 *
 * @param key The key of the entry.
 * @param value The value of the entry.
 * @returns The cost in bytes.
 * @throws {TypeError} When the size of the value cannot be told.
 */
export function defaultCost(key: string, value: unknown): number {
  return utf8Length(key) + valueBytes(value) + ENTRY_OVERHEAD;
}

function valueBytes(value: unknown): number {
  if (typeof value === "string") return utf8Length(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return value.byteLength;
  }
  throw new TypeError(
    `Cannot size a value of type "${typeof value}": give a cost function`,
  );
}
