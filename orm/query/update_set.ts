// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { type Codec, describe } from "../schema/codecs.ts";
import type { ColumnDefinition } from "../schema/column.ts";
import { familyOf } from "../schema/relations.ts";
import type { Columns, KeysWith, ValueOf } from "../schema/table.ts";
import { type Expression, isUntyped, type Refs } from "./expression.ts";
import { checkExpression } from "./sql.ts";
import { codecOf, isSql, type Sql } from "./sql_template.ts";

/**
 * SQL that a column may be set to: an expression of its type, or any piece
 * without a type.
 *
 * @typeParam V The type of the column's values.
 */
export type SetSql<V> = Expression<V> | Sql & { readonly codec?: undefined };

/**
 * What an update sets: values, or SQL that the database computes them by.
 * Neither generated columns nor the version can be set.
 *
 * @typeParam C The columns.
 */
export type Changes<C extends Columns> = {
  [K in Exclude<keyof C, KeysWith<C, "generated" | "managed">>]?:
    | ValueOf<C[K]>
    | SetSql<ValueOf<C[K]>>;
};

/**
 * Makes what an update sets of the columns of the table.
 *
 * @typeParam C The columns.
 */
export type ChangesBy<C extends Columns> = {
  // A method, for queries of any columns compare by them.
  by(row: Refs<C>): Changes<C>;
}["by"];

/** What an update has to know of a column. */
export interface SetColumn {
  readonly property: string;
  readonly definition: ColumnDefinition;
  readonly codec: Codec<unknown>;
  /** The name in quotes. */
  readonly name: string;
  /** Table and name in quotes. */
  readonly path: string;
  /** That it is set to a value. */
  readonly isSet: string;
}

/** What an update has to know of a table. */
export interface UpdateTable {
  /** The columns that are given, not generated. */
  readonly given: readonly SetColumn[];
  readonly version: SetColumn | undefined;
  column(property: string): SetColumn;
  write(piece: Sql, params: SqlValue[]): string;
}

/** Writes what updates of a table set. */
export class UpdateSet {
  readonly #table: UpdateTable;
  readonly #settable: readonly SetColumn[];
  readonly #updatedAt: readonly SetColumn[];
  readonly #isStamped: boolean;

  constructor(table: UpdateTable) {
    this.#table = table;
    this.#settable = table.given.filter((column) => column !== table.version);
    this.#updatedAt = table.given.filter(({ definition }) =>
      definition.role === "updatedAt"
    );
    this.#isStamped = table.version !== undefined || this.#updatedAt.length > 0;
  }

  /** The text, up to the conditions; its values are appended. */
  sql(changes: unknown, params: SqlValue[]): string {
    checkChanges(changes);
    let sql = "";
    let known = 0;
    // In the table's order: that of the keys makes no new text.
    for (const column of this.#settable) {
      const { property, definition, codec } = column;
      if (!Object.hasOwn(changes, property)) continue;
      known++;
      // Changes are a record of the table's columns; what else they hold is
      // counted below.
      const value = (changes as Record<string, unknown>)[property];
      if (value === undefined || value === null && !definition.isNullable) {
        throw new TypeError(
          `Cannot update "${property}": got ${value}, want a value`,
        );
      }
      let part = column.isSet;
      if (typeof value === "object" && isSql(value)) {
        part = this.#computed(column, value, params);
      } else {
        params.push(value === null ? null : codec.encode(value, property));
      }
      sql = sql === "" ? part : `${sql}, ${part}`;
    }
    if (known === 0 || Object.keys(changes).length !== known) {
      this.#check(changes);
    }
    return this.#isStamped ? this.#stamp(sql, changes, params) : sql;
  }

  /** That a column is set to what SQL computes. */
  #computed(
    { property, name, codec }: SetColumn,
    value: Sql,
    params: SqlValue[],
  ): string {
    const typed = codecOf(value);
    if (
      typed !== undefined && !isUntyped(typed) &&
      familyOf(typed.kind) !== familyOf(codec.kind)
    ) {
      throw new TypeError(
        `Cannot update "${property}": it is of kind "${codec.kind}", the expression of kind "${typed.kind}"`,
      );
    }
    const before = params.length;
    const text = this.#table.write(value, params);
    checkExpression(`update "${property}" by`, text, params.length - before);
    // The line break ends a comment at the expression's end.
    return `${name} = (${text}\n)`;
  }

  /** Adds what an update changes by itself. */
  #stamp(sql: string, changes: object, params: SqlValue[]): string {
    for (const { property, codec, isSet } of this.#updatedAt) {
      if (Object.hasOwn(changes, property)) continue;
      params.push(codec.encode(new Date(), property));
      sql = `${sql}, ${isSet}`;
    }
    const { version } = this.#table;
    return version === undefined ? sql : `${sql}, ${this.rise(version)}`;
  }

  /** That the version rises. */
  rise({ name, path }: SetColumn): string {
    return `${name} = ${path} + 1`;
  }

  /** Refuses changes with a key that is no column or cannot be set. */
  #check(changes: object): void {
    if (Array.isArray(changes)) throw noChanges(changes);
    const keys = Object.keys(changes);
    for (const key of keys) {
      const column = this.#table.column(key);
      if (this.#settable.includes(column)) continue;
      throw new TypeError(
        column === this.#table.version
          ? `Cannot update "${key}": the version rises by itself, it belongs into where()`
          : `Cannot update "${key}": it is generated`,
      );
    }
    if (keys.length === 0) {
      throw new TypeError("Cannot update rows: got no change, want one");
    }
  }
}

/** Refuses what holds no changes. */
export function checkChanges(changes: unknown): asserts changes is object {
  if (typeof changes === "object" && changes !== null) return;
  throw noChanges(changes);
}

function noChanges(changes: unknown): TypeError {
  return new TypeError(
    `Cannot update rows: got ${describe(changes)}, want an object`,
  );
}
