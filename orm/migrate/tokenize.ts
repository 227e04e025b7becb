// Copyright 2026 the Gee authors. MIT license.

/** What a token of SQL is. */
export type TokenKind = "word" | "name" | "string" | "number" | "sign";

/** A token of SQL. Spaces and comments are none. */
export interface Token {
  readonly kind: TokenKind;
  /** As it is written. */
  readonly text: string;
  /** In capitals for a word, without its quotes for a name, else as written. */
  readonly value: string;
  /** Where it begins. */
  readonly start: number;
  /** Where it has ended. */
  readonly end: number;
}

// Each alternative is closed by the end of the text too, so no part is read
// twice. Blobs come before words, which begin alike.
const TOKENS = new RegExp(
  [
    /(?<space>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))/,
    /(?<string>[xX]?'(?:[^']|'')*(?:'|$))/,
    /(?<name>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$))/,
    /(?<number>0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
    /(?<word>[\w$\u0080-\uFFFF]+)/,
    /(?<sign>[^])/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** The tokens of a piece of SQL. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: text, index, groups = {} } of sql.matchAll(TOKENS)) {
    const kind = KINDS.find((kind) => groups[kind] !== undefined);
    if (kind === undefined) continue;
    const value = VALUES[kind](text);
    tokens.push({ kind, text, value, start: index, end: index + text.length });
  }
  return tokens;
}

const KINDS: readonly TokenKind[] = [
  "word",
  "name",
  "string",
  "number",
  "sign",
];

const VALUES: Readonly<Record<TokenKind, (text: string) => string>> = {
  word: (text) => text.toUpperCase(),
  name: unquoted,
  string: (text) => text,
  number: (text) => text,
  sign: (text) => text,
};

/** A name without its quotes, of whichever kind they are. */
function unquoted(text: string): string {
  const quote = text[0];
  const inner = text.slice(1, -1);
  return quote === "[" || quote === undefined
    ? inner
    : inner.replaceAll(quote + quote, quote);
}

/** The name that a token is, whether it is in quotes or not. */
export function nameOf({ kind, text, value }: Token): string {
  if (kind === "word") return text;
  // SQLite takes a string for a name where only a name can stand.
  return kind === "string" ? text.slice(1, -1).replaceAll("''", "'") : value;
}

/** Where the parenthesis that `open` is the index of is closed. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const value = tokens[index]?.value;
    if (value === "(") depth++;
    if (value === ")" && --depth === 0) return index;
  }
  return tokens.length;
}
