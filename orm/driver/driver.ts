// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "./sql_value.ts";

/**
 * A value, or the promise of one. Drivers in this process answer at once and
 * cost no promise; drivers across a network answer later.
 */
export type MaybePromise<T> = T | Promise<T>;

/** What a statement that writes did. */
export interface RunResult {
  /** How many rows it inserted, updated or deleted. */
  readonly affected: number;
  /** The row id the connection inserted last, in whatever statement that was. */
  readonly lastId: number | bigint;
}

/** A prepared statement. It is used again for every run of the same text. */
export interface Statement {
  /**
   * Runs it and returns every row as an array of cells.
   *
   * @param params One value for each placeholder.
   */
  all(params: readonly SqlValue[]): MaybePromise<SqlValue[][]>;
  /**
   * Runs it and returns its first row, or `undefined` when there is none.
   *
   * @param params One value for each placeholder.
   */
  get(params: readonly SqlValue[]): MaybePromise<SqlValue[] | undefined>;
  /**
   * Runs it for what it changes.
   *
   * @param params One value for each placeholder.
   */
  run(params: readonly SqlValue[]): MaybePromise<RunResult>;
  /**
   * Runs it, a SELECT, and returns its rows one by one. To stop early frees what it holds.
   * Left out where rows cannot be had one by one.
   *
   * @param params One value for each placeholder.
   */
  iterate?(params: readonly SqlValue[]): Iterable<SqlValue[]>;
  /** The names of the result columns, none for a statement without a result. */
  columns(): readonly string[];
}

/** How a statement reads. */
export interface PrepareOptions {
  /**
   * Whether integers come back as `bigint`. Without it those beyond 2^53 are
   * refused or inexact.
   */
  readonly bigints: boolean;
}

/**
 * How a transaction begins: `"immediate"` takes the write lock at once,
 * `"deferred"` when it first writes, `"exclusive"` keeps readers out too where
 * the journal is no write-ahead log, `"read"` never takes it.
 */
export type TransactionMode = "deferred" | "immediate" | "exclusive" | "read";

/**
 * One connection. The engine gives it at most one transaction at a time, and
 * errors leave it as the library underneath throws them:
 * {@linkcode Driver.errorOf} explains them.
 */
export interface Connection {
  /** Whether a transaction is open. SQLite ends one by itself on some errors. */
  readonly inTransaction: boolean;
  /**
   * Compiles one statement.
   *
   * @param sql Its text, with a placeholder for each value.
   * @param options How it reads.
   */
  prepare(sql: string, options: PrepareOptions): Statement;
  /**
   * Runs a statement without values or rows, a savepoint for instance.
   *
   * @param sql Its text.
   */
  exec(sql: string): MaybePromise<void>;
  /**
   * Begins a transaction.
   *
   * @param mode Which lock it takes.
   */
  begin(mode: TransactionMode): MaybePromise<void>;
  /** Ends the transaction and keeps what it did. */
  commit(): MaybePromise<void>;
  /** Ends the transaction and undoes what it did. */
  rollback(): MaybePromise<void>;
  /** Makes every statement that writes fail, until `allowWrites()`. */
  refuseWrites(): MaybePromise<void>;
  /** Ends what `refuseWrites()` began. */
  allowWrites(): MaybePromise<void>;
  /**
   * Runs the statements of a migration, all or nothing: foreign keys are off
   * from before its transaction until after it, whether it fails or not, and it
   * is rolled back when `PRAGMA foreign_key_check` then answers.
   *
   * @param statements The statements, which end with `legacy_alter_table` off.
   * @throws {ForeignKeyError} When a row would refer to one that is not there.
   */
  migrate(statements: readonly SqlText[]): MaybePromise<void>;
  /** Ends the connection. It is called once. */
  close(): MaybePromise<void>;
  /**
   * Copies the database to a file. Left out where that cannot be.
   *
   * @param path The file, which is there and empty.
   */
  backup?(path: string): MaybePromise<void>;
  /** Fetches what the primary of an embedded replica has. Left out elsewhere. */
  sync?(): MaybePromise<void>;
}

/** What opens a database: the seam between the engine and a database library. */
export interface Driver {
  /** Name of the driver, as in `"sqlite"`. */
  readonly name: string;
  /** The SQL it speaks. */
  readonly dialect: Dialect;
  /** Opens the connection that writes. */
  open(): MaybePromise<Connection>;
  /**
   * Opens a second connection, which refuses writes and sees only what was
   * committed. Left out where there can be none, as for a database in memory.
   */
  openReader?(): MaybePromise<Connection>;
  /**
   * The error to throw for one that a connection threw.
   *
   * @param error Whatever was thrown.
   * @returns One of this module's classes with the original as its cause, or
   * the same error when it is not the database's.
   */
  errorOf(error: unknown): unknown;
}
