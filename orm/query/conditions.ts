// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { describe } from "../schema/codecs.ts";
import type { Columns, ValueOf } from "../schema/table.ts";
import type { JsonOperators } from "./json_path.ts";
import { columnSql, type Operators, refuse } from "./operators.ts";
import type { TablePlan } from "./plan.ts";

/**
 * A value, or operators with theirs. JSON is compared by the values in it.
 *
 * @typeParam V The type of the column's values.
 */
export type Condition<V> = V extends
  string | number | bigint | boolean | Date | Uint8Array | null
  ? V | Operators<V>
  : JsonOperators;

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

// Parsers of SQL have a stack of about 100; parsed JSON may be far deeper.
const MAX_DEPTH = 20;
// SQLite plans as long as the square of their number.
const MAX_CONDITIONS = 1000;
// It takes a row of ANDs or ORs for a tree as deep as it is long, and up to
// 1,000 of that, with what is around it.
const MAX_WIDTH = 100;

/** Where an object of conditions stands in others. */
interface Nesting {
  readonly depth: number;
  /** How many objects there are so far, for all of them. */
  readonly objects: { count: number };
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
  nesting?: Nesting,
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
      ? listSql(plan, key, value, params, nesting)
      : key === "not"
      ? `NOT (${innerSql(plan, key, value, params, nesting)})`
      : columnSql(plan.column(key), value, plan, params);
    sql = sql === "" ? part : `${sql} AND ${part}`;
  }
  if (sql === "") checkEmpty(where);
  return sql;
}

/** A promise, a query or a map shows no properties, and means other rows than all. */
function checkEmpty(where: object): void {
  const prototype: unknown = Object.getPrototypeOf(where);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  throw new TypeError(
    `Cannot use condition: got ${describe(where)}, want an object or SQL`,
  );
}

/** An empty object would be true of every row, so inside of others it is refused. */
function innerSql(
  plan: TablePlan,
  key: string,
  where: unknown,
  params: SqlValue[],
  nesting: Nesting | undefined,
): string {
  const { depth, objects } = nesting ?? { depth: 0, objects: { count: 0 } };
  if (depth === MAX_DEPTH) {
    throw refuse(key, `it is more than ${MAX_DEPTH} deep`);
  }
  if (++objects.count > MAX_CONDITIONS) {
    throw refuse(
      key,
      `there are more than ${MAX_CONDITIONS} objects in it, want "in" for many values`,
    );
  }
  // conditionSql() checks what it is given.
  const sql = conditionSql(plan, where as object, params, {
    depth: depth + 1,
    objects,
  });
  if (sql === "") throw refuse(key, "an object in it is empty");
  return sql;
}

function listSql(
  plan: TablePlan,
  key: "or" | "and",
  list: unknown,
  params: SqlValue[],
  nesting: Nesting | undefined,
): string {
  if (!Array.isArray(list)) {
    throw refuse(key, `got ${describe(list)}, want an array`);
  }
  if (list.length === 0) throw refuse(key, "the array is empty");
  const all = nesting ?? { depth: 0, objects: { count: 0 } };
  // Not by map(), which passes holes over.
  const parts = Array.from(
    list,
    (where) => innerSql(plan, key, where, params, all),
  );
  if (params.length > plan.dialect.maxParams) {
    throw new RangeError(
      `Cannot use condition on "${key}": ${params.length} values, want at most ${plan.dialect.maxParams}`,
    );
  }
  return joined(parts, key === "or" ? " OR " : " AND ");
}

/** Joins conditions, many of them in groups, and those in groups again. */
function joined(parts: readonly string[], word: string): string {
  if (parts.length <= MAX_WIDTH) return `(${parts.join(word)})`;
  const groups: string[] = [];
  for (let start = 0; start < parts.length; start += MAX_WIDTH) {
    groups.push(`(${parts.slice(start, start + MAX_WIDTH).join(word)})`);
  }
  return joined(groups, word);
}
