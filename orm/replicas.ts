// Copyright 2026 the Gee authors. MIT license.

import type { Channel } from "./driver/channel.ts";
import type { MaybePromise } from "./driver/driver.ts";
import type { ReaderPool } from "./driver/reader_pool.ts";
import { settled } from "./driver/settled.ts";
import type { SqlValue } from "./driver/sql_value.ts";
import { SqlSyntaxError } from "./errors.ts";
import type { Executor } from "./executor.ts";
import { awaited, type RowsRequest } from "./rows_in_turn.ts";
import type { TransactionOptions } from "./transaction.ts";

const MIN_PAUSE = 1000;
const MAX_PAUSE = 60_000;

// Of a statement the primary has the last word: the replica may not have the
// table yet.
const STATEMENT_ERRORS = [SqlSyntaxError, RangeError, TypeError];

interface Replica {
  readonly connections: ReaderPool;
  /** How long, in ms, it is left alone when it fails next. */
  pause: number;
  /** Until when it is left alone. */
  until: number;
}

/** An executor whose reads go to replicas in turn, and to the primary at last. */
export class ReplicatedExecutor implements Executor {
  readonly #primary: Executor;
  readonly #replicas: readonly Replica[];
  readonly #now: () => number;
  readonly #pending = new Set<Promise<unknown>>();
  #turn = 0;
  #isClosed = false;

  /**
   * Spreads the reads of an executor.
   *
   * @param primary Where all else goes.
   * @param pools The connections of each replica.
   * @param now The clock, in ms.
   */
  constructor(
    primary: Executor,
    pools: readonly ReaderPool[],
    now: () => number = () => performance.now(),
  ) {
    this.#primary = primary;
    this.#now = now;
    this.#replicas = pools.map((connections) => ({
      connections,
      pause: MIN_PAUSE,
      until: -Infinity,
    }));
  }

  read<T>(work: (channel: Channel) => MaybePromise<T>): Promise<T> {
    const reading = this.#spread(
      async (connections) => await work(await connections.shared()),
      async () => await this.#primary.read(work),
    ).finally(() => this.#pending.delete(reading));
    this.#pending.add(reading);
    return reading;
  }

  iterate(...request: RowsRequest): AsyncGenerator<SqlValue[]> {
    return awaited(this.#pending, () =>
      this.#spread(
        (connections) => connections.iterate(...request),
        () => Promise.resolve(this.#primary.iterate(...request)),
      ));
  }

  /** Reads from the replica whose turn it is, or from one that answers. */
  async #spread<T>(
    read: (connections: ReaderPool) => Promise<T>,
    otherwise: () => Promise<T>,
  ): Promise<T> {
    const first = this.#turn++;
    for (let step = 0; step < this.#replicas.length; step++) {
      // The remainder is an index.
      const replica = this.#replicas[(first + step) % this.#replicas.length]!;
      if (this.#isClosed) break;
      const { until } = replica;
      if (until > this.#now()) continue;
      try {
        const result = await read(replica.connections);
        replica.pause = MIN_PAUSE;
        return result;
      } catch (error) {
        if (STATEMENT_ERRORS.some((Class) => error instanceof Class)) break;
        // Of many reads that fail together only the first is a failure more.
        if (replica.until !== until) continue;
        replica.until = this.#now() + replica.pause;
        replica.pause = Math.min(2 * replica.pause, MAX_PAUSE);
      }
    }
    return await otherwise();
  }

  write<T>(work: (channel: Channel) => MaybePromise<T>): MaybePromise<T> {
    return this.#primary.write(work);
  }

  transaction<T>(
    work: (inner: Executor) => MaybePromise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#primary.transaction(work, options);
  }

  /** Has no more reads begin here, and waits, `limit` ms, for those under way. */
  async end(limit: number): Promise<void> {
    this.#isClosed = true;
    if (this.#pending.size > 0) await settled(this.#pending, limit);
  }

  /** Ends the connections of the replicas. */
  async close(): Promise<void> {
    // One that fails to close must not keep the others open.
    const closed = await Promise.allSettled(
      this.#replicas.map(({ connections }) => connections.close()),
    );
    for (const result of closed) {
      if (result.status === "rejected") throw result.reason;
    }
  }
}
