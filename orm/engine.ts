// Copyright 2026 the Gee authors. MIT license.

import { retryWhileBusy } from "./driver/busy.ts";
import { Channel, type QueryEvent } from "./driver/channel.ts";
import type { Connection, Driver, MaybePromise } from "./driver/driver.ts";
import { Executor } from "./executor.ts";
import { TablePlan } from "./query/plan.ts";
import { SqlChecker } from "./query/sql.ts";
import { ExecutorSession, type Session } from "./session.ts";
import type { TransactionOptions } from "./transaction.ts";

/** How an engine behaves. */
export interface EngineOptions {
  /**
   * How long, in ms, a call waits for the lock of another process, or for one
   * transaction of this process to end, before it fails.
   *
   * @default {10_000}
   */
  readonly busyTimeout?: number;
  /**
   * How many prepared statements each connection keeps.
   *
   * @default {500}
   */
  readonly statements?: number;
  /** Is told of every statement that ran, with its time. */
  readonly onQuery?: (event: QueryEvent) => void;
}

/** What an engine holds at the moment. */
export interface EngineStats {
  /** How many statements are kept prepared, over all connections. */
  readonly statements: number;
  /** How many calls wait for a transaction to end. */
  readonly waiting: number;
}

/** The connections of one database. */
export interface Connections {
  /** Writes, and reads while no transaction is open. */
  readonly writer: Connection;
  /** Reads while one is, where there can be a second connection. */
  readonly reader?: Connection | undefined;
}

const BUSY_TIMEOUT = 10_000;
const STATEMENTS = 500;

function checkOption(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new RangeError(
    `Cannot open engine: "${name}" is ${value}, want a whole number from 1`,
  );
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
  readonly #reader: Channel | undefined;
  readonly #executor: Executor;
  readonly #session: Session;
  #closing: Promise<void> | undefined;

  /**
   * Takes over open connections; {@linkcode Engine.open} opens them itself.
   *
   * @param driver What opened the connections.
   * @param connections The connections.
   * @param options How the engine behaves.
   */
  constructor(
    driver: Driver,
    { writer, reader }: Connections,
    options: EngineOptions = {},
  ) {
    const { busyTimeout = BUSY_TIMEOUT, statements = STATEMENTS, onQuery } =
      options;
    checkOption("busyTimeout", busyTimeout);
    checkOption("statements", statements);
    const channel = (connection: Connection) =>
      new Channel(connection, driver, { statements, onQuery });
    this.#writer = channel(writer);
    this.#reader = reader && channel(reader);
    this.#executor = new Executor({
      writer: this.#writer,
      reader: this.#reader,
      busyTimeout,
    });
    const plans = new WeakMap<object, TablePlan>();
    this.#session = new ExecutorSession(this.#executor, {
      checker: new SqlChecker(),
      plan: (table) => {
        let plan = plans.get(table);
        if (plan === undefined) {
          plan = new TablePlan(table, driver.dialect);
          plans.set(table, plan);
        }
        return plan;
      },
    });
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
    const limit = options.busyTimeout ?? BUSY_TIMEOUT;
    const open = (connect: () => MaybePromise<Connection>) =>
      retryWhileBusy(async () => {
        try {
          return await connect();
        } catch (error) {
          throw driver.errorOf(error);
        }
      }, { limit });
    const writer = await open(() => driver.open());
    try {
      const reader = driver.openReader &&
        await open(() => driver.openReader!()); // it was there a line ago
      return new Engine(driver, { writer, reader }, options);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /**
   * A session on the whole database. All of them are alike.
   *
   * @returns The session.
   */
  session(): Session {
    return this.#session;
  }

  /**
   * Runs a function in a transaction, which is committed when it returns and
   * rolled back when it throws. Transactions of one engine run one after
   * another; while one is open, reads outside of it see what was committed
   * before, and on a database in memory they wait.
   *
   * @typeParam T What the function returns.
   * @param work The function. What it does has to go through its own session:
   * writes of others wait until the transaction has ended.
   * @param options How the transaction begins and ends.
   * @returns What the function returned.
   * @throws {BusyError} When another transaction held the database too long.
   */
  transaction<T>(
    work: (tx: Session) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#session.transaction(work, options);
  }

  /**
   * What the engine holds at the moment.
   *
   * @returns The figures.
   */
  stats(): EngineStats {
    return Object.freeze({
      statements: this.#writer.statements + (this.#reader?.statements ?? 0),
      waiting: this.#executor.waiting,
    });
  }

  /**
   * Refuses new calls, waits for those under way and closes the database.
   *
   * @throws {BusyError} When a transaction does not end in time; \`close()\` can
   * then be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as \`close()\`, for \`await using\`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      await this.#executor.close();
    } catch (error) {
      this.#closing = undefined;
      throw error;
    }
    await this.#reader?.close();
    await this.#writer.close();
  }
}
