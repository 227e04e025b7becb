// Copyright 2026 the Gee authors. MIT license.

import { writeUtf8 } from "./short_text.ts";

const encoder = new TextEncoder();
const float = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(float.buffer);
// The one of Go's math.NaN(), which is not that of JavaScript.
const NAN = 0x7ff8_0000_0000_0001n;

const CAPACITY = 256;
/** A bigger buffer is not kept: one big value must not hold memory for ever. */
const KEPT_CAPACITY = 1 << 20;
/** Up to here a loop is faster than the encoder, 3x at 16 characters. */
const SHORT_TEXT = 64;
/** Up to here a loop is faster than a copy. */
const SHORT_BLOB = 64;
/** Up to here there is room for a text in whatever characters it is. */
const MIDDLE_TEXT = 8192;

/**
 * Bytes that grow, and gob's scalars written to them. An unsigned integer up to
 * 127 is one byte; any other is the negated count of its bytes and then these,
 * the highest first.
 */
export class GobWriter {
  /** The bytes, of which `length` are written. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CAPACITY);
  /** How many bytes are written. */
  length = 0;

  /** Forgets what is written. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_CAPACITY) {
      this.bytes = new Uint8Array(CAPACITY);
    }
  }

  /** Writes one byte. */
  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length++] = value;
  }

  /** Writes an unsigned integer, a safe one where it is a number. */
  uint(value: number | bigint): void {
    if (typeof value === "bigint") {
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) return this.#wide(value);
      value = Number(value);
    }
    if (this.length + 9 > this.bytes.length) this.#grow(9);
    if (value <= 127) this.bytes[this.length++] = value;
    else this.#counted(value, bytesIn(value));
  }

  /** Writes a signed integer: its sign goes into the lowest bit. */
  int(value: number | bigint): void {
    if (typeof value === "number") {
      if (value >= -0x4000_0000 && value < 0x4000_0000) {
        return this.uint(value < 0 ? ~value << 1 | 1 : value << 1);
      }
      // Twice the number is still exact.
      if (value >= -(2 ** 52) && value < 2 ** 52) {
        return this.uint(value < 0 ? -2 * value - 1 : 2 * value);
      }
      value = BigInt(value);
    }
    this.uint(value < 0n ? ~value << 1n | 1n : value << 1n);
  }

  /** Writes a float: its bytes from the last to the first, as an integer. */
  float(value: number): void {
    if (Number.isNaN(value)) float.setBigUint64(0, NAN, true);
    else float.setFloat64(0, value, true);
    let start = 0;
    while (start < 7 && floatBytes[start] === 0) start++;
    if (this.length + 9 > this.bytes.length) this.#grow(9);
    const { bytes } = this;
    const first = floatBytes[start] as number; // there are eight
    if (start < 7 || first > 127) bytes[this.length++] = 256 - (8 - start);
    for (let index = start; index < 8; index++) {
      bytes[this.length++] = floatBytes[index] as number; // as above
    }
  }

  /**
   * Writes a text as UTF-8, after the count of its bytes; returns `false` and
   * writes nothing where it has half of a surrogate pair.
   */
  string(text: string): boolean {
    const { length } = text;
    if (length > SHORT_TEXT) return this.#text(text);
    const start = this.length + 1;
    if (start + length > this.bytes.length) this.#grow(1 + length);
    const { bytes } = this;
    // To leave early would make the loop half as fast.
    let bits = 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      bytes[start + index] = code;
      bits |= code;
    }
    if (bits > 127) return this.#utf8(text);
    bytes[start - 1] = length;
    this.length = start + length;
    return true;
  }

  /** Writes the name of something as a text, whatever it is. */
  name(text: string): void {
    if (!this.string(text)) this.string(text.toWellFormed());
  }

  /** Writes bytes after their count. */
  blob(bytes: Uint8Array): void {
    const count = bytes.length;
    this.uint(count);
    if (this.length + count > this.bytes.length) this.#grow(count);
    if (count <= SHORT_BLOB) {
      for (let index = 0; index < count; index++) {
        this.bytes[this.length + index] = bytes[index] as number; // below count
      }
    } else this.bytes.set(bytes, this.length);
    this.length += count;
  }

  /**
   * Leaves room for the count of the bytes that are written next, which `end`
   * puts there: that of as many bytes as the count itself is thought to have.
   */
  begin(room = 1): void {
    if (this.length + room > this.bytes.length) this.#grow(room);
    this.length += room;
  }

  /**
   * Writes the count of the bytes written since `begin`, which was at `start`.
   *
   * @returns How many bytes the count has: the room that would have been right.
   */
  end(start: number, room = 1): number {
    const count = this.length - start - room;
    const size = count <= 127 ? 1 : 1 + bytesIn(count);
    if (size > room) {
      if (this.length + size > this.bytes.length) this.#grow(size);
    }
    if (size !== room) {
      this.bytes.copyWithin(start + size, start + room, this.length);
    }
    this.length = start;
    if (size === 1) this.bytes[start] = count;
    else this.#counted(count, size - 1);
    this.length = start + size + count;
    return size;
  }

  /** Writes so many bytes of an integer, for which there is room. */
  #counted(value: number, count: number): void {
    const { bytes } = this;
    bytes[this.length++] = 256 - count;
    if (count > 4) {
      const high = Math.floor(value / 2 ** 32);
      for (let shift = (count - 5) * 8; shift >= 0; shift -= 8) {
        bytes[this.length++] = high >>> shift;
      }
      count = 4;
    }
    for (let shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[this.length++] = value >>> shift;
    }
  }

  #utf8(text: string): boolean {
    const start = this.length;
    if (start + 2 + text.length * 3 > this.bytes.length) {
      this.#grow(2 + text.length * 3);
    }
    const end = writeUtf8(text, this.bytes, start + 1);
    if (end < 0) return false;
    this.length = end;
    this.end(start);
    return true;
  }

  #text(text: string): boolean {
    // UTF-8 has no half of a pair, and would silently put another sign there.
    if (!text.isWellFormed()) return false;
    const { length } = text;
    if (length > MIDDLE_TEXT) {
      this.blob(encoder.encode(text));
      return true;
    }
    const start = this.length;
    const room = length <= 127 ? 1 : 1 + bytesIn(length);
    // Three bytes a character at most.
    if (start + room + length * 3 > this.bytes.length) {
      this.#grow(room + length * 3);
    }
    this.begin(room);
    const { written } = encoder.encodeInto(
      text,
      this.bytes.subarray(this.length),
    );
    this.length += written;
    this.end(start, room);
    return true;
  }

  #wide(value: bigint): void {
    let count = 8;
    while (value >> BigInt(count * 8 - 8) === 0n) count--;
    this.byte(256 - count);
    for (let index = count - 1; index >= 0; index--) {
      this.byte(Number(value >> BigInt(index * 8) & 0xffn));
    }
  }

  #grow(count: number): void {
    const size = Math.max(this.bytes.length * 2, this.length + count);
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }
}

/** How many bytes a safe integer has. */
function bytesIn(value: number): number {
  if (value < 0x1_0000) return value < 0x100 ? 1 : 2;
  if (value < 0x1_0000_0000) return value < 0x100_0000 ? 3 : 4;
  if (value < 2 ** 40) return 5;
  return value < 2 ** 48 ? 6 : 7;
}
