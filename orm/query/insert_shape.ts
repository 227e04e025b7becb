// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import type { Codec } from "../schema/codecs.ts";
import type { ColumnDefinition } from "../schema/column.ts";

/** What an insert has to know of a column. */
export interface InsertColumn {
  readonly property: string;
  readonly definition: ColumnDefinition;
  readonly codec: Codec<unknown>;
  /** The name in quotes. */
  readonly name: string;
}

/** What an insert has to know of a table. */
export interface InsertTable {
  /** The name, for messages. */
  readonly table: string;
  /** The name in quotes. */
  readonly name: string;
  /** The column that the database numbers rows by. */
  readonly number: string | undefined;
  /** Most values one statement may bind. */
  readonly maxParams: number;
  /** Refuses a row's key that is no column, or one that no insert sets. */
  readonly checkKey: (property: string) => void;
}

/**
 * The value of a row's property. Rows are records of the table's columns, and
 * what every object inherits, as "constructor", are functions.
 */
export function valueIn(row: object, property: string): unknown {
  const value = (row as Record<string, unknown>)[property];
  return typeof value === "function" && !Object.hasOwn(row, property)
    ? undefined
    : value;
}

/**
 * Rows that are inserted by the same statements: those with values for the same
 * columns. A table has more than one shape only when the database computes
 * defaults of it.
 */
export class InsertShape {
  readonly #table: InsertTable;
  readonly #columns: readonly InsertColumn[];
  readonly #texts = new Map<number, string>();

  constructor(table: InsertTable, columns: readonly InsertColumn[]) {
    this.#table = table;
    this.#columns = columns;
  }

  /** Whether a statement may insert so many rows and bind other values too. */
  fits(rows: number, others: number): boolean {
    const { length } = this.#columns;
    // "DEFAULT VALUES", which serves rows without any, knows one row only.
    return length === 0
      ? rows === 1
      : rows * length + others <= this.#table.maxParams;
  }

  /** Whether its rows name no column at all. */
  get isEmpty(): boolean {
    return this.#columns.length === 0;
  }

  /** The same without columns that the database computes. */
  without(columns: readonly InsertColumn[]): InsertShape {
    return new InsertShape(
      this.#table,
      this.#columns.filter((column) => !columns.includes(column)),
    );
  }

  /** The text that inserts so many rows at once. */
  sql(rows: number): string {
    let sql = this.#texts.get(rows);
    if (sql === undefined) {
      sql = this.#write(rows);
      this.#texts.set(rows, sql);
    }
    return sql;
  }

  #write(rows: number): string {
    const head = `INSERT INTO ${this.#table.name}`;
    if (this.#columns.length === 0) return `${head} DEFAULT VALUES`;
    const names = this.#columns.map(({ name }) => name).join(", ");
    const row = `(${this.#columns.map(() => "?").join(", ")})`;
    return `${head} (${names}) VALUES ${Array(rows).fill(row).join(", ")}`;
  }

  /** Appends the values of a row. */
  push(row: object, params: SqlValue[]): void {
    let known = 0;
    for (const { property, definition, codec } of this.#columns) {
      const value = valueIn(row, property);
      if (value !== undefined || property in row) known++;
      if (value === null || value === undefined) {
        params.push(this.#missing(value, property, definition));
      } else {
        params.push(codec.encode(value, property));
      }
    }
    // What else the row holds is counted here.
    let given = 0;
    for (const _ in row) given++;
    if (given === known) return;
    for (const key of Object.keys(row)) this.#table.checkKey(key);
  }

  #missing(
    value: null | undefined,
    property: string,
    { codec, defaultValue, defaultFn, isNullable }: ColumnDefinition,
  ): SqlValue {
    if (value === undefined) {
      if (defaultValue !== undefined) return defaultValue;
      if (defaultFn !== undefined) return codec.encode(defaultFn(), property);
      // The database numbers a row whose key is NULL.
      if (property === this.#table.number) return null;
    }
    if (isNullable) return null;
    throw new TypeError(
      `Cannot insert into "${this.#table.table}": "${property}" is ${value}, want a value`,
    );
  }
}
