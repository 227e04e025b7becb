// Copyright 2026 the Gee authors. MIT license.

import { checkText } from "./codecs.ts";
import type { Column } from "./columns.ts";

/** Any column, whatever its type. */
export type AnyColumn = Pick<
  Column<unknown, boolean, boolean>,
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
 * The columns an insert may leave out: nullable ones and those with a default.
 *
 * @typeParam C The columns.
 */
export type OptionalKeys<C extends Columns> = {
  [K in keyof C]: C[K] extends
    { readonly nullType?: infer N; readonly defaultType?: infer D }
    ? true extends N | D ? K : never
    : never;
}[keyof C];

/**
 * A row as inserts take it.
 *
 * @typeParam C The columns.
 */
export type InsertRow<C extends Columns> =
  & { [K in Exclude<keyof C, OptionalKeys<C>>]: ValueOf<C[K]> }
  & { [K in OptionalKeys<C>]?: ValueOf<C[K]> };

/**
 * What an update sets.
 *
 * @typeParam C The columns.
 */
export type Changes<C extends Columns> = { [K in keyof C]?: ValueOf<C[K]> };

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
}

// Conditions give these names a meaning of their own, and "__proto__" cannot
// be set on a row like another property.
const RESERVED = ["and", "or", "not", "__proto__"];

/**
 * Describes a table.
 *
 * @typeParam Name Its name.
 * @typeParam C Its columns.
 * @param name Its name in the database.
 * @param columns Its columns by property.
 * @returns The table.
 * @throws {TypeError} When there is no column, a property has a reserved name,
 * two columns have the same name, or two are the primary key.
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
 */
export function table<Name extends string, C extends Columns>(
  name: Name,
  columns: C,
): Table<Name, C> {
  checkName(name, name);
  const seen = new Set<string>();
  let key: string | undefined;
  for (const [property, { definition }] of Object.entries(columns)) {
    if (RESERVED.includes(property) || property.startsWith("-")) {
      throw new TypeError(
        `Cannot define table "${name}": "${property}" cannot name a property, use named()`,
      );
    }
    const columnName = definition.name ?? property;
    checkName(columnName, name);
    // SQLite takes "Age" and "age" for the same column.
    if (seen.has(columnName.toLowerCase())) {
      throw new TypeError(
        `Cannot define table "${name}": two columns are named "${columnName}"`,
      );
    }
    seen.add(columnName.toLowerCase());
    if (!definition.isPrimaryKey) continue;
    if (key !== undefined) {
      throw new TypeError(
        `Cannot define table "${name}": "${key}" and "${property}" are both the primary key`,
      );
    }
    key = property;
  }
  if (seen.size === 0) {
    throw new TypeError(`Cannot define table "${name}": it has no columns`);
  }
  return Object.freeze({ name, columns: Object.freeze({ ...columns }) });
}

function checkName(name: string, table: string): void {
  if (name === "") {
    throw new TypeError(`Cannot define table "${table}": a name is empty`);
  }
  checkText(name, name);
}
