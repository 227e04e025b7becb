// Copyright 2026 the Gee authors. MIT license.

/** A 32-bit hash of a text (FNV-1a over its UTF-16 code units, mixed). */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return mix32(hash);
}

/** Spreads 32 bits, so that neighbors land far from each other (the finalizer of MurmurHash3). */
export function mix32(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
