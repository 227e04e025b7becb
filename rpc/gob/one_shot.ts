// Copyright 2026 the Gee authors. MIT license.

import { GobDecoder, type GobLimits } from "./gob_decoder.ts";
import { GobEncoder } from "./gob_encoder.ts";
import type { GobType } from "./gob_node.ts";

/**
 * Encodes one value as a stream of its own.
 *
 * @typeParam T The type of the value.
 * @param type Its gob type.
 * @param value The value.
 * @returns The bytes.
 * @throws As `GobEncoder.encode` does.
 */
export function encode<T>(
  type: GobType<T>,
  value: T,
): Uint8Array<ArrayBuffer> {
  return new GobEncoder().encode(type, value);
}

/**
 * Decodes the one value of a stream.
 *
 * @typeParam T The type of the value.
 * @param bytes The bytes, all of them.
 * @param type Its gob type; without one it is read as the stream defines it.
 * @param limits What the stream may ask of this side.
 * @returns The value.
 * @throws {SyntaxError} When the bytes are not one value, or no gob.
 * @throws As `GobDecoder.next` does.
 */
export function decode<T = unknown>(
  bytes: Uint8Array,
  type?: GobType<T>,
  limits?: GobLimits,
): T {
  const decoder = new GobDecoder(limits);
  decoder.push(bytes);
  const value = decoder.next(type);
  if (value === undefined) {
    throw new SyntaxError("Cannot decode gob: its end is missing");
  }
  if (decoder.buffered === 0) return value;
  throw new SyntaxError(
    `Cannot decode gob: ${decoder.buffered} bytes behind the value`,
  );
}
