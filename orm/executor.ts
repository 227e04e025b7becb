// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "./dialect/dialect.ts";
import { retryWhileBusy } from "./driver/busy.ts";
import type { Channel } from "./driver/channel.ts";
import type { MaybePromise } from "./driver/driver.ts";
import { BusyError, ClosedError } from "./errors.ts";
import {
  begin,
  commit,
  rollback,
  type TransactionOptions,
} from "./transaction.ts";
import { WriteQueue } from "./write_queue.ts";

type Work<T> = (channel: Channel) => MaybePromise<T>;

/** What an executor works on. */
export interface Channels {
  /** Writes, and reads while no transaction is open. */
  readonly writer: Channel;
  /** What reads while one is, where the database allows a second connection. */
  readonly reader: (() => Promise<Channel>) | undefined;
  /** How long, in ms, to wait for a lock. */
  readonly busyTimeout: number;
}

/**
 * Decides when and where a statement runs. There is one for the database and
 * one for every open transaction; sessions and queries talk to the one they
 * belong to. While a transaction is open inside of it, an executor's own calls
 * wait in its queue.
 */
export class Executor {
  readonly #channels: Channels;
  readonly #queue: WriteQueue;
  readonly #outer: Executor | undefined;
  readonly #depth: number;
  #closed: ClosedError | undefined;
  #inner: Executor | undefined;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(channels: Channels, outer?: Executor) {
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
    const { reader } = this.#channels;
    if (this.#queue.isFree || reader === undefined || this.#depth > 0) {
      return this.write(work);
    }
    this.#checkOpen();
    return this.#aside(reader, work);
  }

  /** Runs what may write: at once, or when it is its turn. */
  write<T>(work: Work<T>): MaybePromise<T> {
    this.#checkOpen();
    if (!this.#queue.isFree) return this.#queued(work);
    return this.#recover(work);
  }

  /**
   * Runs `work` in a transaction, or in a savepoint when this is a transaction
   * already.
   */
  transaction<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    return this.#track(this.#transact(work, options));
  }

  /** Runs a migration when no transaction is open. */
  async migrate(statements: readonly SqlText[]): Promise<void> {
    this.#checkOpen();
    await this.#queue.acquire();
    try {
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
    this.#closed ??= new ClosedError("Cannot use the engine: it is closed");
    await this.#queue.acquire();
    this.#queue.release();
  }

  async #transact<T>(
    work: (inner: Executor) => MaybePromise<T>,
    { signal }: TransactionOptions,
  ): Promise<T> {
    this.#checkOpen();
    const turn = this.#queue.acquire(signal);
    if (turn !== undefined) await turn;
    try {
      if (this.#depth > 0) this.#checkOpen();
      const { writer: channel, busyTimeout } = this.#channels;
      const scope = { channel, depth: this.#depth, busyTimeout, signal };
      const begun = begin(scope);
      if (begun !== undefined) await begun;
      try {
        const result = await this.#runInner(work);
        signal?.throwIfAborted();
        const committed = commit(scope);
        if (committed !== undefined) await committed;
        return result;
      } catch (error) {
        await rollback(scope);
        throw error;
      }
    } finally {
      this.#queue.release();
    }
  }

  async #runInner<T>(
    work: (inner: Executor) => MaybePromise<T>,
  ): Promise<T> {
    const inner = new Executor(this.#channels, this);
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
      this.#inner = undefined;
    }
  }

  async #aside<T>(
    reader: () => Promise<Channel>,
    work: Work<T>,
  ): Promise<T> {
    const channel = await reader();
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
      return this.#track(
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
    // On some errors, a full disk for one, SQLite rolls everything back. What
    // came after would then run and stay outside of any transaction.
    if (!this.#channels.writer.inTransaction) {
      this.#endAll("the database has rolled it back");
    }
    throw error;
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    if (this.#depth === 0) return promise;
    const tracked = promise.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
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
    this.#closed ??= new ClosedError(`Cannot use the transaction: ${reason}`);
    if (this.#inner !== undefined) this.#inner.#end(reason);
  }

  #endAll(reason: string): void {
    if (this.#outer === undefined) return;
    this.#end(reason);
    this.#outer.#endAll(reason);
  }
}
