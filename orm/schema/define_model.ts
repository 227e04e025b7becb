// Copyright 2026 the Gee authors. MIT license.

import { describe } from "./codecs.ts";
import type { Column } from "./column.ts";
import { bigint, blob, boolean, date, integer, real, text } from "./columns.ts";
import type { Hooks } from "../hooks.ts";
import { table } from "./define_table.ts";
import type { AnyColumn, Columns, Table } from "./table.ts";
import type { TableOptions } from "./table_options.ts";

/**
 * A class whose instances are rows: its fields with their initial values are
 * the columns with their defaults.
 *
 * @typeParam I Its instances.
 * @typeParam S What its `columns` say.
 */
export interface ModelClass<I extends object, S extends Columns> {
  /** Makes a row of initial values. */
  new (): I;
  /** Its name, which is the table's unless something else says so. */
  readonly name: string;
  /** The table's name in the database. */
  readonly tableName?: string;
  /** Columns that take the place of those that the fields give. */
  readonly columns?: S;
}

/**
 * The columns of a class by its fields; methods are none.
 *
 * @typeParam I Its instances.
 * @typeParam S Columns that take the place of those that the fields give.
 */
export type ModelColumns<I extends object, S extends Columns> = {
  [
    K in keyof I & string as I[K] extends (...args: never) => unknown ? never
      : K
  ]: K extends keyof S ? S[K] : Column<I[K], false, true>;
};

/**
 * How a class becomes a table.
 *
 * @typeParam S Columns that take the place of those that the fields give.
 */
export interface ModelOptions<S extends Columns, K extends string = string>
  extends TableOptions<K> {
  /**
   * The table's name in the database.
   *
   * @default {the static `tableName`, or the class's name}
   */
  readonly name?: string;
  /** Columns that take the place of those that the fields give. */
  readonly columns?: S;
}

/**
 * Makes a table of a plain class, as GeeORM does of a struct: its fields are the
 * columns, in their order. The initial value says the kind: `0` is an integer,
 * `0.5` a real, `""` text, `false` a boolean, `0n` a bigint, and `Date` and
 * `Uint8Array` are what they are. It is the column's default too. What an
 * initial value cannot say, keys and `null` for two, is said in a static
 * `columns` or in the options.
 *
 * @typeParam I The class's instances.
 * @typeParam S What the static `columns` say.
 * @typeParam O What the columns of the options say.
 * @param model The class. It is called once.
 * @param options What the class does not say.
 * @returns The table.
 * @throws {TypeError} When a field's initial value tells no kind, or a column is
 * given for what is no field.
 *
 * @example A class
 * ```ts
 * import { defineModel, Engine, integer, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * class User {
 *   static columns = { id: integer().primaryKey(), email: text().nullable() };
 *   id = 0;
 *   name = "";
 *   age = 18;
 *   email: string | null = null;
 * }
 * const users = defineModel(User, { name: "users", checks: { adult: "age >= 18" } });
 *
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(users, { name: "Tom" });
 * assertEquals(await session.model(users).find(), [
 *   { id: 1, name: "Tom", age: 18, email: null },
 * ]);
 * ```
 */
export function defineModel<
  I extends object,
  S extends Columns = Record<never, never>,
  O extends Columns = Record<never, never>,
>(
  model: ModelClass<I, S>,
  options:
    & ModelOptions<O, keyof I & string>
    & { readonly hooks?: Hooks<ModelColumns<I, Omit<S, keyof O> & O>> } = {},
): Table<string, ModelColumns<I, Omit<S, keyof O> & O>> {
  const { name, columns, hooks, ...rest } = options;
  const given: Columns = { ...model.columns, ...columns };
  const instance = new model();
  const refused = Object.keys(given).find((property) =>
    !Object.hasOwn(instance, property)
  );
  if (refused !== undefined) {
    throw new TypeError(
      `Cannot define model "${model.name}": it has no field "${refused}"`,
    );
  }
  const parsed: [string, AnyColumn][] = Object.entries(instance)
    .filter(([, value]) => typeof value !== "function")
    .map(([property, value]) => [
      property,
      Object.hasOwn(given, property)
        ? given[property]! // hasOwn() proves it
        : columnFor(model.name, property, value),
    ]);
  const made = table(
    name ?? model.tableName ?? model.name,
    Object.fromEntries(parsed),
    // For the columns of the instance's fields, which the table will have.
    hooks === undefined ? rest : { ...rest, hooks: hooks as object },
  );
  // The columns are those of the instance's fields, whose types are I's.
  return made as unknown as ReturnType<typeof defineModel<I, S, O>>;
}

function columnFor(
  model: string,
  property: string,
  value: unknown,
): AnyColumn {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value)
        ? integer().default(value)
        : real().default(value);
    case "string":
      return text().default(value);
    case "boolean":
      return boolean().default(value);
    case "bigint":
      return bigint().default(value);
  }
  if (value instanceof Date) return date().default(value);
  if (value instanceof Uint8Array) return blob().default(value);
  throw new TypeError(
    `Cannot define model "${model}": "${property}" is ${
      describe(value)
    }, which tells no kind; give its column in "columns"`,
  );
}
