// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { didYouMean } from "../nearest_name.ts";
import { describe } from "../schema/codecs.ts";
import type { Columns } from "../schema/table.ts";
import type { Refs } from "./expression.ts";
import { valueIn } from "./insert_shape.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import type { QueryContext } from "./query_context.ts";
import { isSql, type Sql } from "./sql_template.ts";
import type { Changes } from "./update_set.ts";

/**
 * Makes what a conflict sets of the columns of the row that is there and of the
 * one that could not be inserted.
 *
 * @typeParam C The table's columns.
 */
export type ConflictChangesBy<C extends Columns> = {
  // A method, for queries of any columns compare by them.
  by(row: Refs<C>, excluded: Refs<C>): Changes<C>;
}["by"];

/**
 * How a row is updated that is there already.
 *
 * @typeParam C The table's columns.
 */
export interface ConflictUpdate<C extends Columns> {
  /** What it is set to, or what makes that of the columns of both rows. */
  readonly set: Changes<C> | ConflictChangesBy<C>;
  /**
   * Makes the condition that the row that is there has to meet; others stay as
   * they are.
   *
   * @default {every row}
   */
  where?(row: Refs<C>, excluded: Refs<C>): Sql;
}

/**
 * What an insert does with a row whose keys are there already: it leaves the
 * other as it is, gives it the values that the row names, or does as told.
 *
 * @typeParam C The table's columns.
 */
export type ConflictAction<C extends Columns> =
  | "ignore"
  | "update"
  | ConflictUpdate<C>;

/** What stands behind the values of an insert. */
export interface Conflict {
  /** The text for a row, the same object for all that can share a statement. */
  tail(row: object): SqlText;
}

// Columns of the row that could not be inserted, as SQLite calls them.
const EXCLUDED = "excluded";

/** What an insert into a table does with rows whose keys are there. */
export function conflictOf(
  context: QueryContext,
  plan: TablePlan,
  keys: readonly string[],
  action: unknown,
): Conflict {
  const [first] = keys;
  if (first === undefined) {
    throw new TypeError(
      `Cannot insert into ${plan.name}: got no column to conflict on, want one at least`,
    );
  }
  const columns = keys.map((key) => plan.column(key));
  const head = ` ON CONFLICT (${
    columns.map(({ name }) => name).join(", ")
  }) DO `;
  if (action === "update") return new NamedUpdate(plan, columns, head);
  const tail = action === "ignore"
    ? { sql: `${head}NOTHING`, params: [] }
    : updateText(context, plan, head, action);
  return { tail: () => tail };
}

function updateText(
  { checker }: QueryContext,
  plan: TablePlan,
  head: string,
  action: unknown,
): SqlText {
  const { set, where, ...others } = checkedAction(plan, action);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot insert into ${plan.name}: a conflict knows no ${
        describe(unknown)
      }, want "set" and "where"${didYouMean(unknown, ["set", "where"])}`,
    );
  }
  const refs = [plan.refs, plan.as(EXCLUDED).refs] as const;
  const params: SqlValue[] = [];
  const changes: unknown = typeof set === "function" ? set(...refs) : set;
  let sql = `${head}UPDATE SET ${plan.setSql(changes, params)}`;
  if (where !== undefined) {
    const condition: unknown = typeof where === "function"
      ? where(...refs)
      : where;
    if (!isSql(condition)) {
      throw new TypeError(
        `Cannot use condition: got ${describe(condition)}, want SQL by the tag`,
      );
    }
    const values: SqlValue[] = [];
    const text = plan.write(condition, values);
    checker.condition(text, values);
    for (const value of values) params.push(value);
    sql = `${sql} WHERE (${text}\n)`;
  }
  return { sql, params };
}

function checkedAction(
  { name }: TablePlan,
  action: unknown,
): Readonly<Record<string, unknown>> {
  if (typeof action === "object" && action !== null && "set" in action) {
    return { ...action };
  }
  throw new TypeError(
    `Cannot insert into ${name}: on conflict got ${
      describe(action)
    }, want "ignore", "update" or { set }`,
  );
}

/**
 * Gives the row that is there the values that the other names. What that one
 * leaves out stays, so that no default undoes what somebody has set.
 */
class NamedUpdate implements Conflict {
  readonly #plan: TablePlan;
  readonly #keys: readonly ColumnPlan[];
  readonly #head: string;
  readonly #tails = new Map<string, SqlText>();

  constructor(plan: TablePlan, keys: readonly ColumnPlan[], head: string) {
    this.#plan = plan;
    this.#keys = keys;
    this.#head = head;
  }

  tail(row: object): SqlText {
    const sets = this.#plan.given.filter((column) => this.#isSet(column, row))
      .map(({ name }) => `${name} = ${EXCLUDED}.${name}`);
    const key = sets.join(", ");
    let tail = this.#tails.get(key);
    if (tail === undefined) {
      tail = { sql: `${this.#head}UPDATE SET ${this.#text(sets)}`, params: [] };
      this.#tails.set(key, tail);
    }
    return tail;
  }

  #isSet(column: ColumnPlan, row: object): boolean {
    const { version, softDelete } = this.#plan;
    if (column === version || this.#keys.includes(column)) return false;
    return valueIn(row, column.property) !== undefined ||
      // Inserts give the time to this one, and `null` to that: what is inserted
      // again is no longer deleted.
      column.definition.role === "updatedAt" || column === softDelete;
  }

  #text(sets: readonly string[]): string {
    const { updates, version } = this.#plan;
    const all = version === undefined
      ? [...sets]
      : [...sets, updates.rise(version)];
    // A row of nothing but keys changes nothing, and yet is the one to return.
    for (const { name } of all.length === 0 ? this.#keys : []) {
      all.push(`${name} = ${EXCLUDED}.${name}`);
    }
    return all.join(", ");
  }
}
