// Copyright 2026 the Gee authors. MIT license.

import type { Changes, Columns, Row } from "../schema/table.ts";
import type { Where } from "./conditions.ts";
import type { SqlParam } from "./sql.ts";
import type { Sql } from "./sql_template.ts";

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
   * Adds a condition made by the tag `sql`.
   *
   * @param sql The condition. A name in it is a property of the table.
   */
  where(sql: Sql): Query<C, Out>;
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
  /** Includes rows that `delete()` has marked as deleted. */
  withDeleted(): Query<C, Out>;
  /** Returns the rows. */
  find(): Promise<Out[]>;
  /** Returns the first row, or `undefined` when there is none. */
  first(): Promise<Out | undefined>;
  /** Returns how many rows there are. */
  count(): Promise<number>;
  /** Returns whether there is a row. */
  exists(): Promise<boolean>;
  /**
   * Updates the rows. A column of `updatedAt()` is set and one of `version()`
   * rises by itself.
   *
   * @param changes The new values by column.
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition, or no change, or a value
   * does not fit, or is for a generated column or for the version.
   * @throws {ConflictError} When a condition names one version, as
   * `{ id, version }` does, and there is no such row.
   */
  update(changes: Changes<C>): Promise<number>;
  /**
   * Deletes the rows. In a table with a column of `softDelete()` it is an
   * update that marks them as deleted, now.
   *
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition.
   * @throws {ConflictError} As `update()` does.
   */
  delete(): Promise<number>;
  /**
   * Deletes the rows for good. Rows that are marked as deleted already are
   * among them after `withDeleted()` only.
   *
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition.
   * @throws {ConflictError} As `update()` does.
   */
  hardDelete(): Promise<number>;
}
