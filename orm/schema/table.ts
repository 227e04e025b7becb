// Copyright 2026 the Gee authors. MIT license.

import type { Column, ColumnDefinition, Presence } from "./column.ts";
import { columnOf } from "./column_builder.ts";
import { checkTable } from "./check_table.ts";
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
 * What an update sets: neither generated columns nor the version.
 *
 * @typeParam C The columns.
 */
export type Changes<C extends Columns> = {
  [K in Exclude<keyof C, KeysWith<C, "generated" | "managed">>]?: ValueOf<
    C[K]
  >;
};

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
}

/**
 * Describes a table.
 *
 * @typeParam Name Its name.
 * @typeParam C Its columns.
 * @param name Its name in the database.
 * @param columns Its columns by property.
 * @param options What it has beyond its columns.
 * @returns The table.
 * @throws {TypeError} When there is no column, a property has a reserved name,
 * two columns have the same name, an option names a property that is not there,
 * or what is said of a column contradicts itself.
 *
 * @example A table
 * ```ts
 * import { integer, table, text } from "@gee/std/orm";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   name: text(),
 *   email: text().nullable().unique(),
 * });
 * assertEquals(Object.keys(users.columns), ["id", "name", "email"]);
 * ```
 *
 * @example Keys, indices and checks of several columns
 * ```ts
 * import { date, integer, sql, table } from "@gee/std/orm";
 * import { assertEquals } from "@std/assert";
 *
 * const seats = table("seats", {
 *   hall: integer(),
 *   seat: integer(),
 *   from: date(),
 *   to: date(),
 *   cancelledAt: date().nullable(),
 * }, {
 *   primaryKey: ["hall", "seat", "from"],
 *   checks: { order: sql`${sql.ref("from")} < ${sql.ref("to")}` },
 *   indexes: [{ on: ["hall", "-from"], where: sql`${sql.ref("cancelledAt")} IS NULL` }],
 * });
 * assertEquals(seats.primaryKey, ["hall", "seat", "from"]);
 * ```
 */
export function table<Name extends string, C extends Columns>(
  name: Name,
  columns: C,
  options: TableOptions<keyof NoInfer<C> & string> = {},
): Table<Name, C> {
  const definitions = new Map<string, ColumnDefinition>();
  for (const [property, { definition }] of Object.entries(columns)) {
    definitions.set(property, definition);
  }
  const primaryKey = checkTable(name, definitions, options);
  const bound: Record<string, AnyColumn> = {};
  for (const [property, definition] of definitions) {
    bound[property] = columnOf(definition, {
      of: { table: name, property },
      isPrimaryKey: primaryKey.length === 1 && primaryKey[0] === property,
    });
  }
  return Object.freeze({
    name,
    // The same columns under the same properties.
    columns: Object.freeze(bound) as unknown as C,
    primaryKey: Object.freeze(primaryKey),
    options: Object.freeze({ ...options }),
  });
}
