// Copyright 2026 the Gee authors. MIT license.

import type { Channel } from "./driver/channel.ts";
import type { MaybePromise } from "./driver/driver.ts";
import type { SqlValue } from "./driver/sql_value.ts";
import type { RowsRequest } from "./rows_in_turn.ts";
import type { TransactionOptions } from "./transaction.ts";

/** What is done on a connection. */
export type Work<T> = (channel: Channel) => MaybePromise<T>;

/**
 * Decides when and where a statement runs. There is one for the database and
 * one for every open transaction; sessions and queries talk to the one they
 * belong to.
 */
export interface Executor {
  /** Runs what only reads. */
  read<T>(work: Work<T>): MaybePromise<T>;
  /** Runs what may write: at once, or when it is its turn. */
  write<T>(work: Work<T>): MaybePromise<T>;
  /**
   * Reads rows one by one, on a connection of their own where the database
   * allows one: what is written meanwhile neither waits for them nor is seen by
   * them. In a transaction they end with it. Where there can be only one
   * connection, as for a database in memory, they are read at once, before a
   * transaction of others can begin and be seen.
   */
  iterate(...request: RowsRequest): AsyncGenerator<SqlValue[]>;
  /**
   * Runs `work` in a transaction, or in a savepoint when this is a transaction
   * already.
   */
  transaction<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
}
