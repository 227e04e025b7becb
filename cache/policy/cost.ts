// Copyright 2026 the Gee authors. MIT license.

/**
 * What an entry costs beside its key and its value unless a policy is told
 * another, in bytes: about what a policy itself needs for one (a slot in the map
 * and in its arrays).
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
 * The size of a value unless a policy is told another: text as UTF-8, buffers
 * and their views by their `byteLength`.
 *
 * @param value The value.
 * @returns Its size in bytes.
 * @throws {TypeError} When the size cannot be told.
 */
export function byteLength(value: unknown): number {
  if (typeof value === "string") return utf8Length(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return value.byteLength;
  }
  throw new TypeError(
    `Cannot size a value of type "${typeof value}": give a sizeOf function`,
  );
}
