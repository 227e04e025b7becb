// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Finds the ends of JSON objects one behind the other, each byte looked at once. */
export class ObjectScanner {
  #depth = 0;
  #isText = false;
  /** How many bytes of the object that is not complete yet were looked at. */
  #seen = 0;

  /**
   * Finds the end of the object that begins at an offset.
   *
   * @param bytes The bytes; what was there before is there again.
   * @param start The offset.
   * @returns The offset behind the object; `undefined` when it is not all there.
   * @throws {WireError} When something else begins there.
   */
  endOf(bytes: Uint8Array, start: number): number | undefined {
    let at = start + this.#seen;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number; // below the length
      if (this.#isText) {
        // A backslash hides the byte behind it, which may not be there yet.
        if (byte === BACKSLASH) at++;
        else if (byte === QUOTE) this.#isText = false;
      } else if (byte === QUOTE) this.#isText = true;
      else if (byte === OPEN) this.#depth++;
      else if (byte === CLOSE && --this.#depth <= 0) return this.#done(at + 1);
      if (this.#depth === 0 && !isSpace(byte)) {
        throw new WireError(
          `Cannot read a message: got byte ${byte}, "{" is wanted`,
        );
      }
    }
    this.#seen = at - start;
    return undefined;
  }

  #done(end: number): number {
    this.#depth = 0;
    this.#seen = 0;
    return end;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
