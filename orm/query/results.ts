// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import type { Selectable } from "./selectable.ts";

/** How rows are iterated over. */
export interface IterateOptions {
  /** Ends the iteration with its reason as the error. */
  readonly signal?: AbortSignal;
}

/** How the database would run a query. */
export interface Explanation {
  /** The text, with a placeholder for each value. */
  readonly sql: string;
  /** The values, as they are stored. */
  readonly params: readonly SqlValue[];
  /** The steps, each indented by two spaces for each step that it is part of. */
  readonly plan: readonly string[];
}

/**
 * What a query returns, in every form that it is asked for.
 *
 * @typeParam Out The rows it returns.
 */
export interface Results<Out> extends Selectable<Out> {
  /** Returns the rows. */
  find(): Promise<Out[]>;
  /** Returns the first row, or `undefined` when there is none. */
  first(): Promise<Out | undefined>;
  /**
   * Returns the first row.
   *
   * @throws {NotFoundError} When there is none.
   */
  one(): Promise<Out>;
  /** Returns how many rows there are. */
  count(): Promise<number>;
  /** Returns whether there is a row. */
  exists(): Promise<boolean>;
  /**
   * Returns the rows one by one, however many there are, on a connection of its
   * own where the database allows one. Leaving the loop frees what it holds.
   * Inside of a transaction it ends with it.
   *
   * @param options What ends it early.
   * @throws {ClosedError} When its transaction has ended.
   * @throws {TypeError} When the query reads a page by `before()`.
   */
  iterate(options?: IterateOptions): AsyncGenerator<Out, void, void>;
  /** Returns the query's text and values, and how the database would run it. */
  explain(): Promise<Explanation>;
  /**
   * Returns an opaque text for a row's place in the query's order, for
   * `after()` and `before()`. It holds the row's values of the order and of the
   * primary key, and is not encrypted.
   *
   * @param row A row of the query.
   * @throws {TypeError} When the row lacks a column of the order or of the
   * primary key, or the order is by an expression.
   */
  cursor(row: Out): string;
}
