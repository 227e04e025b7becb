// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { describe } from "../schema/codecs.ts";
import type { Columns } from "../schema/table.ts";
import type { Refs } from "./expression.ts";
import type { JoinedRefs, Joins } from "./joined_columns.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import { isSql, type Sql } from "./sql_template.ts";

/**
 * What rows are ordered by: a column, `"-age"` for a descending one, or either
 * or SQL with more to say.
 *
 * @typeParam C The table's columns.
 * @typeParam J The columns of the joined tables.
 */
export type OrderKey<C extends Columns, J extends Joins> =
  | (keyof C & string)
  | `-${keyof C & string}`
  | OrderOptions<C, J>;

/**
 * How rows are ordered by one value.
 *
 * @typeParam C The table's columns.
 * @typeParam J The columns of the joined tables.
 */
export interface OrderOptions<C extends Columns, J extends Joins> {
  /** The value: a column, SQL, or a function that makes it of columns. */
  readonly by:
    | (keyof C & string)
    | Sql
    | ((self: Refs<C>, joined: JoinedRefs<J>) => Sql);
  /**
   * Whether the greatest comes first.
   *
   * @default {false}
   */
  readonly descending?: boolean;
  /**
   * Where rows without a value come.
   *
   * @default {"first" where the least comes first, else "last"}
   */
  readonly nulls?: "first" | "last";
}

/** One value of an order. */
export interface OrderTerm extends SqlText {
  /** The column, if it is one of the query's own table. */
  readonly column: ColumnPlan | undefined;
  readonly isDescending: boolean;
  readonly isNullsFirst: boolean;
}

/** The term of a column, ascending or not. */
export function columnTerm(
  column: ColumnPlan,
  isDescending: boolean,
): OrderTerm {
  return {
    sql: column.path,
    params: [],
    column,
    isDescending,
    isNullsFirst: !isDescending,
  };
}

/** The term of a key. */
export function orderTerm(
  plan: TablePlan,
  key: unknown,
  write: (piece: unknown) => SqlText,
): OrderTerm {
  if (typeof key === "string") {
    return key.startsWith("-")
      ? columnTerm(plan.column(key.slice(1)), true)
      : columnTerm(plan.column(key), false);
  }
  if (typeof key !== "object" || key === null || isSql(key)) {
    throw new TypeError(
      `Cannot order rows: got ${describe(key)}, want a column or { by }`,
    );
  }
  // Every member is looked at below.
  const { by, descending = false, nulls, ...rest } = key as Record<
    string,
    unknown
  >;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot order rows: unknown option "${unknown}", want by, descending or nulls`,
    );
  }
  if (typeof descending !== "boolean") {
    throw new TypeError(
      `Cannot order rows: "descending" is ${
        describe(descending)
      }, want true or false`,
    );
  }
  if (nulls !== undefined && nulls !== "first" && nulls !== "last") {
    throw new TypeError(
      `Cannot order rows: "nulls" is ${
        describe(nulls)
      }, want "first" or "last"`,
    );
  }
  const column = typeof by === "string" ? plan.column(by) : undefined;
  const { sql, params } = column === undefined
    ? write(by)
    : { sql: column.path, params: [] };
  const isNullsFirst = nulls === undefined ? !descending : nulls === "first";
  return { sql, params, column, isDescending: descending, isNullsFirst };
}

/** The same order from its end. */
export function reversed<T extends OrderTerm>(terms: readonly T[]): T[] {
  return terms.map((term) => ({
    ...term,
    isDescending: !term.isDescending,
    isNullsFirst: !term.isNullsFirst,
  }));
}

/** The text behind ORDER BY. */
export function orderText(terms: readonly OrderTerm[]): string {
  return terms.map(({ sql, isDescending, isNullsFirst }) => {
    const text = isDescending ? `${sql} DESC` : sql;
    // SQLite's own order of NULL needs no word, and can use an index.
    if (isNullsFirst !== isDescending) return text;
    return `${text} NULLS ${isNullsFirst ? "FIRST" : "LAST"}`;
  }).join(", ");
}

/** The values in the text behind ORDER BY. */
export function orderParams(terms: readonly OrderTerm[]): SqlValue[] {
  return terms.flatMap(({ params }) => [...params]);
}
