// Copyright 2026 the Gee authors. MIT license.

/** CRC-32 of each byte (IEEE 802.3, reflected polynomial 0xEDB88320). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
  }
  return crc;
});

/**
 * CRC-32 (IEEE) of a text in UTF-8, as Go's `crc32.ChecksumIEEE`: what the ring
 * of GeeCache hashes with. It encodes on the way and allocates nothing; a lone
 * surrogate counts as U+FFFD.
 *
 * @param text The text.
 * @returns A whole number from 0 to 2^32 - 1.
 */
export function crc32(text: string): number {
  let crc = -1;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      crc = step(crc, code);
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      code = text.codePointAt(index) as number; // the index is in the text
      if (code > 0xffff) index++;
      else code = 0xfffd;
    }
    crc = multiByte(crc, code);
  }
  return ~crc >>> 0;
}

/**
 * CRC-32 (IEEE) of bytes.
 *
 * @param bytes The bytes.
 * @returns A whole number from 0 to 2^32 - 1.
 */
export function crc32Of(bytes: Uint8Array): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) {
    crc = step(crc, bytes[at] as number); // below the length
  }
  return ~crc >>> 0;
}

function step(crc: number, byte: number): number {
  // The index is one byte and the table has 256 entries.
  return (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
}

/** The two to four bytes of a code point beyond ASCII (RFC 3629, section 3). */
function multiByte(crc: number, code: number): number {
  if (code < 0x800) return step(step(crc, 0xc0 | code >> 6), tail(code));
  if (code < 0x1_0000) {
    crc = step(crc, 0xe0 | code >> 12);
  } else {
    crc = step(crc, 0xf0 | code >> 18);
    crc = step(crc, tail(code >> 12));
  }
  return step(step(crc, tail(code >> 6)), tail(code));
}

function tail(code: number): number {
  return 0x80 | code & 0x3f;
}

/**
 * Mixes the bits of a number, so that each of them depends on all (the end of
 * MurmurHash3). CRC-32 alone is linear: keys that differ by one digit lie side
 * by side.
 *
 * @param value A whole number.
 * @returns A whole number from 0 to 2^32 - 1; different for different ones.
 */
export function mix32(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
