// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { Relation } from "../schema/relations.ts";
import type { Page } from "./keyset.ts";
import type { OrderTerm } from "./order.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import type { Selection } from "./selections.ts";

/** What a query has been told so far. */
export interface QueryState {
  readonly selection: Selection;
  readonly where: string;
  readonly params: readonly SqlValue[];
  readonly order: string;
  /** The order in parts, of which `order` is the text. */
  readonly terms: readonly OrderTerm[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Of ALL, WITH_DELETED and VERSIONED, added. */
  readonly flags: number;
  /** What only some queries have: one object, so that others pay nothing. */
  readonly more: MoreState;
}

/** What goes beyond conditions, order and limits on one table. */
export interface MoreState {
  readonly joins: readonly Join[];
  readonly isDistinct: boolean;
  /** The text behind GROUP BY. */
  readonly group: SqlText;
  /** The text behind HAVING. */
  readonly having: SqlText;
  readonly page: Page | undefined;
  readonly relations: readonly EagerRelation[];
}

/** A table that is read beside the query's own. */
export interface Join {
  readonly kind: "JOIN" | "LEFT JOIN";
  /** Its plan; none for what has no columns to name. */
  readonly plan: TablePlan | undefined;
  readonly from: string;
  readonly on: SqlText;
  /** That its row is not deleted, if rows can be. */
  readonly alive: string;
  /** Whether a row may be there several times because of it. */
  readonly isMany: boolean;
}

/** A relation whose rows are read together with a query's. */
export interface EagerRelation {
  /** The property of the rows that it fills. */
  readonly name: string;
  readonly count: Relation["count"];
  /** The columns of the query's table that are matched. */
  readonly fromKey: readonly ColumnPlan[];
  /** The columns that they are matched with. */
  readonly toKey: readonly ColumnPlan[];
  /** The query of the rows, which `toKey` can be a part of. */
  readonly plan: TablePlan;
  readonly state: QueryState;
  /** Reads them with the hooks of their table, if it has any. */
  readonly hooked:
    | ((read: () => Promise<unknown[]>) => Promise<unknown[]>)
    | undefined;
}

// One number, so that they cost a query nothing.
export const ALL = 1;
export const WITH_DELETED = 2;
/** A condition names the version that rows have to have. */
export const VERSIONED = 4;

export const NO_PARAMS: readonly SqlValue[] = [];
const NO_TERMS: readonly OrderTerm[] = [];
const NOTHING: SqlText = { sql: "", params: NO_PARAMS };

export const NO_MORE: MoreState = {
  joins: [],
  isDistinct: false,
  group: NOTHING,
  having: NOTHING,
  page: undefined,
  relations: [],
};

/** The query on every row of a table. */
export function everyRow(plan: TablePlan): QueryState {
  return {
    selection: plan.selection(),
    where: "",
    params: NO_PARAMS,
    order: "",
    terms: NO_TERMS,
    limit: undefined,
    offset: undefined,
    flags: 0,
    more: NO_MORE,
  };
}

/** The same with one condition more. */
export function added(
  state: QueryState,
  sql: string,
  params: readonly SqlValue[],
): QueryState {
  if (state.where === "") return { ...state, where: sql, params };
  return {
    ...state,
    where: `${state.where} AND ${sql}`,
    params: [...state.params, ...params],
  };
}

/** The same with something of what only some queries have. */
export function withMore(
  state: QueryState,
  change: Partial<MoreState>,
): QueryState {
  return { ...state, more: { ...state.more, ...change } };
}
