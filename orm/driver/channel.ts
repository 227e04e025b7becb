// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "../dialect/dialect.ts";
import type {
  Connection,
  Driver,
  MaybePromise,
  PrepareOptions,
  RunResult,
  TransactionMode,
} from "./driver.ts";
import type { SqlValue } from "./sql_value.ts";
import { StatementCache } from "./statement_cache.ts";

/** A statement that ran, for the log. */
export interface QueryEvent {
  /** Its text. */
  readonly sql: string;
  /** The values of its placeholders, as they are stored. */
  readonly params: readonly SqlValue[];
  /** How long it took, in ms. */
  readonly ms: number;
  /** How many rows it returned, unless they came one by one. */
  readonly rows: number | undefined;
  /** How many rows it inserted, updated or deleted, where that was asked. */
  readonly affected: number | undefined;
  /** What it failed with, if it failed. */
  readonly error: unknown;
}

/** What a channel needs to know. */
export interface ChannelOptions {
  readonly statements: number;
  readonly onQuery: ((event: QueryEvent) => void) | undefined;
}

/** The result of a statement that no table describes. */
export interface Records {
  readonly rows: readonly SqlValue[][];
  readonly columns: readonly string[];
}

/** What a result says of itself in the log. */
type Count = Pick<QueryEvent, "rows" | "affected">;

const UNCOUNTED: Count = { rows: undefined, affected: undefined };

// Each made once, not for each statement.
const countAll = ({ length }: SqlValue[][]): Count => ({
  rows: length,
  affected: undefined,
});
const countOne = (row: SqlValue[] | undefined): Count => ({
  rows: row === undefined ? 0 : 1,
  affected: undefined,
});
const countRun = ({ affected }: RunResult): Count => ({
  rows: undefined,
  affected,
});
const countRecords = ({ rows }: Records): Count => ({
  rows: rows.length,
  affected: undefined,
});

const BIGINTS: PrepareOptions = { bigints: true };
const NUMBERS: PrepareOptions = { bigints: false };
const NO_PARAMS: readonly SqlValue[] = [];

/** One connection with its prepared statements, its log and its error classes. */
export class Channel {
  readonly #connection: Connection;
  readonly #driver: Driver;
  readonly #cache: StatementCache;
  readonly #onQuery: ((event: QueryEvent) => void) | undefined;

  constructor(connection: Connection, driver: Driver, options: ChannelOptions) {
    this.#connection = connection;
    this.#driver = driver;
    this.#onQuery = options.onQuery;
    this.#cache = new StatementCache(
      connection,
      driver.dialect.placeholders,
      options.statements,
    );
  }

  get dialect(): Dialect {
    return this.#driver.dialect;
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  /** How many statements are kept prepared. */
  get statements(): number {
    return this.#cache.size;
  }

  all(
    sql: string,
    params: readonly SqlValue[],
    options: PrepareOptions = NUMBERS,
  ): MaybePromise<SqlValue[][]> {
    return this.#watch(
      sql,
      params,
      () => this.#cache.get(sql, options).all(params),
      countAll,
    );
  }

  get(
    sql: string,
    params: readonly SqlValue[],
    options: PrepareOptions = NUMBERS,
  ): MaybePromise<SqlValue[] | undefined> {
    return this.#watch(
      sql,
      params,
      () => this.#cache.get(sql, options).get(params),
      countOne,
    );
  }

  run(sql: string, params: readonly SqlValue[]): MaybePromise<RunResult> {
    return this.#watch(
      sql,
      params,
      () => this.#cache.get(sql, NUMBERS).run(params),
      countRun,
    );
  }

  /** Every row, with the names of the columns. */
  records(sql: string, params: readonly SqlValue[]): MaybePromise<Records> {
    return this.#watch(sql, params, () => {
      const statement = this.#cache.get(sql, BIGINTS);
      const rows = statement.all(params);
      return rows instanceof Promise
        ? rows.then((rows) => ({ rows, columns: statement.columns() }))
        : { rows, columns: statement.columns() };
    }, countRecords);
  }

  /** The rows one by one, as long as nobody else reads so on this connection. */
  async *iterate(
    sql: string,
    params: readonly SqlValue[],
    options: PrepareOptions,
  ): AsyncGenerator<SqlValue[]> {
    const start = performance.now();
    let error: unknown;
    try {
      const text = this.#driver.dialect.placeholders(sql);
      // Not of the cache: another run of the statement would end this one.
      const statement = this.#connection.prepare(text, options);
      yield* statement.iterate?.(params) ?? await statement.all(params);
    } catch (cause) {
      error = this.#driver.errorOf(cause);
      throw error;
    } finally {
      this.#log(sql, params, start, error);
    }
  }

  exec(sql: string): MaybePromise<void> {
    return this.#watch(sql, NO_PARAMS, () => this.#connection.exec(sql));
  }

  begin(mode: TransactionMode): MaybePromise<void> {
    return this.#watch(
      "BEGIN",
      NO_PARAMS,
      () => this.#connection.begin(mode),
    );
  }

  commit(): MaybePromise<void> {
    return this.#watch("COMMIT", NO_PARAMS, () => this.#connection.commit());
  }

  rollback(): MaybePromise<void> {
    return this.#watch(
      "ROLLBACK",
      NO_PARAMS,
      () => this.#connection.rollback(),
    );
  }

  refuseWrites(): MaybePromise<void> {
    return this.#connection.refuseWrites();
  }

  allowWrites(): MaybePromise<void> {
    return this.#connection.allowWrites();
  }

  /** Copies the database to a file that is there and empty. */
  backup(path: string): MaybePromise<void> {
    const connection = this.#connection;
    if (connection.backup === undefined) {
      throw new TypeError(
        `Cannot back up database: the driver "${this.#driver.name}" has no backup`,
      );
    }
    return this.#watch(
      "BACKUP",
      NO_PARAMS,
      () => connection.backup?.(path),
    );
  }

  /** Fetches what the primary has. */
  sync(): MaybePromise<void> {
    const connection = this.#connection;
    if (connection.sync === undefined) {
      throw new TypeError(
        `Cannot sync database: want an embedded replica, as libsql() opens one with "syncUrl", got the driver "${this.#driver.name}"`,
      );
    }
    return this.#watch("SYNC", NO_PARAMS, () => connection.sync?.());
  }

  /** Runs the statements of a migration, all or nothing. */
  migrate(statements: readonly SqlText[]): MaybePromise<void> {
    // What was prepared before may answer as if nothing had changed.
    this.#cache.clear();
    const sql = statements.map(({ sql }) => sql).join(";\n");
    const params = statements.flatMap(({ params }) => params);
    return this.#watch(
      sql,
      params,
      () => this.#connection.migrate(statements),
    );
  }

  close(): MaybePromise<void> {
    this.#cache.clear();
    return this.#connection.close();
  }

  /** Runs one call, and gives its error our class and the log its event. */
  #watch<T>(
    sql: string,
    params: readonly SqlValue[],
    call: () => MaybePromise<T>,
    count?: (result: T) => Count,
  ): MaybePromise<T> {
    const start = this.#onQuery === undefined ? 0 : performance.now();
    let result: MaybePromise<T>;
    try {
      result = call();
    } catch (error) {
      throw this.#failed(sql, params, start, error);
    }
    if (result instanceof Promise) {
      return result.then((value) => {
        if (this.#onQuery !== undefined) {
          this.#log(sql, params, start, undefined, count?.(value));
        }
        return value;
      }, (error) => {
        throw this.#failed(sql, params, start, error);
      });
    }
    if (this.#onQuery !== undefined) {
      this.#log(sql, params, start, undefined, count?.(result));
    }
    return result;
  }

  #failed(
    sql: string,
    params: readonly SqlValue[],
    start: number,
    cause: unknown,
  ): unknown {
    const error = this.#driver.errorOf(cause);
    this.#log(sql, params, start, error);
    return error;
  }

  #log(
    sql: string,
    params: readonly SqlValue[],
    start: number,
    error: unknown,
    { rows, affected }: Count = UNCOUNTED,
  ): void {
    const ms = performance.now() - start;
    this.#onQuery?.({ sql, params, ms, rows, affected, error });
  }
}
