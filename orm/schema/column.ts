// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import type { Sql } from "../query/sql_template.ts";
import type { Codec } from "./codecs.ts";

/**
 * What an insert has to do with a column: name it (`false`), name it or leave
 * it out (`true`), the same but no update may set it (`"managed"`), or nothing
 * at all (`"generated"`).
 */
export type Presence = boolean | "managed" | "generated";

/** What a column does by itself beyond holding a value. */
export type ColumnRole = "version" | "createdAt" | "updatedAt" | "softDelete";

/** What the database does with rows whose parent goes away. */
export type ReferenceAction =
  | "cascade"
  | "restrict"
  | "set null"
  | "set default"
  | "no action";

/** What happens to a row when the one it refers to is deleted or changed. */
export interface ReferenceActions {
  /**
   * What a deletion of the other row does.
   *
   * @default {"no action"}
   */
  readonly onDelete?: ReferenceAction;
  /**
   * What a change of the other row's key does.
   *
   * @default {"no action"}
   */
  readonly onUpdate?: ReferenceAction;
}

/**
 * How a column refers to another table.
 *
 * @typeParam K The other table's properties.
 */
export interface ReferenceOptions<K extends string> extends ReferenceActions {
  /**
   * The other table's column, by property.
   *
   * @default {the other table's primary key}
   */
  readonly column?: K;
}

/** A table, as far as a column has to know it to refer to it. */
export interface ReferencedTable {
  /** Its name in the database. */
  readonly name: string;
  /** Its columns by property. */
  readonly columns: Readonly<
    Record<string, { readonly definition: ColumnDefinition }>
  >;
  /** The properties of its primary key. */
  readonly primaryKey: readonly string[];
}

/** What a column refers to. */
export interface ColumnReference extends ReferenceActions {
  /** The table. It is asked when both are there, so that two can refer to each other. */
  readonly table: () => ReferencedTable;
  /** The property, if it is not the primary key. */
  readonly column: string | undefined;
}

/** How a generated column is kept. */
export interface GeneratedOptions {
  /**
   * Whether it is computed when a row is written, and takes room, or each time
   * it is read.
   *
   * @default {false}
   */
  readonly stored?: boolean;
}

/** How a generated column comes about. */
export interface GeneratedDefinition {
  /** What computes it. */
  readonly expression: string | Sql;
  /** Whether it is computed when a row is written. */
  readonly isStored: boolean;
}

/** A column as plain data. */
export interface ColumnDefinition {
  /** How its values are stored. */
  readonly codec: Codec<unknown>;
  /** Its name in the database, if that is not the name of the property. */
  readonly name: string | undefined;
  /** The table and the property that it is, once it is part of a table. */
  readonly of:
    | { readonly table: string; readonly property: string }
    | undefined;
  /** Whether it alone is the table's primary key. */
  readonly isPrimaryKey: boolean;
  /** Whether the database never gives the number of a deleted row again. */
  readonly isAutoIncrement: boolean;
  /** Whether it may be `null`. */
  readonly isNullable: boolean;
  /** Whether no two rows may have the same value. */
  readonly isUnique: boolean;
  /** Whether there is an index on it. */
  readonly isIndexed: boolean;
  /** The stored form of what a row without it gets. */
  readonly defaultValue: SqlValue | undefined;
  /** What the database computes for a row without it. */
  readonly defaultSql: Sql | undefined;
  /** What makes the value for a row without it. */
  readonly defaultFn: (() => unknown) | undefined;
  /** Conditions that its values have to meet. */
  readonly checks: readonly (string | Sql)[];
  /** What it refers to. */
  readonly references: ColumnReference | undefined;
  /** How it comes about, if it is generated. */
  readonly generated: GeneratedDefinition | undefined;
  /** What it does by itself. */
  readonly role: ColumnRole | undefined;
}

/**
 * A column of a table. Every modifier returns a new column. What only columns
 * of one kind can be, as `integer().version()`, comes first.
 *
 * @typeParam T The type of its values.
 * @typeParam N Whether it may be `null`.
 * @typeParam D What an insert has to do with it.
 */
export interface Column<
  T,
  N extends boolean = false,
  D extends Presence = false,
> {
  /** What the column is, as plain data. */
  readonly definition: ColumnDefinition;
  /** Carries the type of the values; never set. */
  readonly valueType?: T;
  /** Carries whether it may be `null`; never set. */
  readonly nullType?: N;
  /** Carries what an insert has to do with it; never set. */
  readonly defaultType?: D;
  /**
   * The same as the table's primary key. A key of several columns is given in
   * the table's options.
   */
  primaryKey(): Column<T, N, D>;
  /** The same, but `null` is a value too, and what a row without it gets. */
  nullable(): Column<T, true, D>;
  /**
   * The same, with a value for rows without it.
   *
   * @param value The value, or SQL that the database computes it by.
   */
  default(value: T | Sql): Column<T, N, true>;
  /**
   * The same, with a function that makes the value for rows without it. Rows
   * that others insert do not get it: the database does not know of it.
   *
   * @param make The function, called once for each such row.
   */
  defaultFn(make: () => T): Column<T, N, true>;
  /** The same, but no two rows may have the same value. */
  unique(): Column<T, N, D>;
  /** The same, with an index on it. */
  index(): Column<T, N, D>;
  /**
   * The same, with a condition that the database checks.
   *
   * @param expression The condition, as SQL.
   */
  check(expression: string | Sql): Column<T, N, D>;
  /**
   * The same, as a reference to a row of another table. To refer to the table
   * it is in, say what the function returns: `(): Table => users`.
   *
   * @typeParam R The other table.
   * @param table Returns the other table, which may be defined later.
   * @param options Which column, and what happens when the other row changes.
   */
  references<R extends ReferencedTable>(
    table: () => R,
    options?: ReferenceOptions<keyof R["columns"] & string>,
  ): Column<T, N, D>;
  /**
   * The same, computed by the database from the row's other columns. Inserts
   * and updates cannot set it.
   *
   * @param expression What computes it, as SQL.
   * @param options How it is kept.
   */
  generated(
    expression: string | Sql,
    options?: GeneratedOptions,
  ): Column<T, N, "generated">;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): Column<T, N, D>;
}

/**
 * A column of integers that is the primary key: the database numbers the rows,
 * so an insert may leave it out.
 *
 * @typeParam T The type of its values.
 */
export interface NumberedColumn<T> extends Column<T, false, true> {
  /**
   * The same, but the number of a deleted row is never given again. It costs a
   * second write for every insert.
   */
  autoIncrement(): Column<T, false, true>;
}

/**
 * A column of integers.
 *
 * @typeParam T The type of its values.
 */
export interface IntegerColumn<T>
  extends Omit<Column<T>, "primaryKey" | "named"> {
  /** The same as the table's primary key; the database numbers the rows. */
  primaryKey(): NumberedColumn<T>;
  /**
   * The same as the row's version: 1 for a new row, and one more after each
   * update. An update or delete whose condition names a version fails with a
   * `ConflictError` when the row no longer has it.
   */
  version(): Column<T, false, "managed">;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): IntegerColumn<T>;
}

/**
 * A column of points in time.
 *
 * @typeParam N Whether it may be `null`.
 */
export interface DateColumn<N extends boolean = false>
  extends Omit<Column<Date, N>, "nullable" | "named"> {
  /** The same, but `null` is a value too, and what a row without it gets. */
  nullable(): DateColumn<true>;
  /** The same, set to the time of the insert where a row is without it. */
  createdAt(): Column<Date, N, true>;
  /** The same, set to the time of each insert and update that does not set it. */
  updatedAt(): Column<Date, N, true>;
  /**
   * The same, nullable, as the mark of deleted rows: `delete()` sets it, queries
   * leave such rows out, `withDeleted()` includes them and `hardDelete()` really
   * deletes.
   */
  softDelete(): Column<Date, true, true>;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): DateColumn<N>;
}

/** A column of UUIDs. */
export interface UuidColumn extends Omit<Column<string>, "named"> {
  /** The same, with a random UUID (version 4) for rows without it. */
  random(): Column<string, false, true>;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): UuidColumn;
}
