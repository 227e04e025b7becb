// Copyright 2026 the Gee authors. MIT license.

import type { GobType } from "./gob_node.ts";
import { marshaler } from "./schema.ts";

// A version of 1 and, in the lowest bit, the sign.
const POSITIVE = 2;
const NEGATIVE = 3;

function encode(value: bigint): Uint8Array {
  if (typeof value !== "bigint") {
    throw new TypeError(
      `Cannot encode gob: got a ${typeof value}, want a bigint for "big.Int"`,
    );
  }
  const digits = (value < 0n ? -value : value).toString(16);
  const hex = value === 0n ? "" : digits.padStart(digits.length + 1 & ~1, "0");
  const bytes = new Uint8Array(1 + hex.length / 2);
  bytes[0] = value < 0n ? NEGATIVE : POSITIVE;
  bytes.set(Uint8Array.fromHex(hex), 1);
  return bytes;
}

function decode(bytes: Uint8Array): bigint {
  const sign = bytes[0];
  // No bytes are a nil one, which is none and so reads as 0.
  if (sign === undefined || bytes.length === 1) return 0n;
  if (sign !== POSITIVE && sign !== NEGATIVE) {
    throw new SyntaxError(
      `Cannot decode gob: a "big.Int" begins with ${sign}, want 2 or 3`,
    );
  }
  const value = BigInt(`0x${bytes.subarray(1).toHex()}`);
  return sign === NEGATIVE ? -value : value;
}

/** Go's `big.Int`. */
export const bigInt: GobType<bigint> = marshaler("big.Int", {
  encode,
  decode,
  zero: () => 0n,
});
