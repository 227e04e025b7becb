// Copyright 2026 the Gee authors. MIT license.

import { SIZES } from "./sizes.ts";
import { asciiText, knownName, MAX_NAME, utf8Text } from "./short_text.ts";

/** Up to here a loop is faster than the decoder, 10x at 8 characters of ASCII. */
const SHORT_TEXT = 96;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const float = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(float.buffer);

/** Where gob's scalars are read from: one message, as far as it goes. */
export class GobReader {
  /** The bytes. */
  bytes: Uint8Array = new Uint8Array();
  /** Where the next value begins. */
  at = 0;
  /** Where the message ends. */
  end = 0;
  /** How many values the next one is inside of. */
  depth = 0;
  /** About how many bytes of memory the value takes up so far. */
  #made = 0;
  readonly #maxDepth: number;
  readonly #maxMade: number;

  /**
   * `maxDepth` is how many values may be inside of one another, and `maxMade` how
   * much memory a value may take up: an empty map is one byte of the stream's, and a
   * struct that leaves out a hundred is another.
   */
  constructor(maxDepth: number, maxMade: number) {
    this.#maxDepth = maxDepth;
    this.#maxMade = maxMade;
  }

  /** Begins a value. */
  reset(): void {
    this.depth = this.#made = 0;
  }

  /** Notes that something is made that takes up so many bytes. */
  make(bytes: number): void {
    this.#made += bytes;
    if (this.#made <= this.#maxMade) return;
    throw new RangeError(
      `Cannot decode gob: a value takes up more than ${this.#maxMade} bytes of memory`,
    );
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.at;
  }

  /** Notes that what is read next is inside of a value. */
  enter(): void {
    if (++this.depth <= this.#maxDepth) return;
    throw new RangeError(
      `Cannot decode gob: more than ${this.#maxDepth} values are inside of one another`,
    );
  }

  /** Reads an unsigned integer, a `bigint` beyond 2^53. */
  uint(): number | bigint {
    const first = this.#byte();
    return first <= 127 ? first : this.#long(first);
  }

  /** Reads a signed integer, a `bigint` beyond 2^53. */
  int(): number | bigint {
    const value = this.uint();
    if (typeof value === "number") {
      if (value <= 0x7fff_ffff) return value & 1 ? ~(value >> 1) : value >> 1;
      return value % 2 === 0 ? value / 2 : -(value - 1) / 2 - 1;
    }
    return toSafe((value & 1n) === 0n ? value >> 1n : ~(value >> 1n));
  }

  /** Reads an unsigned integer that everything fits into. */
  small(): number {
    const first = this.#byte();
    if (first <= 127) return first;
    const value = this.#long(first);
    if (typeof value === "number") return value;
    throw new SyntaxError(`Cannot decode gob: ${value} is no count`);
  }

  /** Reads how many bytes follow, or how many parts of one byte at least. */
  items(): number {
    const count = this.small();
    if (count <= this.left) return count;
    throw new SyntaxError(
      `Cannot decode gob: ${count} bytes where ${this.left} are left`,
    );
  }

  /** Reads a float. */
  float(): number {
    const first = this.#byte();
    float.setUint32(0, 0);
    float.setUint32(4, 0);
    if (first <= 127) floatBytes[7] = first;
    else {
      const count = this.#count(first);
      for (let index = 8 - count; index < 8; index++) {
        floatBytes[index] = this.bytes[this.at++] as number; // counted
      }
    }
    return float.getFloat64(0, true);
  }

  /** Reads a text. */
  string(): string {
    const count = this.items();
    const start = this.at;
    this.at += count;
    if (count > SHORT_TEXT) return this.#decode(start);
    return asciiText(this.bytes, start, this.at) ??
      utf8Text(this.bytes, start, this.at) ?? this.#decode(start);
  }

  /** Reads a text that was likely read before, as the keys of maps are. */
  name(): string {
    const { at } = this;
    const count = this.items();
    if (count <= MAX_NAME) {
      const name = knownName(this.bytes, this.at, this.at + count);
      if (name !== undefined) {
        this.at += count;
        return name;
      }
    }
    this.at = at;
    return this.string();
  }

  /** Reads bytes, as a copy. */
  blob(): Uint8Array<ArrayBuffer> {
    const count = this.items();
    this.make(SIZES.bytes);
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }

  /** Passes over so many bytes. */
  skip(count: number): void {
    this.at += count;
  }

  #decode(start: number): string {
    try {
      return decoder.decode(this.bytes.subarray(start, this.at));
    } catch {
      throw new SyntaxError(
        "Cannot decode gob: a string is not UTF-8, want gob.byteString for it",
      );
    }
  }

  #byte(): number {
    if (this.at < this.end) return this.bytes[this.at++] as number; // compared
    throw new SyntaxError("Cannot decode gob: a message ends too early");
  }

  /** How many bytes an integer has, all of which are there. */
  #count(first: number): number {
    const count = 256 - first;
    if (count <= 8 && count <= this.left) return count;
    throw new SyntaxError(
      count > 8
        ? `Cannot decode gob: an integer of ${count} bytes, want up to 8`
        : "Cannot decode gob: a message ends too early",
    );
  }

  /** Reads an integer of more than one byte. */
  #long(first: number): number | bigint {
    const count = this.#count(first);
    if (count > 6) return this.#wide(count);
    let value = 0;
    for (const end = this.at + count; this.at < end;) {
      value = value * 256 + (this.bytes[this.at++] as number); // counted
    }
    return value;
  }

  #wide(count: number): number | bigint {
    let value = 0n;
    for (const end = this.at + count; this.at < end;) {
      value = value << 8n | BigInt(this.bytes[this.at++] as number); // counted
    }
    return toSafe(value);
  }
}

function toSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
