// Copyright 2026 the Gee authors. MIT license.

import { type Token, tokenize } from "./tokenize.ts";

/** The statements of a text, each without the `;` at its end. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let body = new Body();
  let start = 0;
  for (const token of tokenize(sql)) {
    if (token.value === ";" && token.kind === "sign" && !body.isOpen) {
      if (!body.isEmpty) statements.push(sql.slice(start, token.start));
      start = token.end;
      body = new Body();
    } else {
      body.add(token);
    }
  }
  if (!body.isEmpty) statements.push(sql.slice(start));
  return statements.map((statement) => statement.trim());
}

/** A statement that may be a trigger: until its body has ended a `;` ends nothing. */
class Body {
  isEmpty = true;
  readonly #first: string[] = [];
  #hasBegun = false;
  #depth = 0;

  add({ kind, value }: Token): void {
    this.isEmpty = false;
    if (kind !== "word") return;
    if (this.#first.length < 3) this.#first.push(value);
    if (value === "BEGIN") this.#hasBegun = true;
    if (!this.#hasBegun) return;
    if (value === "BEGIN" || value === "CASE") this.#depth++;
    if (value === "END") this.#depth--;
  }

  get isOpen(): boolean {
    const [create, next, then] = this.#first;
    const isTrigger = create === "CREATE" &&
      (next === "TRIGGER" || (next?.startsWith("TEMP") && then === "TRIGGER"));
    return isTrigger === true && (!this.#hasBegun || this.#depth > 0);
  }
}
