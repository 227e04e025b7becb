// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { describe, textCodec } from "../schema/codecs.ts";
import type { Columns, ValueOf } from "../schema/table.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";

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
  /** Equal to one of these, of which there may be none or 100,000. */
  readonly in?: readonly NonNullable<V>[];
  /** Equal to none of these. */
  readonly notIn?: readonly NonNullable<V>[];
  /** Within these two, both included. */
  readonly between?: readonly [NonNullable<V>, NonNullable<V>];
  /** Like this pattern: `%` is any text, `_` any character. Text only. */
  readonly like?: V extends string ? string : never;
  /** Whether it is `null`. */
  readonly isNull?: boolean;
}

/**
 * A value, or operators with theirs.
 *
 * @typeParam V The type of the column's values.
 */
export type Condition<V> = V extends
  string | number | bigint | boolean | Date | Uint8Array | null
  ? V | Operators<V>
  : Pick<Operators<unknown>, "isNull">;

/**
 * Conditions on a table's columns, all of which a row has to meet.
 *
 * @typeParam C The columns.
 */
export type Where<C extends Columns> =
  & { readonly [K in keyof C]?: Condition<ValueOf<C[K]>> }
  & {
    /** Conditions of which a row has to meet one at least. */
    readonly or?: readonly Where<C>[];
    /** Conditions that a row has to meet all. */
    readonly and?: readonly Where<C>[];
    /** Conditions that a row must not meet together. */
    readonly not?: Where<C>;
  };

const COMPARISONS: ReadonlyMap<string, string> = new Map([
  ["eq", "="],
  ["ne", "<>"],
  ["gt", ">"],
  ["gte", ">="],
  ["lt", "<"],
  ["lte", "<="],
  ["like", "LIKE"],
]);
const TEXTS: readonly string[] = ["text", "enumeration", "uuid"];
const OPERATORS = [...COMPARISONS.keys(), "in", "notIn", "between", "isNull"];

function refuse(property: string, reason: string): TypeError {
  return new TypeError(`Cannot use condition on "${property}": ${reason}`);
}

/**
 * Writes conditions as SQL and appends their values. Everything is checked
 * here too, for conditions often come from parsed JSON.
 *
 * @returns The text, empty when there are no conditions.
 */
export function conditionSql(
  plan: TablePlan,
  where: object,
  params: SqlValue[],
): string {
  if (typeof where !== "object" || where === null || Array.isArray(where)) {
    throw new TypeError(
      `Cannot use condition: got ${describe(where)}, want an object or SQL`,
    );
  }
  let sql = "";
  for (const key of Object.keys(where)) {
    const value: unknown = where[key as keyof typeof where];
    const part = key === "or" || key === "and"
      ? listSql(plan, key, value, params)
      : key === "not"
      ? `NOT (${innerSql(plan, key, value, params)})`
      : columnSql(plan.column(key), value, plan, params);
    sql = sql === "" ? part : `${sql} AND ${part}`;
  }
  return sql;
}

/** An empty object would be true of every row, so inside of others it is refused. */
function innerSql(
  plan: TablePlan,
  key: string,
  where: unknown,
  params: SqlValue[],
): string {
  // conditionSql() checks what it is given.
  const sql = conditionSql(plan, where as object, params);
  if (sql === "") throw refuse(key, "an object in it is empty");
  return sql;
}

function listSql(
  plan: TablePlan,
  key: "or" | "and",
  list: unknown,
  params: SqlValue[],
): string {
  if (!Array.isArray(list)) {
    throw refuse(key, `got ${describe(list)}, want an array`);
  }
  if (list.length === 0) throw refuse(key, "the array is empty");
  const parts = list.map((where) => innerSql(plan, key, where, params));
  return `(${parts.join(key === "or" ? " OR " : " AND ")})`;
}

function columnSql(
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
    throw refuse(property, 'a JSON column knows null and "isNull" only');
  }
  if (operator === "in" || operator === "notIn") {
    return inSql(column, operator, operand, plan, params);
  }
  if (operator === "between") return betweenSql(column, operand, params);
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
  if (operator === "like") {
    if (!TEXTS.includes(codec.kind)) {
      throw refuse(property, '"like" is for text');
    }
    // A pattern need not be a value that the column may have.
    params.push(textCodec.encode(operand, property));
    return `${path} ${comparison} ?`;
  }
  params.push(codec.encode(operand, property));
  return operator === "eq" ? column.isEqual : `${path} ${comparison} ?`;
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
  { codec, path, property }: ColumnPlan,
  operator: "in" | "notIn",
  operand: unknown,
  plan: TablePlan,
  params: SqlValue[],
): string {
  if (!Array.isArray(operand)) {
    throw refuse(property, `"${operator}" wants an array`);
  }
  const not = operator === "in" ? "" : "NOT ";
  const values = operand.map((value) => codec.encode(value, property));
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

/** JSON with integers of 64 bits in full, and bytes as hexadecimal text. */
function jsonList(values: readonly SqlValue[]): string {
  const items = values.map((value) =>
    value instanceof Uint8Array
      ? `"${value.toHex()}"`
      : typeof value === "string"
      ? JSON.stringify(value)
      : String(value)
  );
  return `[${items.join(",")}]`;
}
