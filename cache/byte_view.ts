// Copyright 2026 the Gee authors. MIT license.

const ENCODER = new TextEncoder();
// A byte order mark is part of the value, so it stays.
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

const NOTHING = new Uint8Array(0);

/**
 * Bytes that nobody can change: what a cache hands out. Reading copies, so one
 * caller never sees what another did with a value.
 *
 * @example Read a value as text or as bytes
 * ```ts
 * import { ByteView } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new ByteView("630");
 * view.bytes().fill(0);
 * assertEquals(view.toString(), "630");
 * assertEquals(view.length, 3);
 * ```
 */
export class ByteView {
  #bytes: Uint8Array;

  /**
   * Copies bytes, or encodes text as UTF-8 (a lone surrogate as U+FFFD).
   *
   * @param value The bytes or the text.
   */
  constructor(value: Uint8Array | string) {
    // An empty array is as good as its copy, which `adopt` would make for nothing.
    if (value === NOTHING) this.#bytes = NOTHING;
    else if (typeof value === "string") this.#bytes = ENCODER.encode(value);
    else this.#bytes = new Uint8Array(value);
  }

  /**
   * Takes bytes over without copying them. Whoever calls this must not touch
   * them again: the view is immutable only as long as they are.
   *
   * @param bytes The bytes to take over.
   * @returns A view of them.
   */
  static adopt(bytes: Uint8Array): ByteView {
    const view = new ByteView(NOTHING);
    view.#bytes = bytes;
    return view;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Copies the bytes out.
   *
   * @returns The copy, which the caller may change.
   */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /**
   * Views a part without copying it, counted as in `Array.prototype.slice`.
   *
   * @param start The first byte; from the end when negative.
   * @param end The byte after the last; from the end when negative.
   * @returns A view of the part.
   */
  slice(start?: number, end?: number): ByteView {
    return ByteView.adopt(this.#bytes.subarray(start, end));
  }

  /**
   * Copies all bytes into an array of the caller.
   *
   * @param target The array to copy into.
   * @param offset Where in it the first byte goes.
   * @throws {RangeError} When they do not fit.
   */
  copyTo(target: Uint8Array, offset = 0): void {
    target.set(this.#bytes, offset);
  }

  /**
   * Decodes the bytes as UTF-8; what is malformed becomes U+FFFD.
   *
   * @returns The text.
   */
  toString(): string {
    return DECODER.decode(this.#bytes);
  }
}
