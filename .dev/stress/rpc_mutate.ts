// Copyright 2026 the Gee authors. MIT license.
// Good bytes made bad.
import { checkOf, HEADER_BYTES } from "../../rpc/codec/frame.ts";
import { MAGIC_NUMBER } from "../../rpc/option.ts";

/** Numbers that lie about lengths. */
const LIES = [
  0,
  1,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_ffff,
  16 << 20,
  (16 << 20) + 1,
];
const SYNTAX = new TextEncoder().encode('{}[]",:\\\n\0 0-e.');

/** Whole numbers from 0 up to a limit. */
export type Chance = (limit: number) => number;

/** Changes some bytes: other ones, less, more, lies, a part of something else. */
export function mutate(
  bytes: Uint8Array,
  other: Uint8Array,
  chance: Chance,
): Uint8Array {
  let list = bytes;
  for (let changes = 1 + chance(4); changes > 0; changes--) {
    list = change(list, other, chance);
  }
  return list;
}

function change(
  bytes: Uint8Array,
  other: Uint8Array,
  chance: Chance,
): Uint8Array {
  const at = chance(bytes.length + 1);
  const some = chance(40);
  switch (chance(8)) {
    case 0:
      return join(bytes.subarray(0, at), bytes.subarray(at + some));
    case 1:
      return join(bytes.subarray(0, at + some), bytes.subarray(at));
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const noise = Uint8Array.from({ length: some }, () => chance(256));
      return join(bytes.subarray(0, at), noise, bytes.subarray(at));
    }
    case 4: {
      const from = chance(other.length + 1);
      return join(bytes.subarray(0, at), other.subarray(from, from + 8 * some));
    }
    case 5:
      return lie(bytes, chance);
    default: {
      const copy = bytes.slice();
      if (copy.length === 0) return copy;
      copy[at % copy.length] = chance(2) === 0
        ? chance(256)
        : SYNTAX[chance(SYNTAX.length)]!; // one of them
      return copy;
    }
  }
}

/** A number somewhere, in either order of bytes. */
function lie(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = bytes.slice();
  if (copy.length < 8) return copy;
  const view = new DataView(copy.buffer);
  const at = chance((copy.length - 4) >> 2) << 2;
  view.setUint32(at, LIES[chance(LIES.length)]!, chance(2) === 0); // one of them
  return copy;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Makes the checks of all frames behind the option right again, as a hostile peer does. */
export function recheck(given: Uint8Array, from: number): Uint8Array {
  const bytes = given.slice(from);
  const words = new Int32Array(bytes.buffer, 0, bytes.length >> 2);
  for (let at = 0; at + 5 <= words.length;) {
    const length = (words[at] ?? 0) >>> 0;
    const end = at + (HEADER_BYTES >> 2) + Math.ceil(length / 4);
    // Also of one that says it is longer than what comes.
    words[at + 4] = checkOf(words, at, at + 4);
    if (end > words.length) break;
    words[at + 3] = checkOf(words, at + 5, end);
    words[at + 4] = checkOf(words, at, at + 4);
    at = end;
  }
  return join(given.subarray(0, from), bytes);
}

/** Where the option ends; 0 where there is none. */
export function optionEnd(bytes: Uint8Array): number {
  const text = new TextDecoder().decode(bytes.subarray(0, 600));
  return text.includes(`${MAGIC_NUMBER}`) ? text.indexOf("\n") + 1 : 0;
}
