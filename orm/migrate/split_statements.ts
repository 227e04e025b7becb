// Copyright 2026 the Gee authors. MIT license.

import { type Token, tokenize } from "./tokenize.ts";

/** The statements of a text, each without the `;` at its end. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let words: Token[] = [];
  let start = 0;
  for (const token of tokenize(sql)) {
    if (token.value === ";" && token.kind === "sign" && !isOpen(words)) {
      if (words.length > 0) statements.push(sql.slice(start, token.start));
      start = token.end;
      words = [];
    } else {
      words.push(token);
    }
  }
  if (words.length > 0) statements.push(sql.slice(start));
  return statements.map((statement) => statement.trim());
}

/** Whether it is a trigger whose body has not ended: a `;` in it ends nothing. */
function isOpen(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ kind }) => kind === "word");
  const [create, next, then] = words.map(({ value }) => value);
  const isTrigger = create === "CREATE" &&
    (next === "TRIGGER" || (next?.startsWith("TEMP") && then === "TRIGGER"));
  if (!isTrigger) return false;
  const body = words.findIndex(({ value }) => value === "BEGIN");
  let depth = 0;
  for (const { value } of words.slice(body === -1 ? words.length : body)) {
    if (value === "BEGIN" || value === "CASE") depth++;
    if (value === "END") depth--;
  }
  return body === -1 || depth > 0;
}
