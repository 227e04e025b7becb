// Copyright 2026 the Gee authors. MIT license.

import { checkHooks, type Hooks } from "../hooks.ts";
import { checkTable } from "./check_table.ts";
import type { ColumnDefinition } from "./column.ts";
import { columnOf } from "./column_builder.ts";
import type { AnyColumn, Columns, Table } from "./table.ts";
import type { TableOptions } from "./table_options.ts";

/**
 * What a table has beyond its columns, and what is called before and after its
 * statements.
 *
 * @typeParam C The table's columns.
 */
export interface DefinedTableOptions<C extends Columns>
  extends TableOptions<keyof C & string> {
  /**
   * Its hooks, on every engine. A hook that names the table itself has to say
   * what it returns.
   */
  readonly hooks?: Hooks<C>;
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
 * a hook is unknown, or what is said of a column contradicts itself.
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
  options: DefinedTableOptions<NoInfer<C>> = {},
): Table<Name, C> {
  const { hooks, ...rest } = options;
  const definitions = new Map<string, ColumnDefinition>();
  for (const [property, { definition }] of Object.entries(columns)) {
    definitions.set(property, definition);
  }
  if (hooks !== undefined) checkHooks(`define table "${name}"`, hooks);
  const primaryKey = checkTable(name, definitions, rest);
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
    options: Object.freeze(rest),
    hooks,
  });
}
