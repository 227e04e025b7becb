// Copyright 2026 the Gee authors. MIT license.

import type { ColumnDefinition } from "../schema/column.ts";
import type { ColumnKind } from "../schema/codecs.ts";
import type { SqlValue } from "../driver/sql_value.ts";

/** A statement's text and the values of its placeholders. */
export interface SqlText {
  /** The text, a `?` for each value. */
  readonly sql: string;
  /** The values, in order. */
  readonly params: readonly SqlValue[];
}

/** What differs from one kind of SQL to another, and nothing else. */
export interface Dialect {
  /** Most values one statement may bind. */
  readonly maxParams: number;
  /**
   * The declared type of a column.
   *
   * @param column The column's definition.
   * @param table Whether the table takes exact types only.
   */
  dataTypeOf(
    column: ColumnDefinition,
    table: { readonly isStrict: boolean },
  ): string;
  /**
   * The query that answers one row if the table exists, and none if not.
   *
   * @param table Name of the table.
   */
  tableExistSql(table: string): SqlText;
  /**
   * An identifier in quotes, so that no name can end it.
   *
   * @param name Name of a table or a column.
   */
  quote(name: string): string;
  /**
   * A value as text, for the defaults in a table's definition.
   *
   * @param value The value.
   */
  literal(value: SqlValue): string;
  /**
   * The form of a statement's placeholders, which are written as `?`.
   *
   * @param sql Text with `?` for each value.
   */
  placeholders(sql: string): string;
  /**
   * The list behind IN, bound as one JSON text whatever its length.
   *
   * @param kind What the list holds.
   * @returns The list in parentheses, or `undefined` when values of this kind
   * have to be bound one by one.
   */
  inList(kind: ColumnKind): string | undefined;
  /**
   * The same for rows of several values, bound as one JSON text of arrays.
   *
   * @param kinds What the rows hold.
   * @returns The list in parentheses, or `undefined` as above.
   */
  inRows(kinds: readonly ColumnKind[]): string | undefined;
}
