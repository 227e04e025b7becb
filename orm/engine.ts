// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "./dialect/dialect.ts";
import { ChannelExecutor } from "./channel_executor.ts";
import { retryWhileBusy } from "./driver/busy.ts";
import { Channel } from "./driver/channel.ts";
import type { Connection, Driver } from "./driver/driver.ts";
import { intoNewFile } from "./driver/new_file.ts";
import { checkChoice, checkNames } from "./driver/options.ts";
import { ReaderPool } from "./driver/reader_pool.ts";
import {
  type BackupOptions,
  checkDriver,
  checkedOptions,
  type EngineOptions,
  type SessionOptions,
} from "./engine_options.ts";
import { type Hooks, hooksOf, type HooksOn } from "./hooks.ts";
import {
  type MigrateOptions,
  migrateTables,
} from "./migrate/migrate_tables.ts";
import type { MigrationPlan } from "./migrate/migration_plan.ts";
import { rebuildError } from "./migrate/rebuild.ts";
import { transactionWord } from "./migrate/transaction_word.ts";
import { TablePlan } from "./query/plan.ts";
import { SqlChecker } from "./query/sql.ts";
import { ReplicatedExecutor } from "./replicas.ts";
import { describe } from "./schema/codecs.ts";
import type { Table } from "./schema/table.ts";
import {
  ExecutorSession,
  type Session,
  type SessionContext,
} from "./session.ts";
import { withSpans } from "./telemetry.ts";
import type { TransactionOptions } from "./transaction.ts";

/** What an engine holds at the moment. */
export interface EngineStats {
  /** How many statements the connection that writes keeps prepared. */
  readonly statements: number;
  /** How many calls wait for a transaction to end. */
  readonly waiting: number;
}

const NO_OPTIONS: SessionOptions = {};

/** Opens a connection, waiting for a lock of another process. */
function connect(
  driver: Driver,
  method: "open" | "openReader",
  limit: number,
): Promise<Connection> {
  return retryWhileBusy(async () => {
    try {
      // The engine asks for a reader only of drivers that open one.
      return await driver[method]!();
    } catch (error) {
      throw driver.errorOf(error);
    }
  }, { limit });
}

function checkIsTable(table: unknown): void {
  if (typeof table === "object" && table !== null && "columns" in table) return;
  throw new TypeError(
    `Cannot use table: got ${describe(table)}, want one made by table()`,
  );
}

/** What the sessions of one database share. */
function toContext(
  dialect: Dialect,
  hooks: readonly (Hooks | HooksOn)[],
): SessionContext {
  const plans = new WeakMap<object, TablePlan>();
  return {
    checker: new SqlChecker(),
    dialect,
    plan: (table) => {
      let plan = plans.get(table);
      if (plan === undefined) {
        checkIsTable(table);
        plan = new TablePlan(table, dialect, hooksOf(table, hooks));
        plans.set(table, plan);
      }
      return plan;
    },
  };
}

/**
 * A database: its connections, its write queue and its log. Whatever uses the
 * database goes through a session of it.
 *
 * @example Rows in and out
 * ```ts
 * import { Engine, integer, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   name: text(),
 *   age: integer().default(0),
 * });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(users, { name: "Tom", age: 18 }, { name: "Sam" });
 * const adults = await session.model(users).where({ age: { gte: 18 } }).find();
 * assertEquals(adults, [{ id: 1, name: "Tom", age: 18 }]);
 * ```
 */
export class Engine {
  readonly #writer: Channel;
  readonly #readers: ReaderPool | undefined;
  readonly #executor: ChannelExecutor;
  readonly #replicas: ReplicatedExecutor | undefined;
  readonly #session: Session;
  readonly #primary: Session;
  readonly #busyTimeout: number;
  #closing: Promise<void> | undefined;

  /**
   * Takes over an open connection; {@linkcode Engine.open} opens one itself.
   *
   * @param driver What opened the connection, and opens another for reading
   * while a transaction is open.
   * @param connection The connection.
   * @param options How the engine behaves.
   */
  constructor(
    driver: Driver,
    connection: Connection,
    options: EngineOptions = {},
  ) {
    const { busyTimeout, statements, replicas, hooks, ...rest } =
      checkedOptions(
        options,
      );
    const onQuery = withSpans(driver.name, rest.onQuery);
    const toChannel = (connection: Connection, driver: Driver) =>
      new Channel(connection, driver, { statements, onQuery });
    const pool = (driver: Driver, method: "open" | "openReader") =>
      new ReaderPool(
        async () =>
          toChannel(await connect(driver, method, busyTimeout), driver),
        { isSingle: method === "open" },
      );
    this.#busyTimeout = busyTimeout;
    this.#writer = toChannel(connection, driver);
    this.#readers = driver.openReader && pool(driver, "openReader");
    this.#executor = new ChannelExecutor({
      writer: this.#writer,
      readers: this.#readers,
      busyTimeout,
      isReadOnly: false,
    });
    const context = toContext(driver.dialect, hooks);
    this.#primary = new ExecutorSession(this.#executor, context);
    if (replicas.length === 0) {
      this.#session = this.#primary;
      return;
    }
    this.#replicas = new ReplicatedExecutor(
      this.#executor,
      replicas.map((replica) =>
        pool(replica, replica.openReader === undefined ? "open" : "openReader")
      ),
    );
    this.#session = new ExecutorSession(this.#replicas, context);
  }

  /**
   * Opens a database.
   *
   * @param driver Which database, and by which library.
   * @param options How the engine behaves.
   * @returns The engine, to be closed when it is no longer needed.
   * @throws {DatabaseError} When it cannot be opened or is no database.
   */
  static async open(
    driver: Driver,
    options: EngineOptions = {},
  ): Promise<Engine> {
    checkDriver(driver);
    const { busyTimeout } = checkedOptions(options);
    const connection = await connect(driver, "open", busyTimeout);
    return new Engine(driver, connection, options);
  }

  /**
   * A session on the whole database. All of them with the same options are
   * alike.
   *
   * @param options What it reads from.
   * @returns The session.
   */
  session(options: SessionOptions = NO_OPTIONS): Session {
    if (options === NO_OPTIONS) return this.#session;
    checkNames("make session", options, ["readFrom"]);
    const { readFrom } = options;
    checkChoice("make session", "readFrom", readFrom, ["any", "primary"]);
    return readFrom === "primary" ? this.#primary : this.#session;
  }

  /**
   * Asks the database for an answer.
   *
   * @throws {DatabaseError} When there is none.
   */
  async ping(): Promise<void> {
    await this.#executor.read((channel) => channel.get("SELECT 1", []));
  }

  /**
   * Copies the database as it is now to a file. Transactions that are open go on,
   * and so do other processes; a database in memory is copied in its turn, as a
   * transaction is. The copying itself holds up the event loop, for 0.3 s with
   * 50 MB.
   *
   * @param path The file, which must not be there yet.
   * @param options How it ends early.
   * @throws {TypeError} When there is such a file, or the driver has no backup.
   * @throws {DatabaseError} When it cannot be written; what was is removed.
   */
  async backup(path: string, options: BackupOptions = {}): Promise<void> {
    checkNames("back up database", options, ["signal"]);
    const { signal } = options;
    signal?.throwIfAborted();
    await intoNewFile(path, async () => {
      await this.#executor.alone(
        (channel) => channel.backup(path),
        signal,
      );
      signal?.throwIfAborted();
    });
  }

  /**
   * Fetches what the primary of an embedded replica has that it has not.
   *
   * @throws {TypeError} When the database is no embedded replica.
   */
  async sync(): Promise<void> {
    await this.#executor.write((channel) => channel.sync());
  }

  /**
   * Runs a function in a transaction, which is committed when it returns and
   * rolled back when it throws. Transactions of one engine run one after
   * another; while one is open, reads outside of it see what was committed
   * before, and on a database in memory they wait. One that only reads waits for
   * none, unless the database is in memory.
   *
   * @typeParam T What the function returns.
   * @param work The function. What it does has to go through its own session:
   * writes of others wait until the transaction has ended.
   * @param options How the transaction begins and ends.
   * @returns What the function returned.
   * @throws {BusyError} When another transaction held the database too long.
   * @throws {ReadOnlyError} When one that only reads writes.
   * @throws {ConnectionError} When the server was lost.
   */
  transaction<T>(
    work: (tx: Session) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#session.transaction(work, options);
  }

  /**
   * Makes the database have tables as they are described, in one transaction
   * that keeps every row: what is missing is created, what differs is altered
   * or, where SQLite cannot do that, built anew. Other tables are left alone.
   *
   * @param tables The tables.
   * @returns What was done, without steps when nothing was to do.
   * @throws {MigrationError} When data would be lost, or a row that is there
   * would lack a value; nothing was changed then.
   */
  migrate(...tables: readonly Table[]): Promise<MigrationPlan>;
  /**
   * The same with options.
   *
   * @param tables The tables.
   * @param options What is renamed or dropped, and whether data may be lost.
   * @returns What was done, without steps when nothing was to do.
   * @throws {MigrationError} As without options.
   */
  migrate(
    tables: readonly Table[],
    options?: MigrateOptions,
  ): Promise<MigrationPlan>;
  async migrate(
    ...args: readonly (Table | readonly Table[] | MigrateOptions | undefined)[]
  ): Promise<MigrationPlan> {
    const [first, options] = args;
    // The two forms above; only the second begins with an array.
    const [tables, given] = Array.isArray(first)
      ? [first as readonly Table[], options as MigrateOptions | undefined]
      : [args as readonly Table[], undefined];
    return await migrateTables(this, tables, given);
  }

  /**
   * Runs the statements of a migration, all or nothing: foreign keys are off
   * meanwhile, and the migration fails when they do not hold at its end. Calls
   * of others wait.
   *
   * @param statements The statements with their values.
   * @throws {ForeignKeyError} When a row would refer to one that is not there.
   * @throws {TypeError} When a statement begins or ends a transaction.
   */
  async runMigration(statements: readonly SqlText[]): Promise<void> {
    for (const { sql } of statements) {
      const word = transactionWord(sql);
      if (word === undefined) continue;
      throw new TypeError(
        `Cannot migrate: ${word} is in it, but it is run in a transaction anyway`,
      );
    }
    try {
      await this.#executor.migrate(statements);
    } catch (error) {
      throw rebuildError(error, statements);
    }
  }

  /**
   * What the engine holds at the moment.
   *
   * @returns The figures.
   */
  stats(): EngineStats {
    return Object.freeze({
      statements: this.#writer.statements,
      waiting: this.#executor.waiting,
    });
  }

  /**
   * Refuses new calls, waits for those under way and closes the database.
   *
   * @throws {BusyError} When a transaction does not end in time; `close()` can
   * then be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      await Promise.all([
        this.#executor.close(),
        this.#replicas?.end(this.#busyTimeout),
      ]);
    } catch (error) {
      this.#closing = undefined;
      throw error;
    }
    // One that fails to close must not keep the others open.
    const closed = await Promise.allSettled([
      this.#readers?.close(),
      this.#replicas?.close(),
      (async () => await this.#writer.close())(),
    ]);
    for (const result of closed) {
      if (result.status === "rejected") throw result.reason;
    }
  }
}
