// Copyright 2026 the Gee authors. MIT license.

/**
 * The driver for SQLite on `node:sqlite`, which Deno brings along: databases
 * in files and in memory, without any package.
 *
 * A file is opened in WAL mode with foreign keys on and `synchronous = NORMAL`:
 * a killed process loses nothing that was committed, a power cut may lose the
 * last commits but never tears one. It needs read and write permission for the
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

import { DatabaseSync } from "node:sqlite";
import { sqliteDialect } from "./dialect/sqlite_dialect.ts";
import { sqliteError } from "./dialect/sqlite_errors.ts";
import type { SqlText } from "./dialect/dialect.ts";
import { isMemory, toPath } from "./driver/location.ts";
import { runMigration } from "./driver/run_migration.ts";
import type {
  Connection,
  Driver,
  PrepareOptions,
  RunResult,
  Statement,
} from "./driver/driver.ts";
import type { SqlValue } from "./driver/sql_value.ts";

/**
 * The driver for a database on `node:sqlite`.
 *
 * @param location A path, a `file:` URL, or `":memory:"`.
 * @returns The driver, for `Engine.open()`.
 * @throws {TypeError} When it is a URL of another kind.
 */
export function sqlite(location: string | URL = ":memory:"): Driver {
  const path = toPath(location);
  const driver: Driver = {
    name: "sqlite",
    dialect: sqliteDialect,
    open: () => new SqliteConnection(path),
    errorOf,
  };
  if (isMemory(path)) return driver;
  return {
    ...driver,
    openReader() {
      const reader = new SqliteConnection(path);
      reader.exec("PRAGMA query_only = ON");
      return reader;
    },
  };
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
  close(): void;
}

class SqliteConnection implements Connection {
  readonly #db: NativeDatabase;
  // Errors of DatabaseSync.exec() lack SQLite's code, those of statements have
  // it; and the few texts given to exec() come again and again.
  readonly #texts = new Map<string, NativeStatement>();

  constructor(path: string) {
    // It has these members in every version that Deno 2.9 and later ship.
    this.#db = new DatabaseSync(path, {
      timeout: 0,
    }) as unknown as NativeDatabase;
    try {
      if (!isMemory(path)) {
        this.exec("PRAGMA journal_mode = WAL");
        this.exec("PRAGMA synchronous = NORMAL");
      }
      this.exec("PRAGMA foreign_keys = ON");
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  prepare(sql: string, { bigints }: PrepareOptions): Statement {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(AS_ARRAYS);
    statement.setReadBigInts(bigints);
    return new SqliteStatement(statement);
  }

  exec(sql: string): void {
    let statement = this.#texts.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#texts.set(sql, statement);
    }
    statement.run();
  }

  begin(): void {
    // Taking the write lock at once: a transaction that takes it later may
    // find that another has written, and can then only fail.
    this.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.exec("COMMIT");
  }

  rollback(): void {
    this.exec("ROLLBACK");
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
  readonly #statement: NativeStatement;

  constructor(statement: NativeStatement) {
    this.#statement = statement;
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
    return { affected: Number(changes), lastId: lastInsertRowid };
  }

  iterate(params: readonly SqlValue[]): Iterable<SqlValue[]> {
    // As in all().
    return this.#statement.iterate(...params) as Iterable<SqlValue[]>;
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
