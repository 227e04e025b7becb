// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "../byte_view.ts";

const FIRST_CAPACITY = 16 << 10;
/** A burst must not hold its memory for ever. */
const KEPT_CAPACITY = 1 << 20;
/** Up to here a loop over ASCII beats `encodeInto`, whose call costs 0.2 µs. */
const SHORT = 64;
/** An empty text takes 4 bytes here and 8 in an array: a list is bounded. */
export const MAX_TEXTS = 1 << 20;

const encoder = new TextEncoder();

/** A question or an answer exceeds what one may have. */
export class TooLongError extends RangeError {}

/** Bytes to be sent: grows as needed and is used again. */
export class OutBuffer {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** The bytes, good until the next change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything after a place, or everything. */
  clear(length = 0): void {
    this.#length = length;
    if (length > 0 || this.#bytes.length <= KEPT_CAPACITY) return;
    this.#bytes = new Uint8Array(FIRST_CAPACITY);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Copies the bytes out and forgets them. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.clear();
    return bytes;
  }

  /** Appends a byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Appends a u32. */
  uint(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Replaces a u32 that was appended before. */
  uintAt(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** Appends a f64. */
  float(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Appends bytes. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Appends the bytes of a value. */
  view(view: ByteView): void {
    this.#reserve(view.length);
    view.copyTo(this.#bytes, this.#length);
    this.#length += view.length;
  }

  /**
   * Appends any text, after twice its number of bytes as u32. That number is
   * odd where a lone surrogate forbids UTF-8 and the bytes are UTF-16.
   */
  text(text: string): void {
    // A character takes up to three bytes of UTF-8, or two of UTF-16.
    this.#reserve(4 + text.length * 3);
    const start = this.#length + 4;
    let size = this.#ascii(text, start);
    let mark = 0;
    if (size === undefined && text.isWellFormed()) {
      size = encoder.encodeInto(text, this.#bytes.subarray(start)).written;
    } else if (size === undefined) {
      size = this.#utf16(text, start);
      mark = 1;
    }
    this.#view.setUint32(this.#length, size * 2 + mark, true);
    this.#length = start + size;
  }

  /**
   * Appends texts after their number.
   *
   * @throws {TooLongError} When there are too many.
   */
  texts(texts: readonly string[]): void {
    if (texts.length > MAX_TEXTS) {
      throw new TooLongError(
        `Cannot send ${texts.length} texts: want at most ${MAX_TEXTS}`,
      );
    }
    this.uint(texts.length);
    for (const text of texts) this.text(text);
  }

  /** How many bytes a short ASCII text took; undefined where it is none. */
  #ascii(text: string, start: number): number | undefined {
    const { length } = text;
    if (length > SHORT) return undefined;
    const bytes = this.#bytes;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return undefined;
      bytes[start + index] = unit;
    }
    return length;
  }

  #utf16(text: string, start: number): number {
    for (let index = 0; index < text.length; index++) {
      this.#view.setUint16(start + index * 2, text.charCodeAt(index), true);
    }
    return text.length * 2;
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    grown.set(this.bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
