// Copyright 2026 the Gee authors. MIT license.

import type { CheckSchema } from "../schema/table_schema.ts";
import { foldName } from "./normalize.ts";
import { closing, nameOf, type Token, tokenize } from "./tokenize.ts";

/** What only the text of a table's definition tells. */
export interface ParsedTable {
  /** Its checks. */
  readonly checks: readonly CheckSchema[];
  /** What computes its generated columns, by folded name. */
  readonly generated: ReadonlyMap<string, string>;
  /** Whether the database never gives the number of a deleted row again. */
  readonly isAutoIncrement: boolean;
  /** What tables of this module cannot say, for a person to read. */
  readonly beyond: readonly string[];
}

/** Reads the statement that created a table, as `sqlite_master` keeps it. */
export function parseTable(sql: string): ParsedTable {
  const tokens = tokenize(sql);
  const open = tokens.findIndex(({ value }) => value === "(");
  const items = itemsOf(tokens, open);
  const parser = new TableParser(sql);
  for (const item of items) parser.item(item);
  return parser;
}

/** What stands between the commas in a parenthesis. */
function itemsOf(tokens: readonly Token[], open: number): Token[][] {
  const end = closing(tokens, open);
  const items: Token[][] = [];
  let item: Token[] = [];
  for (let index = open + 1; index < end; index++) {
    const token = tokens[index]!; // the loop ends before the tokens do
    if (token.value === ",") {
      items.push(item);
      item = [];
      continue;
    }
    const last = token.value === "(" ? closing(tokens, index) : index;
    item.push(...tokens.slice(index, last + 1));
    index = last;
  }
  return [...items, item];
}

// What a name before it is the name of.
const CONSTRAINTS =
  /^(CHECK|PRIMARY|UNIQUE|NOT|NULL|DEFAULT|REFERENCES|FOREIGN|AS|COLLATE)$/;

class TableParser implements ParsedTable {
  readonly #sql: string;
  readonly checks: CheckSchema[] = [];
  readonly generated: Map<string, string> = new Map();
  readonly beyond: string[] = [];
  isAutoIncrement = false;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** A column, or constraints of the table. */
  item(tokens: readonly Token[]): void {
    const [first] = tokens;
    if (first === undefined) return;
    const isColumn = first.kind !== "word" ||
      !/^(CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN)$/.test(first.value);
    const column = isColumn ? nameOf(first) : undefined;
    let name: string | null = null;
    for (let index = isColumn ? 1 : 0; index < tokens.length; index++) {
      const token = tokens[index]!; // the loop ends before the tokens do
      const next = tokens[index + 1];
      const isGroup = next?.value === "(";
      const last = isGroup ? closing(tokens, index + 1) : index;
      if (token.kind === "word") {
        if (token.value === "CONSTRAINT" && next !== undefined) {
          name = nameOf(next);
          index++;
          continue;
        }
        this.#word(token.value, { column, name, next });
        if (isGroup) {
          const inside = this.#between(tokens, index + 1, last);
          this.#group(token.value, inside, { column, name });
        }
        if (CONSTRAINTS.test(token.value)) name = null;
      }
      index = last;
    }
  }

  #between(tokens: readonly Token[], open: number, close: number): string {
    return closed(this.#sql.slice(tokens[open]?.end, tokens[close]?.start));
  }

  #word(
    word: string,
    { column, next }: {
      readonly column: string | undefined;
      readonly name: string | null;
      readonly next: Token | undefined;
    },
  ): void {
    const of = column === undefined ? "" : ` of column "${column}"`;
    if (word === "AUTOINCREMENT") this.isAutoIncrement = true;
    if (word === "COLLATE") {
      this.beyond.push(`COLLATE ${next?.text ?? ""}${of}`);
    }
    if (word === "CONFLICT") {
      this.beyond.push(`ON CONFLICT ${next?.text ?? ""}${of}`);
    }
    if (word === "DEFERRABLE") this.beyond.push(`DEFERRABLE${of}`);
  }

  #group(
    word: string,
    expression: string,
    { column, name }: {
      readonly column: string | undefined;
      readonly name: string | null;
    },
  ): void {
    if (word === "CHECK") this.checks.push({ name, expression });
    if (word === "AS" && column !== undefined) {
      this.generated.set(foldName(column), expression);
    }
  }
}

/** What only the text of an index tells. */
export interface ParsedIndex {
  /** What it is on, as SQL without its direction. */
  readonly parts: readonly string[];
  /** Which rows are in it; `null` for every row. */
  readonly where: string | null;
}

/** Reads the statement that created an index. */
export function parseIndex(sql: string): ParsedIndex {
  const tokens = tokenize(sql);
  const open = tokens.findIndex(({ value }) => value === "(");
  const close = closing(tokens, open);
  const parts = itemsOf(tokens, open).map((item) => {
    const last = item.at(-1);
    const isDirected = last?.kind === "word" && /^(ASC|DESC)$/.test(last.value);
    const end = isDirected ? item.at(-2)?.end : last?.end;
    return sql.slice(item[0]?.start, end);
  });
  const where = tokens[close + 1];
  return {
    parts: parts.map(withoutParentheses),
    where: where?.value === "WHERE"
      ? withoutParentheses(closed(sql.slice(where.end)))
      : null,
  };
}

/** An expression without the parentheses around the whole. */
export function withoutParentheses(sql: string): string {
  const tokens = tokenize(sql);
  const last = tokens.length - 1;
  if (tokens[0]?.value !== "(" || closing(tokens, 0) !== last) return sql;
  return withoutParentheses(
    closed(sql.slice(tokens[0].end, tokens[last]?.start)),
  );
}

/** The line break ends a comment at the expression's end. */
function closed(expression: string): string {
  const text = expression.trim();
  return text.includes("--") ? `${text}\n` : text;
}
