// Copyright 2026 the Gee authors. MIT license.

/**
 * The driver for libsql on the native engine of `npm:libsql`: databases in
 * files and in memory. Files are those of SQLite.
 *
 * A file is opened in WAL mode with foreign keys on and `synchronous = NORMAL`:
 * a killed process loses nothing that was committed, a power cut may lose the
 * last commits but never tears one. It needs `--allow-ffi`, `--allow-env` and
 * `--allow-sys` for the native library, and read and write permission for the
 * file and the two beside it, `-wal` and `-shm`. The library, about 20 MB, is
 * downloaded when this entry is first imported, and loaded when a database is
 * first opened. Never open
 * one file by this driver and by that of `@gee/std/orm/sqlite` in the same
 * process: the locks of two libraries do not exclude each other.
 *
 * @example A database in memory
 * ```ts
 * import { Engine } from "@gee/std/orm";
 * import { libsql } from "@gee/std/orm/libsql";
 * import { assertEquals } from "@std/assert";
 *
 * await using engine = await Engine.open(libsql());
 * assertEquals(await engine.session().raw("SELECT 1 + ? AS sum", 2), [{ sum: 3 }]);
 * ```
 *
 * @module
 */

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

/** What we use of a statement of `npm:libsql`. */
interface NativeStatement {
  readonly reader: boolean;
  raw(): unknown;
  safeIntegers(isSafe: boolean): unknown;
  all(params: readonly SqlValue[]): unknown[];
  get(params: readonly SqlValue[]): unknown;
  run(params: readonly SqlValue[]): {
    readonly changes: number;
    readonly lastInsertRowid: number | bigint;
  };
  columns(): readonly { readonly name: string }[];
  iterate(params: readonly SqlValue[]): {
    next(): { readonly done?: boolean; readonly value?: unknown };
  };
}

/** What we use of a database of `npm:libsql`. */
interface NativeDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
}

/**
 * The driver for a local database on libsql.
 *
 * @param location A path, a `file:` URL, or `":memory:"`.
 * @returns The driver, for `Engine.open()`.
 * @throws {TypeError} When it is a URL of another kind; remote databases are
 * not supported yet.
 */
export function libsql(location: string | URL = ":memory:"): Driver {
  if (/^(libsql|https?|wss?):/i.test(String(location))) {
    throw new TypeError(
      `Cannot open database "${location}": remote databases are not supported yet, want a path, a "file:" URL or ":memory:"`,
    );
  }
  const path = toPath(location);
  const driver: Driver = {
    name: "libsql",
    dialect: sqliteDialect,
    open: () => connect(path),
    errorOf,
  };
  if (isMemory(path)) return driver;
  return {
    ...driver,
    async openReader() {
      const reader = await connect(path);
      reader.exec("PRAGMA query_only = ON");
      return reader;
    },
  };
}

async function connect(path: string): Promise<LibsqlConnection> {
  // Here, not above: only a program that opens a database loads native code.
  const { default: Database } = await import("npm:libsql@0.5.29");
  return new LibsqlConnection(new Database(path), path);
}

class LibsqlConnection implements Connection {
  readonly #db: NativeDatabase;

  constructor(db: NativeDatabase, path: string) {
    this.#db = db;
    try {
      db.exec("PRAGMA busy_timeout = 0");
      if (!isMemory(path)) {
        // A pragma that answers is not for exec().
        db.prepare("PRAGMA journal_mode = WAL").get([]);
        db.exec("PRAGMA synchronous = NORMAL");
      }
      db.exec("PRAGMA foreign_keys = ON");
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  prepare(sql: string, { bigints }: PrepareOptions): Statement {
    const db = this.#db;
    return new LibsqlStatement(db, () => {
      const statement = db.prepare(sql);
      statement.safeIntegers(bigints);
      if (statement.reader) statement.raw();
      return statement;
    });
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  begin(): void {
    // By exec(), which leaves nothing behind when it meets a lock; see
    // LibsqlStatement.
    this.#db.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.#db.exec("COMMIT");
  }

  rollback(): void {
    this.#db.exec("ROLLBACK");
  }

  migrate(statements: readonly SqlText[]): Promise<void> {
    return runMigration(this, statements, ({ sql, params }) => {
      if (params.length > 0) this.prepare(sql, { bigints: true }).all(params);
      // An EXPLAIN that is prepared is not reset, and the commit then fails.
      else this.exec(sql);
    });
  }

  close(): void {
    this.#db.close();
  }
}

class LibsqlStatement implements Statement {
  readonly #db: NativeDatabase;
  readonly #prepare: () => NativeStatement;
  readonly #statement: NativeStatement;
  readonly #isReader: boolean;
  // get() of a statement that all() or run() has used binds nothing: it runs
  // again with the values of before. So it has a statement of its own.
  #getter: NativeStatement | undefined;

  constructor(db: NativeDatabase, prepare: () => NativeStatement) {
    this.#db = db;
    this.#prepare = prepare;
    this.#statement = prepare();
    this.#isReader = this.#statement.reader;
  }

  all(params: readonly SqlValue[]): SqlValue[][] {
    try {
      if (this.#isReader) return this.#statement.all(params) as SqlValue[][]; // raw() makes rows arrays
      this.#statement.run(params);
      return [];
    } catch (error) {
      throw this.#healed(error, this.#statement, params);
    }
  }

  get(params: readonly SqlValue[]): SqlValue[] | undefined {
    try {
      this.#getter ??= this.#prepare();
      return this.#getter.get(params) as SqlValue[] | undefined; // as in all()
    } catch (error) {
      throw this.#healed(error, this.#getter, params);
    }
  }

  run(params: readonly SqlValue[]): RunResult {
    try {
      const { changes, lastInsertRowid } = this.#statement.run(params);
      return { affected: changes, lastId: lastInsertRowid };
    } catch (error) {
      throw this.#healed(error, this.#statement, params);
    }
  }

  *iterate(params: readonly SqlValue[]): Generator<SqlValue[]> {
    const rows = this.#statement.iterate(params);
    let isDone = false;
    try {
      for (;;) {
        const { done, value } = rows.next();
        isDone = done ?? false;
        if (isDone) return;
        yield value as SqlValue[]; // as in all()
      }
    } catch (error) {
      isDone = true;
      throw error;
    } finally {
      // The library's iterator has no return(), and one that is left keeps its
      // snapshot even when the connection is closed: later writes fail, and the
      // log of the file grows. get() reads one row more and ends it.
      if (!isDone) this.#statement.get(params);
    }
  }

  columns(): readonly string[] {
    return this.#statement.columns().map(({ name }) => name);
  }

  /**
   * A statement that met a lock stays suspended, for the library does not
   * reset it. The next read then begins a snapshot that never ends, and every
   * later write of the connection fails. Run again where it may not write, the
   * statement fails otherwise, and that does end it.
   */
  #healed(
    error: unknown,
    statement: NativeStatement | undefined,
    params: readonly SqlValue[],
  ): unknown {
    if (codeOf(error) !== 5) return error;
    this.#db.exec("PRAGMA query_only = ON");
    try {
      statement?.run(params);
    } catch {
      // As intended.
    }
    this.#db.exec("PRAGMA query_only = OFF");
    return error;
  }
}

/** SQLite's code without what extends it. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("rawCode" in error)) return undefined;
  return typeof error.rawCode === "number" ? error.rawCode & 0xff : undefined;
}

const CANNOT_OPEN = 14;

function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ("rawCode" in error && typeof error.rawCode === "number") {
    return sqliteError(error.rawCode, error.message, error);
  }
  const path =
    /^ConnectionFailed\("Unable to open connection to local database (.*): \d+"\)$/
      .exec(error.message)?.[1];
  return path === undefined ? error : sqliteError(
    CANNOT_OPEN,
    `unable to open database file: ${path}`,
    error,
  );
}
