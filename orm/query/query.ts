// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/driver.ts";
import type { Executor } from "../executor.ts";
import type { Changes, Columns, Row } from "../schema/table.ts";
import { conditionSql, type Where } from "./conditions.ts";
import type { Selection, TablePlan } from "./plan.ts";
import type { SqlChecker, SqlParam } from "./sql.ts";

/**
 * A query on one table. It is a value: every method that narrows it returns
 * another one, so it may be kept, shared and run again.
 *
 * @typeParam C The table's columns.
 * @typeParam Out The rows it returns.
 */
export interface Query<C extends Columns, Out> {
  /**
   * Adds conditions, which rows have to meet together with those before. A
   * value from outside belongs into `{ eq: value }`, where an object in its
   * place is refused and not taken for operators.
   *
   * @param conditions Conditions by column.
   * @throws {TypeError} When a column or operator is unknown or a value does
   * not fit, `undefined` included.
   */
  where(conditions: Where<C>): Query<C, Out>;
  /**
   * Adds a condition in SQL.
   *
   * @param sql The condition, with a `?` for each value.
   * @param params The values.
   * @throws {TypeError} When there are more or fewer values than placeholders.
   */
  where(sql: string, ...params: readonly SqlParam[]): Query<C, Out>;
  /**
   * Sets the order.
   *
   * @param keys Columns, the most important first; `"-age"` is descending.
   * @throws {TypeError} When a column is unknown.
   */
  orderBy(
    ...keys: readonly ((keyof C & string) | `-${keyof C & string}`)[]
  ): Query<C, Out>;
  /**
   * Sets how many rows to return at most.
   *
   * @param count How many.
   * @throws {RangeError} When it is not a whole number from 0.
   */
  limit(count: number): Query<C, Out>;
  /**
   * Sets how many rows to leave out first.
   *
   * @param count How many.
   * @throws {RangeError} When it is not a whole number from 0.
   */
  offset(count: number): Query<C, Out>;
  /**
   * Sets which columns to return.
   *
   * @typeParam K The columns.
   * @param columns The columns.
   * @throws {TypeError} When a column is unknown or there are none.
   */
  select<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Query<C, Pick<Row<C>, K>>;
  /** Lets an update or a delete without conditions have every row. */
  all(): Query<C, Out>;
  /** Returns the rows. */
  find(): Promise<Out[]>;
  /** Returns the first row, or `undefined` when there is none. */
  first(): Promise<Out | undefined>;
  /** Returns how many rows there are. */
  count(): Promise<number>;
  /** Returns whether there is a row. */
  exists(): Promise<boolean>;
  /**
   * Updates the rows.
   *
   * @param changes The new values by column.
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition, or no change, or a value
   * does not fit.
   */
  update(changes: Changes<C>): Promise<number>;
  /**
   * Deletes the rows.
   *
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition.
   */
  delete(): Promise<number>;
}

interface QueryState {
  readonly selection: Selection;
  readonly where: string;
  readonly params: readonly SqlValue[];
  readonly order: string;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  readonly isAll: boolean;
}

/** What a query runs with. */
export interface QueryContext {
  readonly executor: Executor;
  readonly checker: SqlChecker;
}

const NO_PARAMS: readonly SqlValue[] = [];

function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(
    `Cannot set ${name}: got ${String(count)}, want a whole number from 0`,
  );
}

/** The query on every row of a table. */
export function query<C extends Columns>(
  context: QueryContext,
  plan: TablePlan,
): Query<C, Row<C>> {
  return new TableQuery(context, plan, {
    selection: plan.selection(),
    where: "",
    params: NO_PARAMS,
    order: "",
    limit: undefined,
    offset: undefined,
    isAll: false,
  });
}

class TableQuery<C extends Columns, Out> implements Query<C, Out> {
  readonly #context: QueryContext;
  readonly #plan: TablePlan;
  readonly #state: QueryState;

  constructor(context: QueryContext, plan: TablePlan, state: QueryState) {
    this.#context = context;
    this.#plan = plan;
    this.#state = state;
  }

  #with(change: Partial<QueryState>): TableQuery<C, Out> {
    return new TableQuery(this.#context, this.#plan, {
      ...this.#state,
      ...change,
    });
  }

  where(
    condition: Where<C> | string,
    ...values: readonly SqlParam[]
  ): Query<C, Out> {
    const { where, params } = this.#state;
    let added: SqlValue[] = [];
    let sql: string;
    if (typeof condition === "string") {
      added = this.#context.checker.condition(condition, values);
      // The line break ends a comment at the condition's end.
      sql = `(${condition}\n)`;
    } else {
      sql = conditionSql(this.#plan, condition, added);
      if (sql === "") return this;
    }
    if (where === "") return this.#with({ where: sql, params: added });
    return this.#with({
      where: `${where} AND ${sql}`,
      params: [...params, ...added],
    });
  }

  orderBy(...keys: readonly string[]): Query<C, Out> {
    const order = keys.map((key) =>
      key.startsWith("-")
        ? `${this.#plan.column(key.slice(1)).path} DESC`
        : this.#plan.column(key).path
    ).join(", ");
    return this.#with({ order });
  }

  limit(count: number): Query<C, Out> {
    checkCount("limit", count);
    return this.#with({ limit: count });
  }

  offset(count: number): Query<C, Out> {
    checkCount("offset", count);
    return this.#with({ offset: count });
  }

  select<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Query<C, Pick<Row<C>, K>> {
    if (columns.length === 0) {
      throw new TypeError("Cannot select columns: got none, want one at least");
    }
    const selection = this.#plan.selection(columns);
    return new TableQuery(this.#context, this.#plan, {
      ...this.#state,
      selection,
    });
  }

  all(): Query<C, Out> {
    return this.#with({ isAll: true });
  }

  async find(): Promise<Out[]> {
    const { selection, limit } = this.#state;
    const { sql, params } = this.#tail(selection.sql, limit);
    const pending = this.#context.executor.read((channel) =>
      channel.all(sql, params, selection)
    );
    const rows = pending instanceof Promise ? await pending : pending;
    // The hydrator makes what the selection is typed as; rows are turned in
    // place, for there may be many.
    const result = rows as unknown[];
    for (let index = 0; index < rows.length; index++) {
      result[index] = selection.hydrate(rows[index]!); // within the loop's bounds
    }
    return result as Out[];
  }

  async first(): Promise<Out | undefined> {
    const { selection, limit } = this.#state;
    const { sql, params } = this.#tail(
      selection.sql,
      limit === undefined ? 1 : Math.min(limit, 1),
    );
    const pending = this.#context.executor.read((channel) =>
      channel.get(sql, params, selection)
    );
    const row = pending instanceof Promise ? await pending : pending;
    // As in find().
    return row === undefined ? undefined : selection.hydrate(row) as Out;
  }

  async count(): Promise<number> {
    const { limit, offset } = this.#state;
    const isCut = limit !== undefined || offset !== undefined;
    const { sql, params } = isCut
      ? this.#tail(`SELECT 1 FROM ${this.#plan.name}`, limit)
      : this.#matching(`SELECT count(*) FROM ${this.#plan.name}`);
    const row = await this.#context.executor.read((channel) =>
      channel.get(
        isCut ? `SELECT count(*) FROM (${sql})` : sql,
        params,
      )
    );
    return Number(row?.[0]);
  }

  async exists(): Promise<boolean> {
    const { limit } = this.#state;
    const { sql, params } = this.#tail(
      `SELECT 1 FROM ${this.#plan.name}`,
      limit === undefined ? 1 : Math.min(limit, 1),
    );
    const row = await this.#context.executor.read((channel) =>
      channel.get(sql, params)
    );
    return row !== undefined;
  }

  async update(changes: Changes<C>): Promise<number> {
    this.#checkBounded("update");
    const set: string[] = [];
    const params: SqlValue[] = [];
    this.#plan.checkKeys(changes);
    // In the table's order, so that the order of the keys makes no new text.
    for (const { property, definition, codec, name } of this.#plan.columns) {
      if (!Object.hasOwn(changes, property)) continue;
      const value: unknown = changes[property];
      if (value === undefined || value === null && !definition.isNullable) {
        throw new TypeError(
          `Cannot update "${property}": got ${value}, want a value`,
        );
      }
      set.push(`${name} = ?`);
      params.push(value === null ? null : codec.encode(value, property));
    }
    if (set.length === 0) {
      throw new TypeError("Cannot update rows: got no change, want one");
    }
    return await this.#change(
      `UPDATE ${this.#plan.name} SET ${set.join(", ")}`,
      params,
    );
  }

  async delete(): Promise<number> {
    this.#checkBounded("delete");
    return await this.#change(`DELETE FROM ${this.#plan.name}`, []);
  }

  async #change(head: string, before: readonly SqlValue[]): Promise<number> {
    const { sql, params } = this.#matching(head);
    const bound = before.length === 0 ? params : [...before, ...params];
    const pending = this.#context.executor.write((channel) =>
      channel.run(sql, bound)
    );
    return (pending instanceof Promise ? await pending : pending).affected;
  }

  #checkBounded(action: "update" | "delete"): void {
    const { where, isAll, order, limit, offset } = this.#state;
    if (where === "" && !isAll) {
      throw new TypeError(
        `Cannot ${action} rows of ${this.#plan.name}: there is no condition, call all() to mean every row`,
      );
    }
    if (order !== "" || limit !== undefined || offset !== undefined) {
      throw new TypeError(
        `Cannot ${action} rows of ${this.#plan.name}: orderBy(), limit() and offset() are for reading`,
      );
    }
  }

  /** The text with its conditions. */
  #matching(head: string): { sql: string; params: readonly SqlValue[] } {
    const { where, params } = this.#state;
    return { sql: where === "" ? head : `${head} WHERE ${where}`, params };
  }

  /** The text with its conditions, order and limits. */
  #tail(
    head: string,
    limit: number | undefined,
  ): { sql: string; params: readonly SqlValue[] } {
    const { order, offset } = this.#state;
    const matching = this.#matching(head);
    const sql = order === ""
      ? matching.sql
      : `${matching.sql} ORDER BY ${order}`;
    if (offset !== undefined) {
      // SQLite knows no OFFSET without LIMIT; a negative one is none.
      const cut = [BigInt(limit ?? -1), BigInt(offset)];
      return {
        sql: `${sql} LIMIT ? OFFSET ?`,
        params: [...matching.params, ...cut],
      };
    }
    if (limit === undefined) return { sql, params: matching.params };
    // The commonest limit is part of the text: no value to bind for first().
    if (limit === 1) return { sql: `${sql} LIMIT 1`, params: matching.params };
    return {
      sql: `${sql} LIMIT ?`,
      params: [...matching.params, BigInt(limit)],
    };
  }
}
