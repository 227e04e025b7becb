// Copyright 2026 the Gee authors. MIT license.

const encoder = new TextEncoder();
const float = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(float.buffer);
// The one of Go's math.NaN(), which is not that of JavaScript.
const NAN = 0x7ff8_0000_0000_0001n;

/**
 * Bytes that grow, and gob's scalars written to them. An unsigned integer up to
 * 127 is one byte; any other is the negated count of its bytes and then these,
 * the highest first.
 */
export class GobWriter {
  /** The bytes, of which `length` are written. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  /** How many bytes are written. */
  length = 0;

  /** Writes one byte. */
  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1);
    this.bytes[this.length++] = value;
  }

  /** Writes an unsigned integer, a safe one where it is a number. */
  uint(value: number | bigint): void {
    if (value <= 127) return this.byte(Number(value));
    if (typeof value === "bigint") {
      if (value > 0xffff_ffffn) return this.#wide(value);
      value = Number(value);
    } else if (value > 0xffff_ffff) return this.#wide(BigInt(value));
    const count = value < 0x100
      ? 1
      : value < 0x1_0000
      ? 2
      : value < 0x100_0000
      ? 3
      : 4;
    if (this.length + 5 > this.bytes.length) this.#grow(5);
    const { bytes } = this;
    bytes[this.length++] = 256 - count;
    for (let shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[this.length++] = value >>> shift;
    }
  }

  /** Writes a signed integer: its sign goes into the lowest bit. */
  int(value: number | bigint): void {
    if (typeof value === "number") {
      if (value >= -0x4000_0000 && value < 0x4000_0000) {
        return this.uint(value < 0 ? ~value << 1 | 1 : value << 1);
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
    const first = floatBytes[start] as number; // there are eight
    if (start === 7 && first <= 127) return this.byte(first);
    if (this.length + 9 > this.bytes.length) this.#grow(9);
    this.bytes[this.length++] = 256 - (8 - start);
    for (let index = start; index < 8; index++) {
      this.bytes[this.length++] = floatBytes[index] as number; // as above
    }
  }

  /** Writes a text as UTF-8, after the count of its bytes. */
  string(text: string): void {
    const { length } = text;
    // Most texts have one byte for each character, and so a known count.
    if (length <= 127) {
      if (this.length + 1 + length * 3 > this.bytes.length) {
        this.#grow(1 + length * 3);
      }
      const start = this.length++;
      const { written } = encoder.encodeInto(
        text,
        this.bytes.subarray(this.length),
      );
      if (written <= 127) {
        this.bytes[start] = written;
        this.length += written;
        return;
      }
      this.length = start;
    }
    this.blob(encoder.encode(text));
  }

  /** Writes bytes after their count. */
  blob(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.raw(bytes, bytes.length);
  }

  /** Writes what another one has, after its count. */
  message(other: GobWriter): void {
    this.uint(other.length);
    this.raw(other.bytes, other.length);
  }

  /** Writes the first bytes of some. */
  raw(bytes: Uint8Array, count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(count);
    if (count < 64) {
      // Up to here a loop is faster than a view and a copy.
      for (let index = 0; index < count; index++) {
        this.bytes[this.length + index] = bytes[index] as number; // below count
      }
    } else this.bytes.set(bytes.subarray(0, count), this.length);
    this.length += count;
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
