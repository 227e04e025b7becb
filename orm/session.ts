// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "./dialect/dialect.ts";
import type { SqlValue } from "./driver/sql_value.ts";
import type { Executor } from "./executor.ts";
import { type InsertResult, insertRows } from "./query/insert.ts";
import { insertNew } from "./query/writing.ts";
import type { FullText } from "./query/full_text.ts";
import type { TablePlan } from "./query/plan.ts";
import type { Query } from "./query/query.ts";
import type { HookSession, QueryContext } from "./query/query_context.ts";
import type { SqlChecker, SqlParam } from "./query/sql.ts";
import { bindSql, type Sql } from "./query/sql_template.ts";
import { reloadRecord, type SavedRecord, saveRecord } from "./query/records.ts";
import { query } from "./query/table_query.ts";
import { toBytes } from "./schema/codecs.ts";
import type { Columns, InsertRow, Row, Table } from "./schema/table.ts";
import type { TransactionOptions } from "./transaction.ts";

/**
 * A unit of work on a database: on all of it, or inside of a transaction. It
 * costs nothing to make and needs no closing, and any number of calls may be
 * under way at once.
 */
export interface Session {
  /**
   * Creates a table with its indices, all or nothing.
   *
   * @param table The table.
   * @throws {SqlSyntaxError} When there is one of that name.
   */
  createTable(table: Table): Promise<void>;
  /**
   * Drops a table with all its rows, if it is there.
   *
   * @param table The table.
   */
  dropTable(table: Table): Promise<void>;
  /**
   * Returns whether a table is there.
   *
   * @param table The table, or its name.
   */
  hasTable(table: Table | string): Promise<boolean>;
  /**
   * Inserts rows, all or none. None is no mistake.
   *
   * @typeParam C The table's columns.
   * @param table The table.
   * @param rows The rows. A column left out gets its default, or `null`.
   * @returns How many rows there were, and the key of the last.
   * @throws {TypeError} When a column is unknown or missing, or a value does
   * not fit.
   */
  insert<C extends Columns>(
    table: Table<string, C>,
    ...rows: readonly InsertRow<C>[]
  ): Promise<InsertResult>;
  /**
   * Inserts rows, or updates those whose primary key is there already: they get
   * the values that the rows name, and keep the others. All or none.
   *
   * @typeParam C The table's columns.
   * @param table The table.
   * @param rows The rows.
   * @returns How many rows were inserted or updated.
   * @throws {TypeError} As `insert()` does, and when there is no primary key.
   */
  upsert<C extends Columns>(
    table: Table<string, C>,
    ...rows: readonly InsertRow<C>[]
  ): Promise<number>;
  /**
   * Saves a record: inserts it if it lacks its primary key, else updates the row
   * with that key to all of the record's columns. A column of `updatedAt()` gets
   * the time; the version that the record has must be that of the row.
   *
   * @typeParam C The table's columns.
   * @param table The table.
   * @param record The record, which is not changed.
   * @returns The row as it is stored now.
   * @throws {NotFoundError} When there is no row with its key, or a hook has
   * taken the record out.
   * @throws {ConflictError} When the row has another version, or is gone.
   * @throws {TypeError} When the table has no primary key, a column is unknown,
   * or a value does not fit.
   */
  save<C extends Columns>(
    table: Table<string, C>,
    record: SavedRecord<C>,
  ): Promise<Row<C>>;
  /**
   * Reads the row of a record again.
   *
   * @typeParam C The table's columns.
   * @param table The table.
   * @param record The record; only its primary key matters.
   * @returns The row as it is stored now.
   * @throws {NotFoundError} When there is none any more.
   * @throws {TypeError} When the record lacks its primary key.
   */
  reload<C extends Columns>(
    table: Table<string, C>,
    record: Partial<Row<C>>,
  ): Promise<Row<C>>;
  /**
   * Creates a full-text index, fills it with the rows of its table and keeps it
   * true from now on, all or nothing.
   *
   * @typeParam C The table's columns.
   * @param index The index.
   * @throws {SqlSyntaxError} When there is one of that name.
   */
  createFullText<C extends Columns>(index: FullText<C, string>): Promise<void>;
  /**
   * Drops a full-text index, if it is there.
   *
   * @typeParam C The table's columns.
   * @param index The index.
   */
  dropFullText<C extends Columns>(index: FullText<C, string>): Promise<void>;
  /**
   * The query on every row of a table, or of a derived one.
   *
   * @typeParam C The table's columns.
   * @param table The table.
   * @param options What it is called in the query.
   */
  model<C extends Columns>(
    table: Table<string, C>,
    options?: ModelQueryOptions,
  ): Query<C, Row<C>>;
  /**
   * Runs a statement and returns its rows. An integer is a `number` within
   * 2^53 and a `bigint` beyond.
   *
   * @typeParam T The rows, which nothing checks.
   * @param sql One statement, with a `?` for each value.
   * @param params The values.
   * @throws {TypeError} When there are more or fewer values than placeholders,
   * or it is more than one statement, or one that begins or ends transactions.
   */
  raw<T extends object = Record<string, SqlValue>>(
    sql: string,
    ...params: readonly SqlParam[]
  ): Promise<T[]>;
  /**
   * Runs a statement made by the tag `sql` and returns its rows.
   *
   * @typeParam T The rows, which nothing checks.
   * @param sql One statement.
   * @throws {TypeError} As for text.
   */
  raw<T extends object = Record<string, SqlValue>>(sql: Sql): Promise<T[]>;
  /**
   * Runs a statement and returns how many rows it changed.
   *
   * @param sql One statement, with a `?` for each value.
   * @param params The values.
   * @throws {TypeError} As `raw()` does.
   */
  exec(sql: string, ...params: readonly SqlParam[]): Promise<number>;
  /**
   * Runs a statement made by the tag `sql` and returns how many rows it changed.
   *
   * @param sql One statement.
   * @throws {TypeError} As `raw()` does.
   */
  exec(sql: Sql): Promise<number>;
  /**
   * Runs a function in a transaction, which is committed when it returns and
   * rolled back when it throws. Inside of a transaction it is a savepoint.
   *
   * @typeParam T What the function returns.
   * @param work The function. What it does has to go through its own session:
   * calls of others wait until the transaction has ended.
   * @param options How the transaction begins and ends.
   * @returns What the function returned.
   * @throws {BusyError} When another transaction held the database too long.
   */
  transaction<T>(
    work: (tx: Session) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
}

/** How a query names its table. */
export interface ModelQueryOptions {
  /**
   * What the table is called in the query, for one that stands inside of another
   * on the same table.
   *
   * @default {the table's name}
   */
  readonly as?: string;
}

/** What the sessions of one database share. */
export interface SessionContext {
  readonly dialect: Dialect;
  readonly checker: SqlChecker;
  readonly plan: (table: Table<string, Columns>) => TablePlan;
}

const NO_TABLES: readonly Table[] = [];
const READS = /^\s*select\b/i;

/** The session of an executor: the database's, or a transaction's. */
export class ExecutorSession implements Session {
  readonly #executor: Executor;
  readonly #context: SessionContext;
  readonly #query: QueryContext;

  constructor(
    executor: Executor,
    context: SessionContext,
    silent: readonly Table[] = NO_TABLES,
  ) {
    this.#executor = executor;
    this.#context = context;
    const { dialect, checker, plan } = context;
    const { within } = ExecutorSession;
    this.#query = { executor, dialect, checker, plan, silent, within };
  }

  /** The session of a table's hooks, which calls none of that table again. */
  static within(
    this: void,
    context: QueryContext,
    executor: Executor,
    table: Table,
  ): HookSession {
    const silent = [...context.silent, table];
    const session = new ExecutorSession(executor, context, silent);
    return { session, context: session.#query };
  }

  async createTable(table: Table): Promise<void> {
    const [create = "", ...rest] = this.#context.plan(table).createSql();
    if (rest.length === 0) return void await this.#run(create, []);
    await this.#runAll([create, ...rest]);
  }

  async dropTable(table: Table): Promise<void> {
    await this.#run(this.#context.plan(table).dropSql(), []);
  }

  async hasTable(table: Table | string): Promise<boolean> {
    const name = typeof table === "string" ? table : table.name;
    const row = await this.#executor.read((channel) => {
      const { sql, params } = channel.dialect.tableExistSql(name);
      return channel.get(sql, params);
    });
    return row !== undefined;
  }

  // deno-lint-ignore require-await -- what insertRows() throws has to reject
  async insert<C extends Columns>(
    table: Table<string, C>,
    ...rows: readonly InsertRow<C>[]
  ): Promise<InsertResult> {
    const plan = this.#context.plan(table);
    return plan.hooks === undefined
      ? insertRows(this.#executor, plan, rows)
      : insertNew(this.#query, plan, rows);
  }

  upsert<C extends Columns>(
    table: Table<string, C>,
    ...rows: readonly InsertRow<C>[]
  ): Promise<number> {
    return this.model(table).upsert(...rows);
  }

  save<C extends Columns>(
    table: Table<string, C>,
    record: SavedRecord<C>,
  ): Promise<Row<C>> {
    return saveRecord(this.#context.plan(table), this.model(table), record);
  }

  reload<C extends Columns>(
    table: Table<string, C>,
    record: Partial<Row<C>>,
  ): Promise<Row<C>> {
    return reloadRecord(this.#context.plan(table), this.model(table), record);
  }

  model<C extends Columns>(
    table: Table<string, C>,
    options?: ModelQueryOptions,
  ): Query<C, Row<C>> {
    const plan = this.#context.plan(table);
    const alias = options?.as;
    return query(this.#query, alias === undefined ? plan : plan.as(alias));
  }

  createFullText<C extends Columns>(index: FullText<C, string>): Promise<void> {
    return this.#runAll(index.createSql);
  }

  dropFullText<C extends Columns>(index: FullText<C, string>): Promise<void> {
    return this.#runAll(index.dropSql);
  }

  /** Runs statements, all or none. */
  #runAll(statements: readonly string[]): Promise<void> {
    return this.#executor.transaction(async (inner) => {
      for (const sql of statements) {
        await inner.write((channel) => channel.run(sql, []));
      }
    });
  }

  async raw<T extends object = Record<string, SqlValue>>(
    statement: string | Sql,
    ...values: readonly SqlParam[]
  ): Promise<T[]> {
    const { sql, params } = this.#statement(statement, values);
    const run = () =>
      READS.test(sql)
        ? this.#executor.read((channel) => channel.records(sql, params))
        : this.#executor.write((channel) => channel.records(sql, params));
    let { rows, columns } = await run();
    // A statement of node:sqlite that was prepared before the schema changed
    // returns the old columns once more; a mere reading can be had again.
    const width = rows[0]?.length ?? columns.length;
    if (width !== columns.length && READS.test(sql)) {
      ({ rows, columns } = await run());
    }
    // The caller says what the statement returns.
    return rows.map((cells) => toRecord(columns, cells) as T);
  }

  async exec(
    statement: string | Sql,
    ...values: readonly SqlParam[]
  ): Promise<number> {
    const { sql, params } = this.#statement(statement, values);
    return await this.#run(sql, params);
  }

  #statement(statement: string | Sql, values: readonly SqlParam[]): SqlText {
    const { checker, dialect } = this.#context;
    const { sql, params } = typeof statement === "string"
      ? { sql: statement, params: values }
      : bindSql(statement, values, dialect, (name) => dialect.quote(name));
    return { sql, params: checker.statement(sql, params) };
  }

  transaction<T>(
    work: (tx: Session) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#executor.transaction(
      (inner) =>
        work(new ExecutorSession(inner, this.#context, this.#query.silent)),
      options,
    );
  }

  async #run(sql: string, params: readonly SqlValue[]): Promise<number> {
    const { affected } = await this.#executor.write((channel) =>
      channel.run(sql, params)
    );
    return affected;
  }
}

function toRecord(
  columns: readonly string[],
  cells: readonly SqlValue[],
): Record<string, SqlValue> {
  return Object.fromEntries(columns.map((name, index) => {
    // A statement returns a cell for each of its columns.
    const cell = cells[index] as SqlValue;
    if (typeof cell === "bigint") {
      const number = Number(cell);
      return [name, Number.isSafeInteger(number) ? number : cell];
    }
    return [name, cell instanceof Uint8Array ? toBytes(cell) : cell];
  }));
}
