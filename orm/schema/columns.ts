// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import {
  bigintCodec,
  blobCodec,
  booleanCodec,
  type Codec,
  dateCodec,
  integerCodec,
  jsonCodec,
  realCodec,
  textCodec,
} from "./codecs.ts";

/** A column as plain data. */
export interface ColumnDefinition {
  /** How its values are stored. */
  readonly codec: Codec<unknown>;
  /** Its name in the database, if that is not the name of the property. */
  readonly name: string | undefined;
  /** Whether it is the table's primary key. */
  readonly isPrimaryKey: boolean;
  /** Whether it may be `null`. */
  readonly isNullable: boolean;
  /** Whether no two rows may have the same value. */
  readonly isUnique: boolean;
  /** The stored form of what a row without it gets. */
  readonly defaultValue: SqlValue | undefined;
}

/**
 * A column of a table. Every modifier returns a new column.
 *
 * @typeParam T The type of its values.
 * @typeParam N Whether it may be `null`.
 * @typeParam D Whether an insert may leave it out.
 */
export interface Column<
  T,
  N extends boolean = false,
  D extends boolean = false,
> {
  /** What the column is, as plain data. */
  readonly definition: ColumnDefinition;
  /** Carries the type of the values; never set. */
  readonly valueType?: T;
  /** Carries whether it may be `null`; never set. */
  readonly nullType?: N;
  /** Carries whether an insert may leave it out; never set. */
  readonly defaultType?: D;
  /** The same as the table's primary key. */
  primaryKey(): Column<T, N, D>;
  /** The same, but `null` is a value too, and what a row without it gets. */
  nullable(): Column<T, true, D>;
  /**
   * The same, with a value for rows without it.
   *
   * @param value The value.
   */
  default(value: T): Column<T, N, true>;
  /** The same, but no two rows may have the same value. */
  unique(): Column<T, N, D>;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): Column<T, N, D>;
}

/**
 * A column of integers. As the primary key it numbers the rows itself, so an
 * insert may leave it out.
 *
 * @typeParam T The type of its values.
 */
export interface IntegerColumn<T>
  extends Omit<Column<T>, "primaryKey" | "named"> {
  /** The same as the table's primary key; the database numbers the rows. */
  primaryKey(): Column<T, false, true>;
  /**
   * The same, under another name in the database than the property's.
   *
   * @param name The name in the database.
   */
  named(name: string): IntegerColumn<T>;
}

class ColumnBuilder<T, N extends boolean, D extends boolean>
  implements Column<T, N, D> {
  readonly definition: ColumnDefinition;

  constructor(definition: ColumnDefinition) {
    this.definition = Object.freeze(definition);
  }

  // N and D live in the types alone, so they are free to differ here.
  #with<N2 extends boolean, D2 extends boolean>(
    change: Partial<ColumnDefinition>,
  ): ColumnBuilder<T, N2, D2> {
    return new ColumnBuilder({ ...this.definition, ...change });
  }

  primaryKey<D2 extends boolean = D>(): ColumnBuilder<T, N, D2> {
    return this.#with({ isPrimaryKey: true });
  }

  nullable(): ColumnBuilder<T, true, D> {
    return this.#with({ isNullable: true });
  }

  default(value: T): ColumnBuilder<T, N, true> {
    const { codec, name = "default" } = this.definition;
    return this.#with({ defaultValue: codec.encode(value, name) });
  }

  unique(): ColumnBuilder<T, N, D> {
    return this.#with({ isUnique: true });
  }

  named(name: string): ColumnBuilder<T, N, D> {
    return this.#with({ name });
  }
}

function column<T>(codec: Codec<unknown>): ColumnBuilder<T, false, false> {
  return new ColumnBuilder({
    codec,
    name: undefined,
    isPrimaryKey: false,
    isNullable: false,
    isUnique: false,
    defaultValue: undefined,
  });
}

/**
 * A column of integers within 2^53. One beyond that, written by another
 * program, is refused when it is read.
 *
 * @returns The column.
 */
export function integer(): IntegerColumn<number> {
  // A builder's methods return builders whose types differ in phantoms alone.
  return column<number>(integerCodec) as unknown as IntegerColumn<number>;
}

/**
 * A column of integers of 64 bits with sign, as `bigint`.
 *
 * @returns The column.
 */
export function bigint(): IntegerColumn<bigint> {
  // As in integer().
  return column<bigint>(bigintCodec) as unknown as IntegerColumn<bigint>;
}

/**
 * A column of floating-point numbers. NaN is refused, which SQLite would store
 * as NULL.
 *
 * @returns The column.
 */
export function real(): Column<number> {
  return column(realCodec);
}

/**
 * A column of text. Text with NUL or a lone surrogate in it is refused, for
 * the engines would change it.
 *
 * @returns The column.
 */
export function text(): Column<string> {
  return column(textCodec);
}

/**
 * A column of booleans, stored as 0 and 1.
 *
 * @returns The column.
 */
export function boolean(): Column<boolean> {
  return column(booleanCodec);
}

/**
 * A column of bytes.
 *
 * @returns The column.
 */
export function blob(): Column<Uint8Array> {
  return column(blobCodec);
}

/**
 * A column of points in time, stored as integer milliseconds in UTC.
 *
 * @returns The column.
 */
export function date(): Column<Date> {
  return column(dateCodec);
}

/**
 * A column of JSON values, stored as text. A condition on it can only tell
 * whether it is `null`.
 *
 * @typeParam T The type of the values, which nothing checks.
 * @returns The column.
 */
export function json<T>(): Column<T> {
  return column(jsonCodec);
}
