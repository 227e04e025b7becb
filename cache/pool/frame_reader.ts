// Copyright 2026 the Gee authors. MIT license.
// A frame is a u32 (little-endian) with the length of what follows, a u32 that
// names the question, a byte for its kind, and a body.

import { MAX_TEXTS } from "./out_buffer.ts";

const READ_BYTES = 64 << 10;
const HEADER = 4;
/** Number and kind. */
const MIN_LENGTH = 5;
/**
 * Shorter values share memory of this size: a value of 100 bytes with memory of
 * its own takes a quarter more time in all, most of it to collect it.
 */
const SLAB_BYTES = 4096;
const MAX_IN_SLAB = 512;
/** A longer part of a chunk is not copied out of it. */
const SHARED_FROM = 16 << 10;
/** Up to here `fromCharCode` beats `TextDecoder`, whose call costs 0.27 µs. */
const SHORT = 64;
/** More arguments than a call may have are not far above. */
const UNITS = 4096;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Cuts bytes into frames and reads their bodies. Everything is checked. */
export class FrameReader {
  /** The number of the frame. */
  id = 0;
  /** The kind of the frame. */
  kind = 0;
  /** How many frames there were. */
  count = 0;
  readonly #limit: number;
  #bytes: Uint8Array;
  #view: DataView;
  /** What is there and not in a frame yet. */
  #start = 0;
  #end = 0;
  /** What of the frame is not read yet. */
  #at = 0;
  #frameEnd = 0;
  /** Whether a value is a part of the buffer, which must stay as it is then. */
  #isShared = false;
  #slab = new Uint8Array(0);
  #slabAt = 0;
  /** The last name, since one group is asked for again and again. */
  #name = "";
  #nameBytes: Uint8Array = new Uint8Array(0);

  /**
   * Makes a reader.
   *
   * @param limit The most bytes of a frame.
   * @param bytes All there is to read, taken over; nothing can be added then.
   */
  constructor(limit: number, bytes?: Uint8Array) {
    this.#limit = limit;
    this.#bytes = bytes ?? new Uint8Array(READ_BYTES);
    this.#end = bytes?.length ?? 0;
    this.#view = viewOf(this.#bytes);
  }

  /** Whether there is no part of a frame left. */
  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  /** Where the next bytes go; say by `filled` how many there are. */
  space(): Uint8Array {
    const { length } = this.#bytes;
    if (this.isEmpty) this.#reset();
    else if (this.#start > 0 && this.#end * 2 > length) this.#renew(length);
    if (this.#end === this.#bytes.length) {
      // By what has come, never by what a length claims.
      this.#renew(Math.min(this.#wanted(), length * 2));
    }
    return this.#bytes.subarray(this.#end);
  }

  /** Says how many bytes were put into the space. */
  filled(count: number): void {
    this.#end += count;
  }

  /** Copies bytes in. */
  push(bytes: Uint8Array): void {
    if (this.isEmpty) this.#reset();
    if (bytes.length > this.#bytes.length - this.#end) {
      const rest = this.#end - this.#start;
      this.#renew(rest + Math.max(rest, bytes.length));
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Goes to the next frame.
   *
   * @returns Whether a whole one is there.
   * @throws {SyntaxError} When its length cannot be, or the frame before was
   * longer than what was read of it.
   */
  next(): boolean {
    if (this.#at !== this.#frameEnd) throw malformed("a frame is too long");
    if (this.#end - this.#start < HEADER) return false;
    const length = this.#checkedLength();
    if (this.#end - this.#start - HEADER < length) return false;
    const at = this.#start + HEADER;
    this.id = this.#view.getUint32(at, true);
    this.kind = this.#bytes[at + 4] ?? 0;
    this.#at = at + MIN_LENGTH;
    this.#start = this.#frameEnd = at + length;
    this.count++;
    return true;
  }

  /** Reads a byte. */
  byte(): number {
    return this.#bytes[this.#step(1)] ?? 0;
  }

  /** Reads a u32. */
  uint(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** Reads a f64 that is a number. */
  float(): number {
    const value = this.#view.getFloat64(this.#step(8), true);
    if (Number.isNaN(value)) throw malformed("a number is none");
    return value;
  }

  /** Reads a text. */
  text(): string {
    const head = this.uint();
    const size = head >>> 1;
    const start = this.#step(size);
    if ((head & 1) === 1) return this.#utf16(start, size);
    if (size <= SHORT) {
      const text = this.#ascii(start, start + size);
      if (text !== undefined) return text;
    }
    try {
      return utf8.decode(this.#bytes.subarray(start, start + size));
    } catch (cause) {
      throw malformed("a text is not UTF-8", cause);
    }
  }

  /** Reads a text that is mostly the one read last in this way. */
  name(): string {
    const known = this.#nameBytes;
    const start = this.#at;
    if (this.#startsWith(known) && known.length > 0) {
      this.#at += known.length;
      return this.#name;
    }
    const name = this.text();
    if (name.length > SHORT) return name;
    this.#nameBytes = this.#bytes.slice(start, this.#at);
    return this.#name = name;
  }

  /** Reads texts. */
  texts(): string[] {
    const count = this.uint();
    // Each has a length of 4 bytes: a count may claim far more than is there.
    if (count * 4 > this.#frameEnd - this.#at) throw cutShort();
    if (count > MAX_TEXTS) throw malformed("a list is too long");
    const texts: string[] = [];
    for (let index = 0; index < count; index++) texts.push(this.text());
    return texts;
  }

  /** Reads what is left of the frame, as bytes that nobody will change. */
  rest(): Uint8Array {
    const start = this.#at;
    const size = this.#frameEnd - start;
    this.#at = this.#frameEnd;
    if (size <= MAX_IN_SLAB) return this.#fromSlab(start, size);
    // A small value must not keep a large chunk alive.
    if (size < SHARED_FROM || size * 2 < this.#bytes.length) {
      return this.#bytes.slice(start, start + size);
    }
    this.#isShared = true;
    return this.#bytes.subarray(start, start + size);
  }

  /** A copy that shares its memory with a few others. */
  #fromSlab(start: number, size: number): Uint8Array {
    if (size > this.#slab.length - this.#slabAt) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#slabAt = 0;
    }
    const at = this.#slabAt;
    this.#slabAt += size;
    this.#slab.set(this.#bytes.subarray(start, start + size), at);
    return this.#slab.subarray(at, at + size);
  }

  #checkedLength(): number {
    const length = this.#view.getUint32(this.#start, true);
    if (length < MIN_LENGTH) throw malformed("a frame is too short");
    if (length > this.#limit) {
      throw malformed(`a frame exceeds ${this.#limit} bytes`);
    }
    return length;
  }

  /** How many bytes the frame at the start takes. */
  #wanted(): number {
    if (this.#end - this.#start < HEADER) return HEADER;
    return HEADER + this.#checkedLength();
  }

  /** Begins the buffer again. */
  #reset(): void {
    if (this.#bytes.length > READ_BYTES) return this.#replace(READ_BYTES);
    this.#renew(READ_BYTES);
  }

  /** Moves what is left to the start of a buffer of this size or more. */
  #renew(size: number): void {
    const { length } = this.#bytes;
    if (this.#isShared || size > length) {
      return this.#replace(Math.max(size, length));
    }
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#at = this.#frameEnd = this.#start = 0;
  }

  #replace(size: number): void {
    const rest = this.#bytes.subarray(this.#start, this.#end);
    this.#bytes = new Uint8Array(size);
    this.#bytes.set(rest);
    this.#view = viewOf(this.#bytes);
    this.#isShared = false;
    this.#at = this.#frameEnd = this.#start = 0;
    this.#end = rest.length;
  }

  #step(count: number): number {
    const at = this.#at;
    if (count > this.#frameEnd - at) throw cutShort();
    this.#at = at + count;
    return at;
  }

  #startsWith(known: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    if (known.length > this.#frameEnd - at) return false;
    for (let index = 0; index < known.length; index++) {
      if (bytes[at + index] !== known[index]) return false;
    }
    return true;
  }

  /** A short text of ASCII, eight characters at a time; undefined for others. */
  #ascii(start: number, end: number): string | undefined {
    const bytes = this.#bytes as { readonly [index: number]: number }; // bounds are checked
    let seen = 0;
    for (let at = start; at < end; at++) seen |= bytes[at] ?? 0;
    if (seen > 0x7f) return undefined;
    let text = "";
    let at = start;
    for (; at + 8 <= end; at += 8) {
      text += String.fromCharCode(
        bytes[at] ?? 0,
        bytes[at + 1] ?? 0,
        bytes[at + 2] ?? 0,
        bytes[at + 3] ?? 0,
        bytes[at + 4] ?? 0,
        bytes[at + 5] ?? 0,
        bytes[at + 6] ?? 0,
        bytes[at + 7] ?? 0,
      );
    }
    for (; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
    return text;
  }

  #utf16(start: number, size: number): string {
    if (size % 2 === 1) throw malformed("a text is not UTF-16");
    // Not a TextDecoder: it would make U+FFFD of the lone surrogates.
    let text = "";
    const end = start + size;
    for (let at = start; at < end; at += UNITS * 2) {
      const units: number[] = [];
      for (let unit = at; unit < Math.min(end, at + UNITS * 2); unit += 2) {
        units.push(this.#view.getUint16(unit, true));
      }
      text += String.fromCharCode(...units);
    }
    return text;
  }
}

/** The error of a frame that cannot be read. */
export function malformed(why: string, cause?: unknown): SyntaxError {
  return new SyntaxError(`Cannot read a frame: ${why}`, { cause });
}

function cutShort(): SyntaxError {
  return malformed("it is cut short");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
