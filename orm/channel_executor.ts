// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "./dialect/dialect.ts";
import { retryWhileBusy } from "./driver/busy.ts";
import type { Channel } from "./driver/channel.ts";
import type { MaybePromise } from "./driver/driver.ts";
import { each } from "./driver/each.ts";
import type { ReaderPool } from "./driver/reader_pool.ts";
import { settled } from "./driver/settled.ts";
import type { SqlValue } from "./driver/sql_value.ts";
import { BusyError, ClosedError } from "./errors.ts";
import type { Executor, Work } from "./executor.ts";
import { awaited, RowsInside, type RowsRequest } from "./rows_in_turn.ts";
import {
  begin,
  checkTransaction,
  commit,
  retrying,
  rollback,
  type TransactionOptions,
  type TransactionScope,
} from "./transaction.ts";
import { WriteQueue } from "./write_queue.ts";

/** What an executor works on. */
export interface Channels {
  /** Writes, and reads while no transaction is open. */
  readonly writer: Channel;
  /** What reads while one is, where the database allows more connections. */
  readonly readers: ReaderPool | undefined;
  /** How long, in ms, to wait for a lock. */
  readonly busyTimeout: number;
  /** Whether the writer itself may only read. */
  readonly isReadOnly: boolean;
}

const NO_OPTIONS: TransactionOptions = {};

/**
 * The executor of one connection. While a transaction is open inside of it, its
 * own calls wait in its queue.
 */
export class ChannelExecutor implements Executor {
  readonly #channels: Channels;
  readonly #queue: WriteQueue;
  readonly #outer: ChannelExecutor | undefined;
  readonly #depth: number;
  /** What no longer can be done and why, as `"Cannot use …"`. */
  #closed: string | undefined;
  #inner: ChannelExecutor | undefined;
  /** Whether a transaction could not be rolled back, and so is still open. */
  #isStuck = false;
  readonly #pending = new Set<Promise<unknown>>();
  #rows: RowsInside | undefined;

  constructor(channels: Channels, outer?: ChannelExecutor) {
    this.#channels = channels;
    this.#queue = new WriteQueue(channels.busyTimeout);
    this.#outer = outer;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
  }

  /** How many calls wait for a transaction to end. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Runs what only reads: past a transaction where that is possible. */
  read<T>(work: Work<T>): MaybePromise<T> {
    const { readers } = this.#channels;
    if (this.#queue.isFree || readers === undefined || this.#depth > 0) {
      return this.write(work);
    }
    this.#checkOpen();
    return this.#keep(this.#aside(readers, work));
  }

  write<T>(work: Work<T>): MaybePromise<T> {
    this.#checkOpen();
    if (!this.#queue.isFree || this.#isStuck) return this.#queued(work);
    return this.#recover(work);
  }

  iterate(...request: RowsRequest): AsyncGenerator<SqlValue[]> {
    const { readers, busyTimeout: limit } = this.#channels;
    if (this.#depth === 0) {
      return readers === undefined
        ? each(() => this.write((channel) => channel.all(...request)))
        : awaited(this.#pending, async () => {
          this.#checkOpen();
          return await retryWhileBusy(
            () => readers.iterate(...request),
            { limit },
          );
        });
    }
    this.#rows ??= new RowsInside();
    return this.#rows.read(async () => {
      // In an object, for what write() returns is awaited.
      const { rows } = await this.write((channel) => ({
        rows: channel.iterate(...request),
      }));
      return rows;
    }, () => this.#checkOpen());
  }

  transaction<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options: TransactionOptions = NO_OPTIONS,
  ): Promise<T> {
    if (options === NO_OPTIONS) {
      return this.#track(this.#transact(work, options));
    }
    try {
      checkTransaction(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { retries = 0 } = options;
    return this.#track(
      retries === 0 || this.#depth > 0
        ? this.#once(work, options)
        : retrying(() => this.#once(work, options), retries, options.signal),
    );
  }

  /**
   * Runs something that takes the connection a while, on one that only reads
   * where there is one, else when it is its turn.
   */
  alone<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    return this.#keep(this.#alone(work, signal));
  }

  /** Runs a migration when no transaction is open. */
  async migrate(statements: readonly SqlText[]): Promise<void> {
    this.#checkOpen();
    await this.#queue.acquire();
    try {
      if (this.#isStuck) await this.#unstick();
      const { writer, busyTimeout } = this.#channels;
      await retryWhileBusy(() => writer.migrate(statements), {
        limit: busyTimeout,
      });
    } finally {
      this.#queue.release();
    }
  }

  /** Refuses new calls, and returns when those before it are done. */
  async close(): Promise<void> {
    this.#closed ??= "Cannot use the engine: it is closed";
    await this.#queue.acquire();
    try {
      if (this.#pending.size > 0) {
        await settled(this.#pending, this.#channels.busyTimeout);
      }
    } finally {
      this.#queue.release();
    }
  }

  async #alone<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    this.#checkOpen();
    const { readers, writer } = this.#channels;
    if (readers !== undefined) {
      const channel = await readers.take();
      try {
        return await work(channel);
      } finally {
        await readers.give(channel);
      }
    }
    const turn = this.#queue.acquire(signal);
    if (turn !== undefined) await turn;
    try {
      if (this.#isStuck) await this.#unstick();
      return await work(writer);
    } finally {
      this.#queue.release();
    }
  }

  #once<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const { readers, busyTimeout } = this.#channels;
    if (!options.readOnly || this.#depth > 0 || readers === undefined) {
      return this.#transact(work, options);
    }
    // A connection of its own: its snapshot must not hold back the reads of
    // others.
    return this.alone((writer) => {
      const channels = { writer, readers: undefined, busyTimeout };
      return new ChannelExecutor({ ...channels, isReadOnly: true })
        .#transact(work, options);
    }, options.signal);
  }

  async #transact<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options: TransactionOptions,
  ): Promise<T> {
    this.#checkOpen();
    const { signal } = options;
    const turn = this.#queue.acquire(signal);
    if (turn !== undefined) await turn;
    try {
      if (this.#depth > 0) this.#checkOpen();
      if (this.#isStuck) await this.#unstick();
      const scope = this.#scope(options);
      const begun = begin(scope);
      if (begun !== undefined) await begun;
      try {
        const result = await this.#runInner(work, options);
        signal?.throwIfAborted();
        const committed = commit(scope);
        if (committed !== undefined) await committed;
        return result;
      } catch (error) {
        if (!await rollback(scope)) this.#notUndone();
        throw error;
      } finally {
        if (scope.refuses) await scope.channel.allowWrites();
      }
    } catch (error) {
      this.#checkRolledBack();
      throw error;
    } finally {
      this.#queue.release();
    }
  }

  #scope(
    { signal, isolation = "immediate", readOnly = false }: TransactionOptions,
  ): TransactionScope {
    const { writer: channel, busyTimeout, isReadOnly } = this.#channels;
    return {
      channel,
      depth: this.#depth,
      busyTimeout,
      signal,
      mode: readOnly || isReadOnly ? "read" : isolation,
      refuses: readOnly && !isReadOnly,
    };
  }

  /** What is not undone must not be kept by an accident either. */
  #notUndone(): void {
    if (this.#depth === 0) {
      this.#isStuck = true;
      return;
    }
    this.#endAll("what failed inside of it could not be rolled back");
  }

  /** Ends the transaction that was left open. Nothing runs before. */
  async #unstick(): Promise<void> {
    const { writer } = this.#channels;
    if (writer.inTransaction) await writer.rollback();
    this.#isStuck = false;
  }

  async #runInner<T>(
    work: (inner: Executor) => MaybePromise<T>,
    { readOnly = false }: TransactionOptions,
  ): Promise<T> {
    const inner = new ChannelExecutor(
      readOnly ? { ...this.#channels, isReadOnly: true } : this.#channels,
      this,
    );
    this.#inner = inner;
    try {
      const result = await work(inner);
      inner.#checkSettled();
      return result;
    } finally {
      inner.#end("it has ended; await every call inside its function");
      // A call nobody awaited must not run on after the rollback, where it
      // would be outside of the transaction or inside of the next.
      if (inner.#pending.size > 0) await Promise.allSettled(inner.#pending);
      if (inner.#rows !== undefined) await inner.#rows.end();
      this.#inner = undefined;
    }
  }

  async #aside<T>(readers: ReaderPool, work: Work<T>): Promise<T> {
    const channel = await readers.shared();
    const limit = this.#channels.busyTimeout;
    return await retryWhileBusy(() => work(channel), { limit });
  }

  /** Waits for the transaction inside of this one to end. */
  #queued<T>(work: Work<T>): Promise<T> {
    return this.#track(this.#wait(work));
  }

  async #wait<T>(work: Work<T>): Promise<T> {
    const { writer, busyTimeout } = this.#channels;
    await this.#queue.acquire();
    try {
      if (this.#isStuck) await this.#unstick();
      if (this.#depth === 0) {
        return await retryWhileBusy(() => work(writer), { limit: busyTimeout });
      }
      this.#checkOpen();
      return await this.#recover(work);
    } finally {
      this.#queue.release();
    }
  }

  /** Runs it at once, and does what there is to do when it fails. */
  #recover<T>(work: Work<T>): MaybePromise<T> {
    try {
      const result = work(this.#channels.writer);
      if (!(result instanceof Promise)) return result;
      return this.#keep(
        result.catch((error) => this.#failed(error, work)),
      );
    } catch (error) {
      return this.#failed(error, work);
    }
  }

  #failed<T>(
    error: unknown,
    work: Work<T>,
  ): MaybePromise<T> {
    if (this.#depth === 0) {
      if (error instanceof BusyError) return this.#queued(work);
      throw error;
    }
    this.#checkRolledBack();
    throw error;
  }

  /**
   * On some errors, a full disk for one, SQLite rolls everything back. What
   * came after would then run and stay outside of any transaction.
   */
  #checkRolledBack(): void {
    if (this.#depth === 0 || this.#channels.writer.inTransaction) return;
    this.#endAll("the database has rolled it back");
  }

  /** Keeps what the queue knows nothing of, for whoever has to wait for it. */
  #keep<T>(promise: Promise<T>): Promise<T> {
    const tracked = promise.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  /** Outside of transactions the queue knows of those that wait in it. */
  #track<T>(promise: Promise<T>): Promise<T> {
    return this.#depth === 0 ? promise : this.#keep(promise);
  }

  #checkOpen(): void {
    // Made here: its stack, for every transaction that ends, is a tenth of one.
    if (this.#closed !== undefined) throw new ClosedError(this.#closed);
  }

  #checkSettled(): void {
    this.#checkOpen();
    const { size } = this.#pending;
    if (size === 0) return;
    throw new ClosedError(
      `Cannot commit the transaction: ${size} of the calls inside its function were not awaited`,
    );
  }

  #end(reason: string): void {
    this.#closed ??= `Cannot use the transaction: ${reason}`;
    if (this.#inner !== undefined) this.#inner.#end(reason);
  }

  #endAll(reason: string): void {
    if (this.#outer === undefined) return;
    this.#end(reason);
    this.#outer.#endAll(reason);
  }
}
