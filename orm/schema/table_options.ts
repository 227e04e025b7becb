// Copyright 2026 the Gee authors. MIT license.

import type { Sql } from "../query/sql_template.ts";
import type { ReferenceActions, ReferencedTable } from "./column.ts";

/**
 * An index of a table.
 *
 * @typeParam K The table's properties.
 */
export interface IndexOptions<K extends string = string> {
  /** What it is on: properties, `"-age"` for a descending one, or SQL. */
  readonly on: readonly (K | `-${K}` | Sql)[];
  /**
   * Its name in the database, where names of indices are shared by all tables.
   *
   * @default {the names of table and columns, and "index", with "_" between}
   */
  readonly name?: string;
  /**
   * Whether no two rows may have the same values.
   *
   * @default {false}
   */
  readonly unique?: boolean;
  /**
   * Which rows are in it, as SQL.
   *
   * @default {every row}
   */
  readonly where?: string | Sql;
}

/**
 * A reference of several columns to a row of another table.
 *
 * @typeParam K The table's properties.
 */
export interface ForeignKeyOptions<K extends string = string>
  extends ReferenceActions {
  /** The properties that refer to it. */
  readonly on: readonly K[];
  /** Returns the other table, which may be defined later. */
  readonly table: () => ReferencedTable;
  /**
   * The other table's properties, in the same order.
   *
   * @default {the other table's primary key}
   */
  readonly to?: readonly string[];
}

/**
 * What a table has beyond its columns.
 *
 * @typeParam K The table's properties.
 */
export interface TableOptions<K extends string = string> {
  /**
   * The properties of the primary key, for a key of several.
   *
   * @default {the column that is the primary key, if one is}
   */
  readonly primaryKey?: readonly K[];
  /** Properties whose values no two rows may have in common. */
  readonly unique?: readonly (readonly K[])[];
  /** The indices beyond those of single columns. */
  readonly indexes?: readonly IndexOptions<K>[];
  /** Conditions on rows by name, as SQL. */
  readonly checks?: Readonly<Record<string, string | Sql>>;
  /** References of several columns. */
  readonly foreignKeys?: readonly ForeignKeyOptions<K>[];
  /**
   * Whether the database refuses values of another type (STRICT of SQLite), also
   * those that other programs write.
   *
   * @default {false}
   */
  readonly strict?: boolean;
  /**
   * Whether rows are stored in the order of the primary key itself (WITHOUT
   * ROWID of SQLite). The database then numbers no rows.
   *
   * @default {false}
   */
  readonly withoutRowId?: boolean;
}
