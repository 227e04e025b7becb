// Copyright 2026 the Gee authors. MIT license.
// Keys an attacker would choose: they share a hash that has no seed.
import { crc32 } from "../ring/hash.ts";
import { KeyHash } from "../policy/key_hash.ts";

/** Each letter of 0x60 to 0x6f has four bits that may be flipped. */
const LETTERS = 13;
const FIRST_LETTER = 0x60;

/** Keys of 13 letters with one CRC-32; the first is thirteen "`". */
export function crcTwins(count: number): string[] {
  const flips = neutralFlips();
  if (count > 2 ** flips.length) throw new Error("Cannot make so many");
  return Array.from({ length: count }, (_, index) => {
    let all = 0n;
    for (const [bit, flip] of flips.entries()) {
      if ((index / 2 ** bit & 1) === 1) all ^= flip;
    }
    return flipped(all);
  });
}

/** Other keys of the same letters. */
export function lettersOf(count: number, random: () => number): string[] {
  return Array.from(
    { length: count },
    () => flipped(BigInt(Math.floor(random() * 2 ** 52))),
  );
}

function flipped(flips: bigint): string {
  return String.fromCharCode(...Array.from(
    { length: LETTERS },
    (_, at) => FIRST_LETTER + Number(flips >> BigInt(4 * at) & 15n),
  ));
}

/**
 * Flips of bits that leave the CRC-32 as it is. CRC-32 is linear, so Gauss finds
 * them: 52 bits, 32 equations, 20 free ones at least.
 */
function neutralFlips(): bigint[] {
  const crc = crc32(flipped(0n));
  const rows: { effect: number; flips: bigint }[] = [];
  const neutral: bigint[] = [];
  for (let bit = 0n; bit < 4 * LETTERS; bit++) {
    let flips = 1n << bit;
    let effect = crc32(flipped(flips)) ^ crc;
    for (const row of rows) {
      if ((effect ^ row.effect) >>> 0 >= effect >>> 0) continue;
      effect ^= row.effect;
      flips ^= row.flips;
    }
    if (effect === 0) {
      neutral.push(flips);
      continue;
    }
    rows.push({ effect, flips });
    // Largest first, so that one pass reduces by every row.
    rows.sort((a, b) => (b.effect >>> 0) - (a.effect >>> 0));
  }
  return neutral;
}

/** The bits that are alike in `tableTwins`. */
const TWIN_BITS = 8;

/** Keys that share the low bits of our own hash, were its seed known. */
export function tableTwins(count: number): string[] {
  const hash = new KeyHash(unseeded());
  const keys: string[] = [];
  for (let id = 0; keys.length < count; id++) {
    const key = `user:${id}`;
    if ((hash.of(key) & (1 << TWIN_BITS) - 1) === 0) keys.push(key);
  }
  return keys;
}

/** The seed `tableTwins` are made for. */
export function unseeded(): Uint32Array {
  return Uint32Array.of(0, 0);
}

/** Numbers that share a bucket in a `Map` of V8, which hashes them by value. */
export function mapTwins(): string[] {
  return Array.from({ length: 2400 }, (_, id) => String(id * 4096));
}
