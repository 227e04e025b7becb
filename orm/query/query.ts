// Copyright 2026 the Gee authors. MIT license.

import type { Relation } from "../schema/relations.ts";
import type { Columns, Row, Table } from "../schema/table.ts";
import type { Where } from "./conditions.ts";
import type { DerivedColumns } from "./derive.ts";
import type { Expression, Refs, TypeOf } from "./expression.ts";
import type { FullText, MatchOptions } from "./full_text.ts";
import type {
  Joined,
  JoinedRefs,
  Joins,
  NoJoins,
  NullableColumns,
} from "./joined_columns.ts";
import type { OrderKey } from "./order.ts";
import type { Results } from "./results.ts";
import type { Selectable } from "./selectable.ts";
import type { SqlParam } from "./sql.ts";
import type { Sql } from "./sql_template.ts";
import type { TableWrites } from "./writes.ts";

/**
 * Expressions by the properties of the rows they make.
 */
export type Selected = Readonly<Record<string, Expression<unknown>>>;

/**
 * A query on one table, and on others joined to it. It is a value: every method
 * that narrows it returns another one, so it may be kept, shared and run again.
 *
 * @typeParam C The table's columns.
 * @typeParam Out The rows it returns.
 * @typeParam J The columns of the joined tables, by alias.
 */
export interface Query<
  C extends Columns,
  Out,
  J extends Joins = NoJoins,
> extends Results<Out>, TableWrites<C> {
  /**
   * Adds a condition in SQL.
   *
   * @param sql The condition, with a `?` for each value.
   * @param params The values.
   * @throws {TypeError} When there are more or fewer values than placeholders.
   */
  where(sql: string, ...params: readonly SqlParam[]): Query<C, Out, J>;
  /**
   * Adds a condition made by the tag `sql`.
   *
   * @param sql The condition. A name in it is a property of the table.
   */
  where(sql: Sql): Query<C, Out, J>;
  /**
   * Adds a condition on columns of the table and of joined ones.
   *
   * @param condition Makes the condition of the columns.
   */
  where(
    condition: (self: Refs<C>, joined: JoinedRefs<J>) => Sql,
  ): Query<C, Out, J>;
  /**
   * Adds conditions, which rows have to meet together with those before. A
   * value from outside belongs into `{ eq: value }`, where an object in its
   * place is refused and not taken for operators.
   *
   * @param conditions Conditions by column.
   * @throws {TypeError} When a column or operator is unknown or a value does
   * not fit, `undefined` included.
   */
  where(conditions: Where<C>): Query<C, Out, J>;
  /**
   * Adds conditions on a joined table, as `where()` does on the query's own.
   *
   * @typeParam A The alias.
   * @param alias The alias it was joined by.
   * @param conditions Conditions by column.
   * @throws {TypeError} As `where()` does, and when nothing was joined by that
   * alias.
   */
  whereJoined<A extends keyof J & string>(
    alias: A,
    conditions: Where<J[A]>,
  ): Query<C, Out, J>;
  /**
   * Sets the order.
   *
   * @param keys What rows are ordered by, the most important first; `"-age"` is
   * descending.
   * @throws {TypeError} When a column is unknown.
   */
  orderBy(...keys: readonly OrderKey<C, J>[]): Query<C, Out, J>;
  /**
   * Sets how many rows to return at most.
   *
   * @param count How many.
   * @throws {RangeError} When it is not a whole number from 0.
   */
  limit(count: number): Query<C, Out, J>;
  /**
   * Sets how many rows to leave out first.
   *
   * @param count How many.
   * @throws {RangeError} When it is not a whole number from 0.
   */
  offset(count: number): Query<C, Out, J>;
  /**
   * Sets that the rows come after another one in the query's order, to which the
   * primary key is added. Unlike `offset()` it costs the same for every page, and
   * no row comes twice or is missed when others are inserted.
   *
   * @param cursor The text by `cursor()` for that row; `null` for the first page.
   * @throws {TypeError} When the query is run: the cursor is of another order,
   * the order is by an expression, or a row of the table may be there several
   * times, by a join with many or in groups other than by its primary key.
   */
  after(cursor: string | null): Query<C, Out, J>;
  /**
   * The same for the rows before another one: with `limit()` the nearest, in the
   * query's order.
   *
   * @param cursor The text by `cursor()` for that row; `null` for the last page.
   * @throws {TypeError} As `after()` does.
   */
  before(cursor: string | null): Query<C, Out, J>;
  /**
   * Sets which columns to return.
   *
   * @typeParam K The columns.
   * @param columns The columns.
   * @throws {TypeError} When a column is unknown, there are none, or `with()` has
   * been called before.
   */
  select<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Query<C, Pick<Row<C>, K>, J>;
  /**
   * Sets which expressions to return: columns of the table and of joined ones,
   * aggregates, `expression()`.
   *
   * @typeParam S The expressions by property.
   * @param select Makes the expressions of the columns.
   * @throws {TypeError} When one is no expression or there are none.
   */
  select<S extends Selected>(
    select: (self: Refs<C>, joined: JoinedRefs<J>) => S,
  ): Query<C, { [K in keyof S]: TypeOf<S[K]> }, J>;
  /** Leaves out rows that are the same as another one. */
  distinct(): Query<C, Out, J>;
  /**
   * Adds a table by a relation that starts from the query's table, or from one
   * that is joined already. There is a row for each pair; rows without a partner
   * are left out, and so are partners that are softly deleted.
   *
   * @typeParam A The alias.
   * @typeParam To The columns of the table.
   * @param alias What the table is called in the query.
   * @param relation The relation.
   * @throws {TypeError} When the alias is taken, or the query does not read the
   * table that the relation starts from.
   */
  join<A extends string, To extends Columns>(
    alias: A,
    relation: Relation<Table, Table<string, To>>,
  ): Query<C, Out, Joined<J, A, To>>;
  /**
   * Adds a table by a condition.
   *
   * @typeParam A The alias.
   * @typeParam To The columns of the table.
   * @param alias What the table is called in the query.
   * @param table The table.
   * @param on Makes the condition of the columns: of the query's table, of this
   * one and of those joined before.
   * @throws {TypeError} When the alias is taken.
   */
  join<A extends string, To extends Columns>(
    alias: A,
    table: Table<string, To>,
    on: (self: Refs<C>, to: Refs<To>, joined: JoinedRefs<J>) => Sql,
  ): Query<C, Out, Joined<J, A, To>>;
  /**
   * The same as `join()`, but rows without a partner stay: the columns of the
   * table are `null`.
   *
   * @typeParam A The alias.
   * @typeParam To The columns of the table.
   * @param alias What the table is called in the query.
   * @param relation The relation.
   * @throws {TypeError} As `join()` does.
   */
  leftJoin<A extends string, To extends Columns>(
    alias: A,
    relation: Relation<Table, Table<string, To>>,
  ): Query<C, Out, Joined<J, A, NullableColumns<To>>>;
  /**
   * The same by a condition.
   *
   * @typeParam A The alias.
   * @typeParam To The columns of the table.
   * @param alias What the table is called in the query.
   * @param table The table.
   * @param on Makes the condition of the columns.
   * @throws {TypeError} As `join()` does.
   */
  leftJoin<A extends string, To extends Columns>(
    alias: A,
    table: Table<string, To>,
    on: (self: Refs<C>, to: Refs<To>, joined: JoinedRefs<J>) => Sql,
  ): Query<C, Out, Joined<J, A, NullableColumns<To>>>;
  /**
   * Makes one row of all rows that have the same values of columns.
   *
   * @param columns The columns.
   * @throws {TypeError} When a column is unknown or there are none.
   */
  groupBy(...columns: readonly (keyof C & string)[]): Query<C, Out, J>;
  /**
   * Makes one row of all rows that have the same values of expressions.
   *
   * @param by Makes the expressions of the columns.
   * @throws {TypeError} When there are none.
   */
  groupBy(
    by: (self: Refs<C>, joined: JoinedRefs<J>) => Sql | readonly Sql[],
  ): Query<C, Out, J>;
  /**
   * Adds a condition that the rows of `groupBy()` have to meet.
   *
   * @param condition Makes the condition of the columns.
   */
  having(
    condition: (self: Refs<C>, joined: JoinedRefs<J>) => Sql,
  ): Query<C, Out, J>;
  /**
   * Adds a property with the related rows of each row, which one more query
   * reads for all of them at once. Rows that share a related row share the
   * object. Outside of a transaction the two queries may see different states.
   *
   * @typeParam N The property.
   * @typeParam To The columns of the other table.
   * @typeParam Count Whether there is one related row or many.
   * @typeParam Related The related rows.
   * @param name The property.
   * @param relation The relation.
   * @param refine Narrows the query of the related rows; its limit, offset,
   * groups and aggregates are of each row by itself (an aggregate that is written
   * in SQL alone wants `groupBy()`). It may read relations of its own.
   * @throws {TypeError} When the relation starts from another table, the rows
   * have that property already, or the related ones are distinct and limited.
   */
  with<
    N extends string,
    To extends Columns,
    Count extends "one" | "many",
    Related = Row<To>,
  >(
    name: N,
    relation: Relation<Table<string, C>, Table<string, To>, Count>,
    refine?: (query: Query<To, Row<To>>) => Query<To, Related>,
  ): Query<
    C,
    & Out
    & { [K in N]: Count extends "one" ? Related | null : Related[] },
    J
  >;
  /**
   * Adds that rows match a text, the best first if there is no other order.
   *
   * @param index A full-text index of the table.
   * @param text The words to look for, all of which a row has to have.
   * @param options Whether the last word may go on, or the text is syntax.
   * @throws {TypeError} When the index is of another table, or the text is none.
   */
  match(
    index: FullText<C, keyof C & string>,
    text: string,
    options?: MatchOptions,
  ): Query<C, Out, J>;
  /**
   * The rows of this query and of another, each of them once.
   *
   * @param other The other query, of the same columns in the same order.
   * @returns A query on these rows, which can be narrowed further.
   * @throws {TypeError} When the columns differ.
   */
  union(other: Selectable<Out>): Query<DerivedColumns<Out>, Out>;
  /**
   * The rows of this query and of another.
   *
   * @param other The other query, of the same columns in the same order.
   * @returns A query on these rows.
   * @throws {TypeError} When the columns differ.
   */
  unionAll(other: Selectable<Out>): Query<DerivedColumns<Out>, Out>;
  /**
   * The rows of this query that another has too, each of them once.
   *
   * @param other The other query, of the same columns in the same order.
   * @returns A query on these rows.
   * @throws {TypeError} When the columns differ.
   */
  intersect(other: Selectable<Out>): Query<DerivedColumns<Out>, Out>;
  /**
   * The rows of this query that another does not have, each of them once.
   *
   * @param other The other query, of the same columns in the same order.
   * @returns A query on these rows.
   * @throws {TypeError} When the columns differ.
   */
  except(other: Selectable<Out>): Query<DerivedColumns<Out>, Out>;
  /** Lets an update or a delete without conditions have every row. */
  all(): Query<C, Out, J>;
  /** Includes rows that `delete()` has marked as deleted, of joined tables too. */
  withDeleted(): Query<C, Out, J>;
}
