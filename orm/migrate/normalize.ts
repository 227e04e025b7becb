// Copyright 2026 the Gee authors. MIT license.

import { closing, nameOf, type Token, tokenize } from "./tokenize.ts";

/**
 * A form of SQL that two pieces have in common when they differ only in spaces,
 * comments, quotes around names, capitals, or parentheses around the whole.
 */
export function normalize(sql: string): string {
  let tokens = tokenize(sql);
  while (tokens[0]?.value === "(" && closing(tokens, 0) === tokens.length - 1) {
    tokens = tokens.slice(1, -1);
  }
  return tokens.map(plain).join(" ");
}

function plain({ kind, text, value }: Token): string {
  // The letters of a string mean something; those of a blob are digits.
  if (kind === "string" && text.startsWith("'")) return text;
  if (kind !== "name") return text.toLowerCase();
  const name = value.toLowerCase();
  return /^[a-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Whether a piece of SQL has a name in it, as far as one can see from outside. */
export function mentions(sql: string, name: string): boolean {
  return tokenize(sql).some((token) =>
    (token.kind === "word" || token.kind === "name") &&
    sameName(nameOf(token), name)
  );
}

/** Whether SQLite takes two names for the same. */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** The form in which names that are the same are equal. */
export function foldName(name: string): string {
  // SQLite folds the letters of ASCII alone.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
