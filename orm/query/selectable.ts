// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { Cell } from "./hydrate.ts";

/** What another query has to know of one that stands inside of it. */
export interface SelectText extends SqlText {
  /** What it returns, in order. */
  readonly cells: readonly Cell[];
  /** Whether it is neither ordered nor cut, so that it can be part of a union. */
  readonly isBare: boolean;
}

/** The key of a query's text. Parsed JSON has no symbols, so it is no query. */
export const SELECT: unique symbol = Symbol("gee.orm.select");

/**
 * A query as another one takes it.
 *
 * @typeParam Out The rows it returns.
 */
export interface Selectable<Out> {
  /** Carries the type of the rows; never set. */
  readonly rowType?: Out;
}

/**
 * A query of one column, as conditions and `subquery()` take it.
 *
 * @typeParam V The type of the column's values.
 */
export type OneColumn<V> = Selectable<Readonly<Record<string, V>>>;

/** Whether a value is a query. */
export function isSelectable(
  value: unknown,
): value is { readonly [SELECT]: () => SelectText } {
  return typeof value === "object" && value !== null && SELECT in value;
}

/** The text of a query. */
export function selectTextOf(query: unknown, action: string): SelectText {
  if (isSelectable(query)) return query[SELECT]();
  throw new TypeError(`Cannot ${action}: want a query made by model()`);
}

/** The text of a query and the one column that it returns. */
export function oneColumnOf(
  query: unknown,
  action: string,
): SelectText & { readonly cell: Cell } {
  const text = selectTextOf(query, action);
  const [cell, ...others] = text.cells;
  if (cell !== undefined && others.length === 0) return { ...text, cell };
  throw new TypeError(
    `Cannot ${action}: the query returns ${text.cells.length} columns, want one, call select()`,
  );
}
