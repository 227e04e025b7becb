// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { SelectText } from "./selectable.ts";
import type { Selection } from "./selections.ts";
import { checkPaged } from "./bounds.ts";
import { sourcesOf } from "./join.ts";
import { afterSql, cursorValues, pageTerms } from "./keyset.ts";
import { orderParams, orderText, reversed } from "./order.ts";
import type { OrderTerm } from "./order.ts";
import type { TablePlan } from "./plan.ts";
import {
  type Join,
  type MoreState,
  NO_MORE,
  type QueryState,
  WITH_DELETED,
} from "./query_state.ts";

/** The conditions of a query, with those of its table. */
export function whereText(
  plan: TablePlan,
  { where, flags }: QueryState,
): string {
  return plan.softDelete === undefined || (flags & WITH_DELETED) !== 0
    ? where
    : plan.aliveText(where);
}

/** Whether a query is on one table alone, in no more than order and limits. */
export function isPlain(plan: TablePlan, { more }: QueryState): boolean {
  return more === NO_MORE && plan.derived === undefined;
}

/** The text that reads what a query selects. */
export function selectText(
  plan: TablePlan,
  state: QueryState,
  limit: number | undefined,
): SqlText {
  if (isPlain(plan, state) && state.selection.params.length === 0) {
    return tail(plan, state.selection.sql, state, limit);
  }
  return new SelectWriter(plan, state).write(limit);
}

/** The same columns, which are called as the properties that they are of. */
function named(
  { dialect, from }: TablePlan,
  selection: Selection,
): Selection {
  const list = selection.items.map((item, index) =>
    // There is a cell for each item.
    `${item} AS ${dialect.quote(selection.cells[index]?.property ?? "")}`
  ).join(", ");
  return { ...selection, list, sql: `SELECT ${list} FROM ${from}` };
}

/**
 * What another query has to know to have this one inside of it.
 *
 * @param isNamed Whether its columns are read by the names of the properties.
 */
export function innerText(
  plan: TablePlan,
  state: QueryState,
  isNamed: boolean,
): SelectText {
  const { order, limit, offset, more, selection } = state;
  if (more.relations.length > 0) {
    throw new TypeError(
      `Cannot use query of ${plan.name} inside of another: with() reads rows of their own`,
    );
  }
  const isBare = order === "" && limit === undefined && offset === undefined &&
    more.page === undefined &&
    sourcesOf(plan, state).every(({ derived }) =>
      derived?.statement === undefined || derived.isInline
    );
  const inner = isNamed
    ? { ...state, selection: named(plan, selection) }
    : state;
  const text = selectText(plan, inner, limit);
  return { ...text, cells: selection.cells, isBare };
}

/** A head with the query's conditions, order and limits. */
function tail(
  plan: TablePlan,
  head: string,
  state: QueryState,
  limit: number | undefined,
): SqlText {
  const { order, offset, params } = state;
  const where = whereText(plan, state);
  if (limit === 1 && order === "" && offset === undefined) {
    return { sql: plan.firstText(head, where), params };
  }
  let sql = plan.text(head, where);
  if (order !== "") sql = `${sql} ORDER BY ${order}`;
  if (offset !== undefined) {
    // SQLite knows no OFFSET without LIMIT; a negative one is none.
    return {
      sql: `${sql} LIMIT ? OFFSET ?`,
      params: [...params, limit ?? -1, offset],
    };
  }
  if (limit === undefined) return { sql, params };
  // The commonest limit is part of the text: no value to bind for first().
  if (limit === 1) return { sql: `${sql} LIMIT 1`, params };
  return { sql: `${sql} LIMIT ?`, params: [...params, limit] };
}

/** Writes a query part by part; values stand in the order of the text. */
class SelectWriter {
  readonly #plan: TablePlan;
  readonly #state: QueryState;
  readonly #more: MoreState;
  readonly #params: SqlValue[] = [];

  constructor(plan: TablePlan, state: QueryState) {
    this.#plan = plan;
    this.#state = state;
    this.#more = state.more;
  }

  write(limit: number | undefined): SqlText {
    const { selection } = this.#state;
    const { isDistinct, joins } = this.#more;
    let sql = `${this.#with()}SELECT ${isDistinct ? "DISTINCT " : ""}`;
    sql += this.#add({ sql: selection.list, params: selection.params });
    sql += ` FROM ${this.#from(this.#plan)}`;
    for (const join of joins) sql += this.#join(join);
    const { terms, after } = this.#page();
    const where = [this.#where(), after === undefined ? "" : this.#add(after)]
      .filter((part) => part !== "").join(" AND ");
    if (where !== "") sql += ` WHERE ${where}`;
    const { group, having } = this.#more;
    if (group.sql !== "") sql += ` GROUP BY ${this.#add(group)}`;
    if (having.sql !== "") sql += ` HAVING ${this.#add(having)}`;
    const order = { sql: orderText(terms), params: orderParams(terms) };
    if (order.sql !== "") sql += ` ORDER BY ${this.#add(order)}`;
    return { sql: sql + this.#limits(limit), params: this.#params };
  }

  #add({ sql, params }: SqlText): string {
    for (const value of params) this.#params.push(value);
    return sql;
  }

  /** The derived tables of the query, each of them once. */
  #with(): string {
    const derived = new Map<string, TablePlan>();
    for (const plan of sourcesOf(this.#plan, this.#state)) {
      const { statement, isInline = true } = plan.derived ?? {};
      if (statement === undefined || isInline) continue;
      const known = derived.get(plan.name);
      if (known === undefined) derived.set(plan.name, plan);
      else if (known.derived !== plan.derived) {
        throw new TypeError(
          `Cannot read two derived tables by the name ${plan.name}`,
        );
      }
    }
    let isRecursive = false;
    const parts = [...derived].map(([name, { derived, dialect }]) => {
      const { statement, properties = [] } = derived ?? {};
      isRecursive ||= derived?.isRecursive ?? false;
      const columns = properties.map((property) => dialect.quote(property));
      const inner = this.#add(statement ?? { sql: "", params: [] });
      return `${name}(${columns.join(", ")}) AS (${inner})`;
    });
    if (parts.length === 0) return "";
    return `WITH ${isRecursive ? "RECURSIVE " : ""}${parts.join(", ")} `;
  }

  #from({ derived, from, alias, dialect }: TablePlan): string {
    if (derived?.statement === undefined || !derived.isInline) return from;
    return `(${this.#add(derived.statement)}) AS ${dialect.quote(alias)}`;
  }

  #join({ kind, plan, from, on, alive }: Join): string {
    const table = plan === undefined ? from : this.#from(plan);
    // Here, not behind WHERE, where it would drop rows without a joined one.
    const isAll = alive === "" || (this.#state.flags & WITH_DELETED) !== 0;
    const condition = this.#add(on);
    return ` ${kind} ${table} ON ${
      isAll ? condition : `${condition} AND ${alive}`
    }`;
  }

  #where(): string {
    const sql = whereText(this.#plan, this.#state);
    return this.#add({ sql, params: this.#state.params });
  }

  #page(): {
    readonly terms: readonly OrderTerm[];
    readonly after?: SqlText;
  } {
    const { page } = this.#more;
    const { terms } = this.#state;
    if (page === undefined) return { terms };
    const keys = pageTerms(this.#plan, terms);
    checkPaged(this.#plan, this.#state);
    const { cursor, isBefore } = page;
    const values = cursor === null ? undefined : cursorValues(keys, cursor);
    // What comes before comes after in the order from the end.
    const read = isBefore ? reversed(keys) : keys;
    return values === undefined
      ? { terms: read }
      : { terms: read, after: afterSql(read, values) };
  }

  #limits(limit: number | undefined): string {
    const { offset } = this.#state;
    if (limit === undefined && offset === undefined) return "";
    this.#params.push(limit ?? -1);
    if (offset === undefined) return " LIMIT ?";
    this.#params.push(offset);
    return " LIMIT ? OFFSET ?";
  }
}
