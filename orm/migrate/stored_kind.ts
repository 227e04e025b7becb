// Copyright 2026 the Gee authors. MIT license.

import type { ColumnKind } from "../schema/codecs.ts";
import type { CheckSchema } from "../schema/table_schema.ts";
import { sameName } from "./normalize.ts";
import { nameOf, tokenize } from "./tokenize.ts";
import { withoutParentheses } from "./parse_table.ts";

const KINDS: Readonly<Record<string, ColumnKind>> = {
  INTEGER: "integer",
  BIGINT: "bigint",
  BOOLEAN: "boolean",
  DATETIME: "date",
};

/** The kind of column that a declared type suggests. */
export function kindOf(type: string): ColumnKind {
  const known = KINDS[type.toUpperCase()];
  if (known !== undefined) return known;
  // https://www.sqlite.org/datatype3.html#determination_of_column_affinity
  if (/INT/i.test(type)) return "integer";
  if (/CHAR|CLOB|TEXT/i.test(type)) return "text";
  if (type === "" || /BLOB/i.test(type)) return "blob";
  return "real";
}

/**
 * A type that `table()` can declare for one that it cannot, as TEXT for
 * VARCHAR(20): SQLite treats values of both alike.
 */
export function plainType(type: string): string {
  const name = type.toUpperCase();
  if (Object.hasOwn(KINDS, name)) return name;
  return kindOf(name).toUpperCase();
}

// How `table()` writes a value of a kind.
const LITERALS: Partial<Record<ColumnKind, RegExp>> = {
  integer: /^-?\d{1,15}$/,
  bigint: /^-?\d{1,19}$/,
  real: /^-?(\d+(\.\d+)?|9e999)$/,
  text: /^'(?:[^']|'')*'$/,
  enumeration: /^'(?:[^']|'')*'$/,
  boolean: /^[01]$/,
  blob: /^X'(?:[\da-f]{2})*'$/,
  date: /^-?\d{1,15}$/,
};

/** Whether a default is a value of its column's kind. */
export function isLiteral(kind: ColumnKind, sql: string): boolean {
  return LITERALS[kind]?.test(sql) ?? false;
}

/** A default as a `table()` would have it: a value, or SQL in parentheses. */
export function defaultOf(kind: ColumnKind, sql: string): string {
  return isLiteral(kind, sql) ? sql : `(${withoutParentheses(sql)})`;
}

/** The texts that a column's check allows, if it is one of a list of texts. */
export function enumerationOf(
  column: string,
  checks: readonly CheckSchema[],
): string[] | null {
  for (const { name, expression } of checks) {
    const [first, word, open, ...rest] = tokenize(expression);
    if (name !== null || first === undefined || open?.value !== "(") continue;
    if (word?.value !== "IN" || rest.pop()?.value !== ")") continue;
    const isList = rest.length % 2 === 1 &&
      rest.every(({ text }, index) =>
        index % 2 === 1 ? text === "," : text.startsWith("'")
      );
    if (!isList || !sameName(nameOf(first), column)) continue;
    return rest.filter((_, index) => index % 2 === 0).map(nameOf);
  }
  return null;
}
