// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { describe, textCodec } from "../schema/codecs.ts";
import { familyOf } from "../schema/relations.ts";
import { isUntyped } from "./expression.ts";
import { atPath } from "./json_path.ts";
import { jsonList } from "./json_list.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import { isSelectable, type OneColumn, oneColumnOf } from "./selectable.ts";

/**
 * What a column may be compared with. As in SQL, a row whose value is `null`
 * meets none but `isNull`.
 *
 * @typeParam V The type of the column's values.
 */
export interface Operators<V> {
  /** Equal to this; `null` asks for rows without a value. */
  readonly eq?: V;
  /** Not equal to this; `null` asks for rows with a value. */
  readonly ne?: V;
  /** Greater than this. */
  readonly gt?: NonNullable<V>;
  /** Greater than this or equal to it. */
  readonly gte?: NonNullable<V>;
  /** Less than this. */
  readonly lt?: NonNullable<V>;
  /** Less than this or equal to it. */
  readonly lte?: NonNullable<V>;
  /**
   * Equal to one of these, of which there may be none or 100,000, or to one that
   * a query of one column returns.
   */
  readonly in?: readonly NonNullable<V>[] | OneColumn<V | null>;
  /** Equal to none of these. Of a query, one `null` in it makes it true of none. */
  readonly notIn?: readonly NonNullable<V>[] | OneColumn<V | null>;
  /** Within these two, both included. */
  readonly between?: readonly [NonNullable<V>, NonNullable<V>];
  /** Like this pattern: `%` is any text, `_` any character. Text only. */
  readonly like?: V extends string ? string : never;
  /** Has this text in it; letters of ASCII in any case. Text only. */
  readonly contains?: V extends string ? string : never;
  /** Begins with this text; letters of ASCII in any case. Text only. */
  readonly startsWith?: V extends string ? string : never;
  /** Ends with this text; letters of ASCII in any case. Text only. */
  readonly endsWith?: V extends string ? string : never;
  /** Whether it is `null`. */
  readonly isNull?: boolean;
}

const COMPARISONS: ReadonlyMap<string, string> = new Map([
  ["eq", "="],
  ["ne", "<>"],
  ["gt", ">"],
  ["gte", ">="],
  ["lt", "<"],
  ["lte", "<="],
  ["like", "LIKE"],
]);
/** What stands before and behind a text that is looked for inside of others. */
const WITHIN: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["contains", ["%", "%"]],
  ["startsWith", ["", "%"]],
  ["endsWith", ["%", ""]],
]);
const TEXTS: readonly string[] = ["text", "enumeration", "uuid"];
const OPERATORS = [
  ...COMPARISONS.keys(),
  ...WITHIN.keys(),
  "in",
  "notIn",
  "between",
  "isNull",
];

export function refuse(property: string, reason: string): TypeError {
  return new TypeError(`Cannot use condition on "${property}": ${reason}`);
}

/** Writes the condition on one column. */
export function columnSql(
  column: ColumnPlan,
  value: unknown,
  plan: TablePlan,
  params: SqlValue[],
): string {
  if (value === null) return `${column.path} IS NULL`;
  if (
    typeof value !== "object" || value instanceof Date ||
    value instanceof Uint8Array
  ) return operatorSql(column, "eq", value, plan, params);
  if (Array.isArray(value)) {
    throw refuse(column.property, "got an array, want { in: [...] }");
  }
  if (column.codec.kind === "json" && Object.hasOwn(value, "path")) {
    const { path, ...operators } = value as Record<string, unknown>; // any object
    return columnSql(atPath(column, path, plan), operators, plan, params);
  }
  let sql = "";
  for (const [operator, operand] of Object.entries(value)) {
    const part = operatorSql(column, operator, operand, plan, params);
    sql = sql === "" ? part : `${sql} AND ${part}`;
  }
  if (sql === "") throw refuse(column.property, "there is no operator in it");
  return sql;
}

function operatorSql(
  column: ColumnPlan,
  operator: string,
  operand: unknown,
  plan: TablePlan,
  params: SqlValue[],
): string {
  const { codec, path, property } = column;
  if (operand === undefined) {
    throw refuse(property, `"${operator}" is undefined, want a value or null`);
  }
  if (operator === "isNull") {
    if (typeof operand === "boolean") {
      return `${path} IS ${operand ? "" : "NOT "}NULL`;
    }
    throw refuse(property, `got ${describe(operand)}, want true or false`);
  }
  if (codec.kind === "json" && operand !== null) {
    throw refuse(
      property,
      'a JSON column knows null, "isNull" and "path" only',
    );
  }
  if (operator === "in" || operator === "notIn") {
    return inSql(column, operator, operand, plan, params);
  }
  if (operator === "between") return betweenSql(column, operand, params);
  if (WITHIN.has(operator)) return textSql(column, operator, operand, params);
  const comparison = COMPARISONS.get(operator);
  if (comparison === undefined) {
    throw refuse(
      property,
      `unknown operator "${operator}", want one of ${OPERATORS.join(", ")}`,
    );
  }
  if (operand === null) {
    if (operator === "eq") return `${path} IS NULL`;
    if (operator === "ne") return `${path} IS NOT NULL`;
    throw refuse(property, `"${operator}" is null, want a value`);
  }
  if (operator === "like") return textSql(column, operator, operand, params);
  params.push(codec.encode(operand, property));
  return operator === "eq" ? column.isEqual : `${path} ${comparison} ?`;
}

function textSql(
  { codec, path, property }: ColumnPlan,
  operator: string,
  operand: unknown,
  params: SqlValue[],
): string {
  if (!TEXTS.includes(codec.kind)) {
    throw refuse(property, `"${operator}" is for text`);
  }
  // A pattern need not be a value that the column may have.
  const text = textCodec.encode(operand, property);
  const around = WITHIN.get(operator);
  if (around === undefined) {
    params.push(pattern(text as string, property));
    return `${path} LIKE ?`;
  }
  const [before, behind] = around;
  // textCodec stores texts as they are.
  const escaped = (text as string).replace(/[%_\\]/g, "\\$&");
  params.push(pattern(`${before}${escaped}${behind}`, property));
  return `${path} LIKE ? ESCAPE '\\'`;
}

// https://www.sqlite.org/limits.html#max_like_pattern_length, in bytes.
const MAX_PATTERN = 50_000;

/** Refuses a pattern that LIKE would refuse. */
function pattern(text: string, property: string): string {
  // No character of UTF-16 takes more than three bytes.
  if (text.length * 3 <= MAX_PATTERN) return text;
  const { length } = new TextEncoder().encode(text);
  if (length <= MAX_PATTERN) return text;
  throw new RangeError(
    `Cannot use condition on "${property}": a pattern of ${length} bytes, want at most ${MAX_PATTERN}`,
  );
}

function betweenSql(
  { codec, path, property }: ColumnPlan,
  operand: unknown,
  params: SqlValue[],
): string {
  if (!Array.isArray(operand) || operand.length !== 2) {
    throw refuse(property, '"between" wants an array of two values');
  }
  for (const bound of operand) params.push(codec.encode(bound, property));
  return `${path} BETWEEN ? AND ?`;
}

function inSql(
  column: ColumnPlan,
  operator: "in" | "notIn",
  operand: unknown,
  plan: TablePlan,
  params: SqlValue[],
): string {
  const { codec, path, property } = column;
  const not = operator === "in" ? "" : "NOT ";
  if (isSelectable(operand)) {
    return `${path} ${not}IN (${querySql(column, operand, params)})`;
  }
  if (!Array.isArray(operand)) {
    throw refuse(property, `"${operator}" wants an array`);
  }
  // Not by map(), which passes holes over.
  const values = Array.from(
    operand,
    (value) => codec.encode(value, property),
  );
  const list = plan.dialect.inList(codec.kind);
  if (list !== undefined) {
    params.push(jsonList(values));
    return `${path} ${not}IN ${list}`;
  }
  if (values.length > plan.dialect.maxParams) {
    throw new RangeError(
      `Cannot use condition on "${property}": ${values.length} values of kind "${codec.kind}", want at most ${plan.dialect.maxParams}`,
    );
  }
  for (const value of values) params.push(value);
  return `${path} ${not}IN (${values.map(() => "?").join(", ")})`;
}

/** The text of a query that returns values of the column. */
function querySql(
  { codec, property }: ColumnPlan,
  query: unknown,
  params: SqlValue[],
): string {
  const action = `use condition on "${property}"`;
  const { sql, params: inner, cell } = oneColumnOf(query, action);
  const isSame = familyOf(codec.kind) === familyOf(cell.codec.kind);
  if (!isSame && !isUntyped(cell.codec)) {
    throw refuse(
      property,
      `it is of kind "${codec.kind}", the query's column of kind "${cell.codec.kind}"`,
    );
  }
  for (const value of inner) params.push(value);
  return sql;
}
