// Copyright 2026 the Gee authors. MIT license.
// Folding: what people type and what maps print come to the same key, so that
// "sao paulo" finds "São Paulo" and "strasse" finds "Straße".

// Letters that Unicode does not decompose but keyboards spell otherwise.
const SPELLED: Record<string, string> = {
  "æ": "ae",
  "ð": "d",
  "đ": "d",
  "ı": "i",
  "ł": "l",
  "ø": "o",
  "œ": "oe",
  "ß": "ss",
  "þ": "th",
};
const DROPPED = /[\p{M}'’ʻʼʽʾʿ‘`´]/u;
const KEPT = /[\p{L}\p{N}]/u;
const ASCII = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

/** A folded text and, for each of its UTF-16 units, where it came from. */
interface Folded {
  readonly key: string;
  /** Start of the source character of each unit. */
  readonly starts: number[];
  /** End of the source character of each unit. */
  readonly ends: number[];
}

/** The key of a text: lower case, no accents, one space between words. */
export function fold(text: string): string {
  // Most names are of letters that only have to be made small.
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : foldWithSource(text).key;
}

/**
 * The part of `text` that a folded prefix covers, as `[start, end)` in UTF-16
 * units, or undefined when the folded text does not begin with it.
 */
export function matchedRange(
  text: string,
  prefix: string,
): [number, number] | undefined {
  const { key, starts, ends } = foldWithSource(text);
  if (prefix === "" || !key.startsWith(prefix)) return undefined;
  let end = ends[prefix.length - 1] ?? 0;
  // Marks that were dropped belong to the letter before them.
  while (end < text.length && /^\p{M}/u.test(text.slice(end))) end++;
  return [starts[0] ?? 0, end];
}

function foldWithSource(text: string): Folded {
  let key = "";
  let isGap = false;
  const starts: number[] = [];
  const ends: number[] = [];
  const append = (unit: string, start: number, end: number) => {
    for (const _ of unit.split("")) {
      starts.push(start);
      ends.push(end);
    }
    key += unit;
  };
  let at = 0;
  for (const character of text) {
    const start = at;
    at += character.length;
    for (const part of character.normalize("NFKD").toLowerCase()) {
      if (DROPPED.test(part)) continue;
      if (!KEPT.test(part)) {
        isGap = key !== "";
        continue;
      }
      if (isGap) append(" ", start, start);
      isGap = false;
      append(SPELLED[part] ?? part, start, at);
    }
  }
  return { key, starts, ends };
}
