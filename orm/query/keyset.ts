// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { describe } from "../schema/codecs.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { columnTerm, type OrderTerm, orderText } from "./order.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";

/** Where a page begins or ends. */
export interface Page {
  /** The cursor; the very first or last row when there is none. */
  readonly cursor: string | null;
  readonly isBefore: boolean;
}

/** A term that has a column, which the row next to the page has a value of. */
interface KeyTerm extends OrderTerm {
  readonly column: ColumnPlan;
}

/**
 * The order of a query that is read in pages: its own and then the primary key,
 * so that no two rows are equal.
 */
export function pageTerms(
  plan: TablePlan,
  terms: readonly OrderTerm[],
): KeyTerm[] {
  const { primaryKey, name } = plan.table;
  if (primaryKey.length === 0) {
    throw new TypeError(
      `Cannot read pages of table "${name}": it has no primary key`,
    );
  }
  const result = terms.map((term): KeyTerm => {
    const { column } = term;
    if (column !== undefined) return { ...term, column };
    throw new TypeError(
      `Cannot read pages of table "${name}": its order is by an expression, want columns`,
    );
  });
  for (const property of primaryKey) {
    const column = plan.column(property);
    if (result.some((term) => term.column === column)) continue;
    // One direction for all lets an index and a row value serve the condition.
    const isDescending = terms.at(-1)?.isDescending ?? false;
    result.push({ ...columnTerm(column, isDescending), column });
  }
  return result;
}

/** The text that stands for a row's place in the order. */
export function cursorOf(
  plan: TablePlan,
  terms: readonly OrderTerm[],
  row: unknown,
): string {
  if (typeof row !== "object" || row === null) {
    throw new TypeError(`Cannot make cursor: got ${describe(row)}, want a row`);
  }
  const keys = pageTerms(plan, terms);
  const values = keys.map(({ column: { property, codec } }) => {
    const value: unknown = Object.hasOwn(row, property)
      ? row[property as keyof typeof row]
      : undefined;
    if (value === undefined) {
      throw new TypeError(
        `Cannot make cursor: the row has no "${property}", which the order needs`,
      );
    }
    return value === null ? null : codec.encode(value, property);
  });
  return encodeCursor(orderText(keys), values);
}

/** The values of the row that a cursor stands for. */
export function cursorValues(
  keys: readonly KeyTerm[],
  cursor: string,
): SqlValue[] {
  const values = decodeCursor(orderText(keys), cursor);
  return keys.map(({ column: { property, codec, definition } }, index) => {
    const value = values[index] ?? null;
    try {
      if (value !== null) {
        return codec.encode(codec.decode(value, property), property);
      }
      if (definition.isNullable) return null;
    } catch (cause) {
      throw new TypeError(
        `Cannot use cursor: its value of "${property}" does not fit`,
        { cause },
      );
    }
    throw new TypeError(`Cannot use cursor: it has no value of "${property}"`);
  });
}

/** That a row comes after the one of these values. */
export function afterSql(
  keys: readonly KeyTerm[],
  values: readonly SqlValue[],
): SqlText {
  const isDescending = keys[0]?.isDescending;
  const isUniform = keys.every((key) =>
    key.isDescending === isDescending && !key.column.definition.isNullable
  );
  if (!isUniform) return afterFrom(keys, values, 0);
  // One comparison of row values, which an index serves.
  const names = keys.map(({ sql }) => sql).join(", ");
  const places = keys.map(() => "?").join(", ");
  return {
    sql: `(${names}) ${isDescending ? "<" : ">"} (${places})`,
    params: values,
  };
}

/** The same for values of any order: later by the first, or equal and so on. */
function afterFrom(
  keys: readonly KeyTerm[],
  values: readonly SqlValue[],
  index: number,
): SqlText {
  const key = keys[index];
  // Past the last, rows are equal, and so none is later.
  if (key === undefined) return { sql: "0", params: [] };
  const { sql, isDescending, isNullsFirst, column } = key;
  const value = values[index] ?? null;
  const rest = afterFrom(keys, values, index + 1);
  if (value === null) {
    const same = `${sql} IS NULL AND ${rest.sql}`;
    const later = isNullsFirst ? `${sql} IS NOT NULL OR ` : "";
    return { sql: `(${later}${same})`, params: rest.params };
  }
  const later = `${sql} ${isDescending ? "<" : ">"} ?`;
  const nulls = !isNullsFirst && column.definition.isNullable
    ? ` OR ${sql} IS NULL`
    : "";
  return {
    sql: `(${later}${nulls} OR ${sql} = ? AND ${rest.sql})`,
    params: [value, value, ...rest.params],
  };
}
