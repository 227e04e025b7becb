// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import { sqliteError } from "../dialect/sqlite_errors.ts";
import type {
  Connection,
  PrepareOptions,
  RunResult,
  Statement,
  TransactionMode,
} from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { ConnectionError, ForeignKeyError } from "../errors.ts";
import { readsOnly } from "../driver/reads_only.ts";
import type {
  ClientMode,
  ClientResult,
  ClientStatement,
  ClientTransaction,
  RemoteClient,
} from "./remote_client.ts";
import { isAnswer } from "./remote_errors.ts";

/** A statement that waits for its answer. */
interface Call extends ClientStatement {
  readonly isRead: boolean;
  readonly resolve: (result: ClientResult) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 500;
const READ_ONLY = 8;
// In a batch, which is a transaction, they do nothing or fail.
const ALONE = /^\s*(?:pragma|vacuum|attach|detach)\b/i;
const LEGACY = /^\s*pragma\s+legacy_alter_table\b/i;
const MODES: Readonly<Record<TransactionMode, ClientMode>> = {
  deferred: "deferred",
  immediate: "write",
  exclusive: "write",
  read: "read",
};
const SAVEPOINT = { sql: "SAVEPOINT gee_batch", args: [] };
const RELEASE = { sql: "RELEASE gee_batch", args: [] };
const ROLLBACK_TO = { sql: "ROLLBACK TO gee_batch", args: [] };
// `integer overflow` is how this one fails.
const CHECK = {
  sql:
    "SELECT abs(-9223372036854775807 - EXISTS (SELECT 1 FROM pragma_foreign_key_check))",
  args: [],
};

/**
 * One connection to a remote database. What is asked within one tick, or while
 * another answer is awaited, goes out in one round trip: as a batch, which the
 * server does as a whole or not at all. Where a statement of it fails, it is
 * done again in halves, so that every caller gets the answer that it would have
 * got alone, in the same order.
 */
export class RemoteConnection implements Connection {
  readonly #client: RemoteClient;
  #transaction: ClientTransaction | undefined;
  #waiting: Call[] = [];
  #flight: Promise<void> | undefined;
  #refuses = false;
  #lastId: number | bigint = 0;

  constructor(client: RemoteClient) {
    this.#client = client;
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  prepare(sql: string, { bigints }: PrepareOptions): Statement {
    return new RemoteStatement(this, sql, bigints);
  }

  /** The row id of an insert, or of the one before what was no insert. */
  lastIdOf({ lastInsertRowid }: ClientResult): number | bigint {
    if (lastInsertRowid !== undefined) this.#lastId = toSafe(lastInsertRowid);
    return this.#lastId;
  }

  async exec(sql: string): Promise<void> {
    await this.query(sql, []);
  }

  /** Runs one statement, with those that are asked for at the same time. */
  query(sql: string, params: readonly SqlValue[]): Promise<ClientResult> {
    const isRead = readsOnly(sql);
    const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
    try {
      if (
        this.#refuses && !isRead &&
        !/^\s*(?:savepoint|release|rollback)\b/i.test(sql)
      ) {
        throw sqliteError(
          READ_ONLY,
          "attempt to write a readonly database",
          undefined,
        );
      }
      const args = params.map(toArgument);
      this.#waiting.push({ sql, args, isRead, resolve, reject });
      this.#flight ??= this.#fly();
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  async begin(mode: TransactionMode): Promise<void> {
    await this.#flight;
    const transaction = await this.#client.call(
      false,
      (client) => client.transaction(MODES[mode]),
    );
    // The client itself would begin with the first statement.
    await this.#client.call(false, () => transaction.batch([]));
    this.#transaction = transaction;
  }

  async commit(): Promise<void> {
    await this.#flight;
    const transaction = this.#transaction;
    if (transaction === undefined) {
      throw new ConnectionError("Cannot commit transaction: it was lost");
    }
    // Whatever the answer, the client ends the stream, and with it what was not
    // committed.
    this.#transaction = undefined;
    await this.#client.call(true, () => transaction.commit());
  }

  async rollback(): Promise<void> {
    await this.#flight;
    const transaction = this.#transaction;
    this.#transaction = undefined;
    // A server that cannot be told ends it with the stream.
    await this.#client.call(false, async () => await transaction?.rollback());
  }

  refuseWrites(): void {
    this.#refuses = true;
  }

  allowWrites(): void {
    this.#refuses = false;
  }

  /**
   * Runs statements in one transaction with foreign keys off, all or none. Rows
   * that refer to nothing at its end fail it. Servers refuse the pragma
   * `legacy_alter_table`, so it is left out; views that read a table which is built
   * anew are dropped and created again.
   */
  async migrate(statements: readonly SqlText[]): Promise<void> {
    await this.#flight;
    const all = statements
      .filter(({ sql }) => !LEGACY.test(sql))
      .map(({ sql, params }) => ({ sql, args: params.map(toArgument) }));
    try {
      await this.#client.call(
        true,
        (client) => client.migrate([...all, CHECK]),
      );
    } catch (error) {
      if (!isAnswer(error) || !error.message.endsWith("integer overflow")) {
        throw error;
      }
      throw new ForeignKeyError(
        "Cannot migrate: rows would refer to rows that are not there",
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    await this.#flight;
    this.#transaction?.close();
    await this.#client.close();
  }

  async #fly(): Promise<void> {
    // Whatever else this tick asks for comes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const calls = this.#waiting.splice(0, MAX_BATCH);
      try {
        await this.#run(calls);
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
    this.#flight = undefined;
  }

  async #run(calls: readonly Call[]): Promise<void> {
    const alone = calls.findIndex(({ sql }) => ALONE.test(sql));
    if (alone !== -1 && calls.length > 1) {
      await this.#run(calls.slice(0, alone));
      await this.#run(calls.slice(alone, alone + 1));
      return await this.#run(calls.slice(alone + 1));
    }
    if (calls.length === 0) return;
    try {
      const results = await this.#once(calls);
      calls.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result !== undefined) return resolve(result);
        reject(new ConnectionError("Cannot run statement: it has no answer"));
      });
    } catch (error) {
      if (!isAnswer(error)) throw error;
      if (calls.length === 1) return calls[0]?.reject(error);
      const half = calls.length >> 1;
      await this.#run(calls.slice(0, half));
      await this.#run(calls.slice(half));
    }
  }

  /** Does all of them or none, in one round trip. */
  async #once(calls: readonly Call[]): Promise<ClientResult[]> {
    const transaction = this.#transaction;
    if (transaction !== undefined) {
      return await this.#inside(transaction, calls);
    }
    const isRead = calls.every(({ isRead }) => isRead);
    const [first] = calls;
    const send = () =>
      this.#client.call(
        !isRead,
        async (client) =>
          calls.length === 1 && first !== undefined
            ? [await client.execute(first)]
            : await client.batch([...calls], isRead ? "read" : "write"),
      );
    try {
      return await send();
    } catch (error) {
      // What only reads may be asked again, on a new connection.
      if (!isRead || !(error instanceof ConnectionError)) throw error;
      return await send();
    }
  }

  async #inside(
    transaction: ClientTransaction,
    calls: readonly Call[],
  ): Promise<ClientResult[]> {
    const isWhole = calls.length === 1 || calls.every(({ isRead }) => isRead);
    const send = (statements: ClientStatement[]) =>
      this.#client.call(false, () => transaction.batch(statements));
    try {
      if (isWhole) return await send([...calls]);
      return (await send([SAVEPOINT, ...calls, RELEASE])).slice(1, -1);
    } catch (error) {
      // The client closes what the server has lost.
      if (!isAnswer(error)) this.#transaction = undefined;
      else if (await this.#isOpen(send)) {
        if (!isWhole) await send([ROLLBACK_TO, RELEASE]);
      } else {
        this.#transaction = undefined;
        await this.#client.call(false, () => transaction.rollback());
      }
      throw error;
    }
  }

  /**
   * Whether the transaction is open after an error, for SQLite ends one by
   * itself on some. A second BEGIN fails within one.
   */
  async #isOpen(
    send: (statements: ClientStatement[]) => Promise<unknown>,
  ): Promise<boolean> {
    try {
      await send([{ sql: "BEGIN", args: [] }]);
      return false;
    } catch (error) {
      if (isAnswer(error)) return /within a transaction/.test(error.message);
      return false;
    }
  }
}

function toArgument(value: SqlValue): SqlValue {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new RangeError(
    `Cannot bind ${value}: remote databases take finite numbers only`,
  );
}

function toSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

class RemoteStatement implements Statement {
  readonly #connection: RemoteConnection;
  readonly #sql: string;
  readonly #bigints: boolean;
  #columns: readonly string[] = [];

  constructor(connection: RemoteConnection, sql: string, bigints: boolean) {
    this.#connection = connection;
    this.#sql = sql;
    this.#bigints = bigints;
  }

  async all(params: readonly SqlValue[]): Promise<SqlValue[][]> {
    const result = await this.#connection.query(this.#sql, params);
    this.#connection.lastIdOf(result);
    const { columns, rows } = result;
    this.#columns = columns;
    return rows.map((row) => this.#cells(row));
  }

  async get(params: readonly SqlValue[]): Promise<SqlValue[] | undefined> {
    const [row] = await this.all(params);
    return row;
  }

  async run(params: readonly SqlValue[]): Promise<RunResult> {
    const result = await this.#connection.query(this.#sql, params);
    const lastId = this.#connection.lastIdOf(result);
    return { affected: result.rowsAffected, lastId };
  }

  columns(): readonly string[] {
    return this.#columns;
  }

  // A loop: Array.from() takes 6 to 10 times as long on the client's rows.
  #cells(row: ArrayLike<unknown>): SqlValue[] {
    const cells = new Array<SqlValue>(row.length);
    for (let index = 0; index < cells.length; index++) {
      cells[index] = this.#cell(row[index]);
    }
    return cells;
  }

  #cell(cell: unknown): SqlValue {
    if (cell instanceof ArrayBuffer) return new Uint8Array(cell);
    // The client gives null, numbers, texts, bigints and buffers only.
    if (typeof cell !== "bigint" || this.#bigints) return cell as SqlValue;
    const number = toSafe(cell);
    if (typeof number === "number") return number;
    throw new RangeError(
      "Cannot read row: an integer is beyond 2^53, declare the column as bigint()",
    );
  }
}
