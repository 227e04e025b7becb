// Copyright 2026 the Gee authors. MIT license.

import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import { sqliteError } from "../dialect/sqlite_errors.ts";
import { changesRows } from "../driver/reads_only.ts";
import { ConnectionError } from "../errors.ts";
import type { SqlText } from "../dialect/dialect.ts";
import { isMemory } from "../driver/location.ts";
import { runMigration } from "../driver/run_migration.ts";
import type {
  Connection,
  Driver,
  PrepareOptions,
  RunResult,
  Statement,
  TransactionMode,
} from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";

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
  iterate(params: readonly SqlValue[]): {
    next(): { readonly done?: boolean; readonly value?: unknown };
  };
  columns(): readonly { readonly name: string }[];
}

/** What we use of a database of `npm:libsql`. */
interface NativeDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  sync(): unknown;
  close(): void;
}

/** How a local database is opened. */
export interface LocalOptions {
  readonly durability: "normal" | "full";
  readonly readOnly: boolean;
  /** What a replica follows, or `undefined` for a database of its own. */
  readonly primary: PrimaryOptions | undefined;
}

/** What an embedded replica follows. */
export interface PrimaryOptions {
  readonly syncUrl: string;
  readonly authToken?: string;
  /** In seconds; 0 for never by itself. */
  readonly syncPeriod: number;
}

/** The driver for a local database. */
export function local(path: string, options: LocalOptions): Driver {
  const driver: Driver = {
    name: "libsql",
    dialect: sqliteDialect,
    open: () => connect(path, options),
    errorOf,
  };
  // A second connection would follow the primary by itself, into one file.
  if (isMemory(path) || options.primary !== undefined) return driver;
  return {
    ...driver,
    async openReader() {
      const reader = await connect(path, options);
      reader.refuseWrites();
      return reader;
    },
  };
}

async function connect(
  path: string,
  options: LocalOptions,
): Promise<LibsqlConnection> {
  if (options.readOnly && !isMemory(path)) await checkThere(path);
  // Here, not above: only a program that opens a database loads native code.
  const { default: Database } = await import("npm:libsql@0.5.29");
  // Its types do not know the members of replicas.
  const Native = Database as unknown as {
    new (path: string, options?: PrimaryOptions): NativeDatabase;
  };
  return new LibsqlConnection(
    new Native(path, ...options.primary === undefined ? [] : [options.primary]),
    path,
    options,
  );
}

/** The library has no way to open a file without making it. */
async function checkThere(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    const reason = `unable to open database file: ${path}`;
    throw sqliteError(CANNOT_OPEN, reason, error);
  }
}

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  deferred: "BEGIN",
  immediate: "BEGIN IMMEDIATE",
  exclusive: "BEGIN EXCLUSIVE",
  read: "BEGIN",
};

class LibsqlConnection implements Connection {
  readonly #db: NativeDatabase;
  readonly #isReadOnly: boolean;
  readonly #isReplica: boolean;
  readonly sync?: () => void;
  #refuses = false;
  #changed: LibsqlStatement | undefined;

  constructor(
    db: NativeDatabase,
    path: string,
    { durability, readOnly, primary }: LocalOptions,
  ) {
    this.#db = db;
    this.#isReadOnly = readOnly;
    this.#isReplica = primary !== undefined;
    if (primary !== undefined) this.sync = () => void db.sync();
    try {
      // A replica's journal and waiting are the library's own.
      if (primary === undefined) db.exec("PRAGMA busy_timeout = 0");
      if (primary === undefined && !isMemory(path) && !readOnly) {
        // A pragma that answers is not for exec().
        db.prepare("PRAGMA journal_mode = WAL").get([]);
        db.exec(`PRAGMA synchronous = ${durability}`);
      }
      db.exec("PRAGMA foreign_keys = ON");
      if (readOnly) this.refuseWrites();
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  prepare(sql: string, { bigints }: PrepareOptions): LibsqlStatement {
    const db = this.#db;
    return new LibsqlStatement(this, changesRows(sql), () => {
      const statement = db.prepare(sql);
      statement.safeIntegers(bigints);
      if (statement.reader) statement.raw();
      return statement;
    });
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  begin(mode: TransactionMode): void {
    // By exec(), which leaves nothing behind when it meets a lock; see
    // LibsqlStatement.
    this.#db.exec(BEGIN[mode]);
  }

  commit(): void {
    this.#db.exec("COMMIT");
  }

  rollback(): void {
    this.#db.exec("ROLLBACK");
  }

  refuseWrites(): void {
    if (this.#isReplica) {
      throw new TypeError(
        "Cannot begin transaction: an embedded replica has none that only reads",
      );
    }
    this.#db.exec("PRAGMA query_only = ON");
    this.#refuses = true;
  }

  allowWrites(): void {
    if (this.#isReadOnly) return;
    this.#db.exec("PRAGMA query_only = OFF");
    this.#refuses = false;
  }

  /** What the statement before did, if it was one that changes rows. */
  changed(isChange: boolean): RunResult {
    this.#changed ??= this.prepare(
      "SELECT changes(), last_insert_rowid()",
      { bigints: false },
    );
    const [affected, lastId] = this.#changed.get([]) ?? [];
    return {
      affected: isChange ? Number(affected) : 0,
      lastId: typeof lastId === "bigint" ? lastId : Number(lastId),
    };
  }

  /** Runs what must not write, whatever the connection allows. */
  withoutWrites(work: () => void): void {
    if (this.#isReplica) return;
    this.#db.exec("PRAGMA query_only = ON");
    try {
      work();
    } finally {
      if (!this.#refuses) this.#db.exec("PRAGMA query_only = OFF");
    }
  }

  migrate(statements: readonly SqlText[]): Promise<void> {
    return runMigration(this, statements, ({ sql, params }) => {
      if (params.length > 0) this.prepare(sql, { bigints: true }).all(params);
      // An EXPLAIN that is prepared is not reset, and the commit then fails.
      else this.exec(sql);
    });
  }

  backup(path: string): void {
    // It counts as writing.
    this.#db.exec("PRAGMA query_only = OFF");
    try {
      this.#db.prepare("VACUUM INTO ?").run([path]);
    } finally {
      if (this.#refuses) this.#db.exec("PRAGMA query_only = ON");
    }
  }

  close(): void {
    this.#db.close();
  }
}

class LibsqlStatement implements Statement {
  readonly #connection: LibsqlConnection;
  readonly #changes: boolean;
  readonly #prepare: () => NativeStatement;
  readonly #statement: NativeStatement;
  readonly #isReader: boolean;
  // get() of a statement that all() or run() has used binds nothing: it runs
  // again with the values of before. So it has a statement of its own.
  #getter: NativeStatement | undefined;

  constructor(
    connection: LibsqlConnection,
    changes: boolean,
    prepare: () => NativeStatement,
  ) {
    this.#connection = connection;
    this.#changes = changes;
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
      const failed = this.#getter;
      // It would bind nothing from now on, and fail by these values for ever.
      this.#getter = undefined;
      throw this.#healed(error, failed, params);
    }
  }

  run(params: readonly SqlValue[]): RunResult {
    try {
      if (this.#isReader) {
        // run() would leave it suspended, and not count what it changes.
        this.#statement.all(params);
        return this.#connection.changed(this.#changes);
      }
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
    this.#connection.withoutWrites(() => {
      try {
        statement?.run(params);
      } catch {
        // As intended.
      }
    });
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
  const failure = /^RemoteSqliteFailure\(\d+, (\d+), "([^]*)"\)$/.exec(
    error.message,
  );
  if (failure !== null) {
    return sqliteError(Number(failure[1]), failure[2] ?? "", error);
  }
  if (/^(?:WriteDelegation|Replication|Sync)\(/.test(error.message)) {
    const [reason] = error.message.split("\n");
    return new ConnectionError(`Cannot reach the primary: ${reason}`, {
      cause: error,
      isUnsure: true,
    });
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
