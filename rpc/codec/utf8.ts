// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true });

/**
 * The text of some bytes.
 *
 * @throws {WireError} when they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  // A strict decoder is 3-6x slower, so it only looks at what may be malformed:
  // the character that stands for it may have been sent, too.
  const text = decoder.decode(bytes);
  try {
    if (text.includes("\ufffd")) strict.decode(bytes);
  } catch (cause) {
    throw new WireError("Cannot read a message: it is not UTF-8", { cause });
  }
  return text;
}
