// Copyright 2026 the Gee authors. MIT license.

import type { Columns, InsertRow, Row } from "../schema/table.ts";
import type { ConflictAction } from "./conflict.ts";
import type { InsertResult } from "./insert.ts";
import type { Expression, Refs, TypeOf } from "./expression.ts";
import type { Changes, ChangesBy } from "./update_set.ts";

/**
 * Inserts rows.
 *
 * @typeParam C The table's columns.
 * @typeParam Result What is told of them.
 */
export interface Inserts<C extends Columns, Result> {
  /**
   * Inserts rows, all or none. None is no mistake.
   *
   * @param rows The rows. A column left out gets its default, or `null`.
   * @throws {TypeError} When a column is unknown or missing, or a value does
   * not fit.
   */
  insert(...rows: readonly InsertRow<C>[]): Promise<Result>;
}

/**
 * Inserts rows whose keys may be there already, for how many were inserted or
 * updated, or for the rows.
 *
 * @typeParam C The table's columns.
 */
export interface ConflictInserts<C extends Columns> extends Inserts<C, number> {
  /** Makes it return the rows that were inserted or updated, as they are stored. */
  returning(): Inserts<C, Row<C>[]>;
  /**
   * The same with some columns of them.
   *
   * @typeParam K The columns.
   * @param columns The columns.
   * @throws {TypeError} When a column is unknown.
   */
  returning<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Inserts<C, Pick<Row<C>, K>[]>;
  /**
   * The same with expressions.
   *
   * @typeParam S The expressions by property.
   * @param select Makes the expressions of the columns.
   * @throws {TypeError} When one is no expression or there are none.
   */
  returning<S extends Readonly<Record<string, Expression<unknown>>>>(
    select: (row: Refs<C>) => S,
  ): Inserts<C, { [K in keyof S]: TypeOf<S[K]> }[]>;
}

/**
 * Everything that writes, for the rows that it wrote, as they are stored.
 *
 * @typeParam C The table's columns.
 * @typeParam Out What is returned of each row.
 */
export interface Writes<C extends Columns, Out> extends Inserts<C, Out[]> {
  /**
   * Makes inserts of rows whose keys may be there already.
   *
   * @param keys The columns whose values no two rows may have in common.
   * @param action What to do with a row that has the keys of another.
   * @throws {TypeError} As `Query.onConflict()` does.
   */
  onConflict(
    keys: keyof C & string | readonly (keyof C & string)[],
    action: ConflictAction<C>,
  ): Inserts<C, Out[]>;
  /**
   * Inserts rows, or updates those whose primary key is there.
   *
   * @param rows The rows.
   * @throws {TypeError} As `Query.upsert()` does.
   */
  upsert(...rows: readonly InsertRow<C>[]): Promise<Out[]>;
  /**
   * Updates the rows.
   *
   * @param changes The new values by column, or what makes them of the columns.
   * @throws {TypeError} As `Query.update()` does.
   * @throws {ConflictError} As `Query.update()` does.
   */
  update(changes: Changes<C> | ChangesBy<C>): Promise<Out[]>;
  /**
   * Deletes the rows, or marks them as deleted.
   *
   * @throws {TypeError} As `Query.delete()` does.
   * @throws {ConflictError} As `Query.delete()` does.
   */
  delete(): Promise<Out[]>;
  /**
   * Deletes the rows for good.
   *
   * @throws {TypeError} As `Query.hardDelete()` does.
   * @throws {ConflictError} As `Query.hardDelete()` does.
   */
  hardDelete(): Promise<Out[]>;
}

/**
 * What a query writes to its table, for how many rows there were.
 *
 * @typeParam C The table's columns.
 */
export interface TableWrites<C extends Columns> {
  /**
   * Inserts rows into the table, all or none. None is no mistake.
   *
   * @param rows The rows. A column left out gets its default, or `null`.
   * @returns How many rows there were, and the key of the last.
   * @throws {TypeError} When a column is unknown or missing, a value does not
   * fit, or the query says which rows.
   */
  insert(...rows: readonly InsertRow<C>[]): Promise<InsertResult>;
  /**
   * Inserts rows, or updates those whose primary key is there already: they get
   * the values that the rows name, and keep the others. The version rises, a
   * column of `updatedAt()` is set, and a row that is softly deleted is no longer.
   *
   * @param rows The rows.
   * @returns How many rows were inserted or updated.
   * @throws {TypeError} As `insert()` does, and when there is no primary key.
   */
  upsert(...rows: readonly InsertRow<C>[]): Promise<number>;
  /**
   * Makes inserts of rows whose keys may be there already: `"ignore"` leaves the
   * row that is there as it is, `"update"` does what `upsert()` does, and `set`
   * says what to change.
   *
   * @param keys The columns whose values no two rows may have in common: the
   * primary key, or those of `unique`.
   * @param action What to do with a row that has the keys of another.
   * @returns What inserts.
   * @throws {TypeError} When a column or the action is unknown, or what is set is
   * refused by `update()` too.
   */
  onConflict(
    keys: keyof C & string | readonly (keyof C & string)[],
    action: ConflictAction<C>,
  ): ConflictInserts<C>;
  /**
   * Makes what writes return the rows that it wrote, as they are stored. Deleted
   * rows are as they were, softly deleted ones as they are then.
   *
   * @returns What writes.
   */
  returning(): Writes<C, Row<C>>;
  /**
   * The same with some columns of them.
   *
   * @typeParam K The columns.
   * @param columns The columns.
   * @returns What writes.
   * @throws {TypeError} When a column is unknown.
   */
  returning<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Writes<C, Pick<Row<C>, K>>;
  /**
   * The same with expressions.
   *
   * @typeParam S The expressions by property.
   * @param select Makes the expressions of the columns.
   * @returns What writes.
   * @throws {TypeError} When one is no expression or there are none.
   */
  returning<S extends Readonly<Record<string, Expression<unknown>>>>(
    select: (row: Refs<C>) => S,
  ): Writes<C, { [K in keyof S]: TypeOf<S[K]> }>;
  /**
   * Updates the rows. A column of `updatedAt()` is set and one of `version()`
   * rises by itself.
   *
   * @param changes The new values by column, or SQL in their place, or a
   * function that makes them of the columns.
   * @returns How many rows there were.
   * @throws {TypeError} When there is no condition, or no change, or a value
   * does not fit, or is for a generated column or for the version.
   * @throws {ConflictError} When a condition names one version, as
   * `{ id, version }` does, and there is no such row.
   */
  update(changes: Changes<C> | ChangesBy<C>): Promise<number>;
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
