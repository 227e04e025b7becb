// Copyright 2026 the Gee authors. MIT license.

import type { Column, Presence } from "./column.ts";
import type { TableOptions } from "./table_options.ts";

/** Any column, whatever its type. */
export type AnyColumn = Pick<
  Column<unknown, boolean, Presence>,
  "definition" | "valueType" | "nullType" | "defaultType"
>;

/** The columns of a table by property. */
export type Columns = Readonly<Record<string, AnyColumn>>;

/**
 * The type of a column's values, `null` included if it is nullable.
 *
 * @typeParam C The column.
 */
export type ValueOf<C> = C extends
  { readonly valueType?: infer T; readonly nullType?: infer N }
  ? true extends N ? T | null : T
  : never;

/**
 * A row as queries return it.
 *
 * @typeParam C The columns.
 */
export type Row<C extends Columns> = { [K in keyof C]: ValueOf<C[K]> };

/**
 * The columns whose presence is known to be one of these.
 *
 * @typeParam C The columns.
 * @typeParam D The presences.
 */
export type KeysWith<C extends Columns, D extends Presence> = {
  [K in keyof C]: C[K] extends { readonly defaultType?: infer E }
    ? [E] extends [D] ? K : never
    : never;
}[keyof C];

/**
 * The columns an insert may leave out: nullable ones and those with a default.
 *
 * @typeParam C The columns.
 */
export type OptionalKeys<C extends Columns> = Exclude<
  {
    [K in keyof C]: C[K] extends
      { readonly nullType?: infer N; readonly defaultType?: infer D }
      ? [N | D] extends [false] ? never : K
      : never;
  }[keyof C],
  KeysWith<C, "generated">
>;

/**
 * A row as inserts take it. It has no generated columns.
 *
 * @typeParam C The columns.
 */
export type InsertRow<C extends Columns> =
  & {
    [K in Exclude<keyof C, OptionalKeys<C> | KeysWith<C, "generated">>]:
      ValueOf<C[K]>;
  }
  & { [K in OptionalKeys<C>]?: ValueOf<C[K]> };

/**
 * A table: its name and columns, from which the types of rows, inserts and
 * conditions are inferred.
 *
 * @typeParam Name Its name.
 * @typeParam C Its columns.
 */
export interface Table<
  Name extends string = string,
  C extends Columns = Columns,
> {
  /** Its name in the database. */
  readonly name: Name;
  /** Its columns by property, in their order in the table. */
  readonly columns: C;
  /** The properties of its primary key, none if it has no key. */
  readonly primaryKey: readonly string[];
  /** What it has beyond its columns, as it was given. */
  readonly options: TableOptions;
  /** What is called before and after its statements, as it was given. */
  readonly hooks?: object | undefined;
}
