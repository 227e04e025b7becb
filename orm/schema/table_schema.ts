// Copyright 2026 the Gee authors. MIT license.

import type { ColumnKind } from "./codecs.ts";
import type { ColumnRole, ReferenceAction } from "./column.ts";

/** A column as plain data. */
export interface ColumnSchema {
  /** Its name in the database. */
  readonly name: string;
  /** Its property. */
  readonly property: string;
  /** Its kind. */
  readonly kind: ColumnKind;
  /** Its type in the database. */
  readonly type: string;
  /** Whether it may be `null`. */
  readonly isNullable: boolean;
  /** Whether no two rows may have the same value. */
  readonly isUnique: boolean;
  /** Its default as SQL; `null` when the database has none. */
  readonly default: string | null;
  /** How it is computed, if it is. */
  readonly generated:
    | { readonly expression: string; readonly isStored: boolean }
    | null;
  /** The only values it may have, if they are a list of texts. */
  readonly values: readonly string[] | null;
  /** What it does by itself. */
  readonly role: ColumnRole | null;
}

/** An index as plain data. */
export interface IndexSchema {
  /** Its name. */
  readonly name: string;
  /** What it is on: the names of columns, or SQL. */
  readonly on: readonly {
    readonly column: string | null;
    readonly expression: string | null;
    readonly isDescending: boolean;
  }[];
  /** Whether no two rows may have the same values. */
  readonly isUnique: boolean;
  /** Which rows are in it, as SQL; `null` for every row. */
  readonly where: string | null;
}

/** A condition on rows as plain data. */
export interface CheckSchema {
  /** Its name, if it has one. */
  readonly name: string | null;
  /** The condition as SQL. */
  readonly expression: string;
}

/** A reference as plain data. */
export interface ForeignKeySchema {
  /** The names of the columns that refer. */
  readonly columns: readonly string[];
  /** The table they refer to. */
  readonly table: string;
  /** The names of the columns they refer to. */
  readonly to: readonly string[];
  /** What a deletion of the other row does. */
  readonly onDelete: ReferenceAction;
  /** What a change of the other row's key does. */
  readonly onUpdate: ReferenceAction;
}

/**
 * A table as plain data, which `JSON.stringify()` keeps in full: what
 * migrations, docs and tools read.
 */
export interface TableSchema {
  /** Its name. */
  readonly name: string;
  /** Its columns, in their order in the table. */
  readonly columns: readonly ColumnSchema[];
  /** The names of the primary key's columns, none if it has no key. */
  readonly primaryKey: readonly string[];
  /** Whether the database numbers rows that come without their key. */
  readonly isNumbered: boolean;
  /** Whether it never gives the number of a deleted row again. */
  readonly isAutoIncrement: boolean;
  /** Lists of columns whose values no two rows may have in common. */
  readonly uniques: readonly (readonly string[])[];
  /** Its indices. */
  readonly indexes: readonly IndexSchema[];
  /** Its conditions. */
  readonly checks: readonly CheckSchema[];
  /** Its references to other tables. */
  readonly foreignKeys: readonly ForeignKeySchema[];
  /** Whether the database refuses values of another type. */
  readonly isStrict: boolean;
  /** Whether rows are stored in the order of the primary key itself. */
  readonly isWithoutRowId: boolean;
}
