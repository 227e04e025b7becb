// Copyright 2026 the Gee authors. MIT license.

/**
 * The driver for SQLite on `node:sqlite`, which Deno brings along: databases
 * in files and in memory, without any package.
 *
 * A file is opened in WAL mode with foreign keys on and `synchronous = NORMAL`:
 * a killed process loses nothing that was committed, a power cut may lose the
 * last commits but never tears one; with `durability: "full"` it loses none. It
 * needs read and write permission for the
 * file and the two beside it, `-wal` and `-shm`.
 *
 * @example A database in memory
 * ```ts
 * import { Engine } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * await using engine = await Engine.open(sqlite());
 * assertEquals(await engine.session().raw("SELECT 1 + ? AS sum", 2), [{ sum: 3 }]);
 * ```
 *
 * @module
 */

import { backup, DatabaseSync } from "node:sqlite";
import { sqliteDialect } from "./dialect/sqlite_dialect.ts";
import { sqliteError } from "./dialect/sqlite_errors.ts";
import type { SqlText } from "./dialect/dialect.ts";
import { DatabaseError } from "./errors.ts";
import { isMemory, toPath } from "./driver/location.ts";
import { runMigration } from "./driver/run_migration.ts";
import { checkChoice, checkNames } from "./driver/options.ts";
import { changesRows } from "./driver/reads_only.ts";
import {
  guarded,
  type GuardedFunction,
  type SqlFunction,
  type SqlFunctionOptions,
  type SqlFunctions,
} from "./driver/sql_functions.ts";
import type {
  Connection,
  Driver,
  PrepareOptions,
  RunResult,
  Statement,
  TransactionMode,
} from "./driver/driver.ts";
import type { SqlValue } from "./driver/sql_value.ts";

export type { SqlFunction, SqlFunctionOptions, SqlFunctions };

/** How a database is opened. */
export interface SqliteOptions {
  /**
   * What a power cut may take: with `"normal"` the last commits, with `"full"`
   * nothing, for every commit waits until the disk has it. A process that ends,
   * killed or not, loses nothing with either.
   *
   * @default {"normal"}
   */
  readonly durability?: "normal" | "full";
  /** Functions for SQL by their names. */
  readonly functions?: SqlFunctions;
  /**
   * Whether every write is refused by a `ReadOnlyError`. The file has to be
   * there.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
}

const NAMES = ["durability", "functions", "readOnly"];

/**
 * The driver for a database on `node:sqlite`.
 *
 * @param location A path, a `file:` URL, or `":memory:"`.
 * @param options How it is opened.
 * @returns The driver, for `Engine.open()`.
 * @throws {TypeError} When it is a URL of another kind, or an option is none.
 *
 * @example A function for SQL
 * ```ts
 * import { Engine } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const slug = (text: string) => text.toLowerCase().replaceAll(" ", "-");
 * await using engine = await Engine.open(sqlite(":memory:", {
 *   functions: { slug: { run: slug, deterministic: true } },
 * }));
 * const rows = await engine.session().raw("SELECT slug(?) AS slug", "Hello World");
 * assertEquals(rows, [{ slug: "hello-world" }]);
 * ```
 */
export function sqlite(
  location: string | URL = ":memory:",
  options: SqliteOptions = {},
): Driver {
  const path = toPath(location);
  checkOptions(options);
  // A statement fails before another one runs, so the latest is its own.
  const thrown: unknown[] = [];
  const functions = guarded(options.functions ?? {}, (error) => {
    thrown.push(error);
  });
  const connect = () => new SqliteConnection(path, options, functions);
  const driver: Driver = {
    name: "sqlite",
    dialect: sqliteDialect,
    open: connect,
    errorOf: (error) =>
      thrown.length > 0 ? thrown.splice(0).at(-1) : errorOf(error),
  };
  if (isMemory(path)) return driver;
  return {
    ...driver,
    openReader() {
      const reader = connect();
      reader.refuseWrites();
      return reader;
    },
  };
}

function checkOptions(options: SqliteOptions): void {
  const action = "open database";
  checkNames(action, options, NAMES);
  checkChoice(action, "durability", options.durability, ["normal", "full"]);
  checkChoice(action, "readOnly", options.readOnly, [true, false]);
}

// Arrays, not objects: 1.8x on 1000 rows.
const AS_ARRAYS = true;

/** What we use of a statement; the types of some Deno versions lack a part. */
interface NativeStatement {
  setReturnArrays(isArray: boolean): unknown;
  setReadBigInts(isBigint: boolean): unknown;
  all(...params: readonly SqlValue[]): unknown[];
  get(...params: readonly SqlValue[]): unknown;
  run(...params: readonly SqlValue[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  columns(): readonly { readonly name: string }[];
  iterate(...params: readonly SqlValue[]): Iterable<unknown>;
}

/** What we use of a database. */
interface NativeDatabase {
  readonly isTransaction: boolean;
  prepare(sql: string): NativeStatement;
  function(
    name: string,
    options: { readonly deterministic: boolean; readonly varargs: boolean },
    run: SqlFunction,
  ): void;
  close(): void;
}

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  deferred: "BEGIN",
  // Taking the write lock at once: a transaction that takes it later may find
  // that another has written, and can then only fail.
  immediate: "BEGIN IMMEDIATE",
  exclusive: "BEGIN EXCLUSIVE",
  read: "BEGIN",
};

class SqliteConnection implements Connection {
  readonly #native: DatabaseSync;
  readonly #db: NativeDatabase;
  readonly #isMemory: boolean;
  // Errors of DatabaseSync.exec() lack SQLite's code, those of statements have
  // it; and the few texts given to exec() come again and again.
  readonly #texts = new Map<string, NativeStatement>();

  constructor(
    path: string,
    { readOnly = false, durability }: SqliteOptions,
    functions: readonly GuardedFunction[],
  ) {
    const native = new DatabaseSync(path, { timeout: 0, readOnly });
    this.#native = native;
    // It has these members in every version that Deno 2.9 and later ship.
    this.#db = native as unknown as NativeDatabase;
    this.#isMemory = isMemory(path);
    try {
      if (!this.#isMemory && !readOnly) {
        this.exec("PRAGMA journal_mode = WAL");
        this.exec(`PRAGMA synchronous = ${durability ?? "normal"}`);
      }
      this.exec("PRAGMA foreign_keys = ON");
      for (const { name, run, deterministic, variadic } of functions) {
        this.#db.function(name, { deterministic, varargs: variadic }, run);
      }
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  prepare(sql: string, { bigints }: PrepareOptions): Statement {
    const prepare = (text: string) => {
      const statement = this.#db.prepare(text);
      statement.setReturnArrays(AS_ARRAYS);
      statement.setReadBigInts(bigints);
      return statement;
    };
    return new SqliteStatement(sql, prepare);
  }

  exec(sql: string): void {
    let statement = this.#texts.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#texts.set(sql, statement);
    }
    statement.run();
  }

  begin(mode: TransactionMode): void {
    this.exec(BEGIN[mode]);
  }

  commit(): void {
    this.exec("COMMIT");
  }

  rollback(): void {
    this.exec("ROLLBACK");
  }

  refuseWrites(): void {
    this.exec("PRAGMA query_only = ON");
  }

  allowWrites(): void {
    this.exec("PRAGMA query_only = OFF");
  }

  async backup(path: string): Promise<void> {
    // A snapshot: without it the copy would begin anew with every commit of
    // another process.
    if (!this.#isMemory) {
      this.exec("BEGIN");
      this.exec("SELECT 1 FROM sqlite_master");
    }
    try {
      await backup(this.#native, path);
    } finally {
      if (this.inTransaction) this.rollback();
    }
  }

  migrate(statements: readonly SqlText[]): Promise<void> {
    // Not by exec(), which keeps every text.
    return runMigration(
      this,
      statements,
      ({ sql, params }) => this.#db.prepare(sql).all(...params),
    );
  }

  close(): void {
    this.#db.close();
  }
}

class SqliteStatement implements Statement {
  readonly #sql: string;
  readonly #prepare: (sql: string) => NativeStatement;
  readonly #statement: NativeStatement;
  readonly #changes: boolean;

  constructor(sql: string, prepare: (sql: string) => NativeStatement) {
    this.#sql = sql;
    this.#prepare = prepare;
    this.#statement = prepare(sql);
    this.#changes = changesRows(sql);
  }

  all(params: readonly SqlValue[]): SqlValue[][] {
    // setReturnArrays() makes rows arrays.
    return this.#statement.all(...params) as SqlValue[][];
  }

  get(params: readonly SqlValue[]): SqlValue[] | undefined {
    // As in all().
    return this.#statement.get(...params) as SqlValue[] | undefined;
  }

  run(params: readonly SqlValue[]): RunResult {
    const { changes, lastInsertRowid } = this.#statement.run(...params);
    return {
      affected: this.#changes ? Number(changes) : 0,
      lastId: lastInsertRowid,
    };
  }

  /**
   * In Deno 2.9 an error ends the native iterator as the last row does. So a row
   * comes behind the last one, which has a NULL where the others have a 1: a
   * compound of UNION ALL is read from left to right.
   */
  *iterate(params: readonly SqlValue[]): Generator<SqlValue[]> {
    const nulls = this.#statement.columns().map(() => "NULL, ").join("");
    const statement = this.#prepare(
      `SELECT *, 1 FROM (${this.#sql}\n) UNION ALL SELECT ${nulls}NULL`,
    );
    let count = 0;
    for (const row of statement.iterate(...params)) {
      const cells = row as SqlValue[]; // as in all()
      if (cells.pop() === null) return;
      yield cells;
      count++;
    }
    // The row that it ended at fails again, where it is told.
    this.#prepare(`SELECT * FROM (${this.#sql}\n) LIMIT 1 OFFSET ${count}`)
      .get(...params);
    throw new DatabaseError(
      `Cannot read row: the database ended after ${count} rows without saying why`,
    );
  }

  columns(): readonly string[] {
    return this.#statement.columns().map(({ name }) => name);
  }
}

// Some of its errors come without SQLite's code.
const CODES: ReadonlyMap<string, number> = new Map([
  ["database is locked", 5],
  ["database table is locked", 6],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
]);

function errorOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ERR_OUT_OF_RANGE") {
    return new RangeError(
      "Cannot read row: an integer is beyond 2^53, declare the column as bigint()",
      { cause: error },
    );
  }
  if (error.code !== "ERR_SQLITE_ERROR") return error;
  const reason = error.message.replace(/ in [^]* at offset \d+$/, "");
  const code = "errcode" in error && typeof error.errcode === "number"
    ? error.errcode
    : CODES.get(reason.split(":")[0] ?? reason) ?? 1;
  return sqliteError(code, reason, error);
}
