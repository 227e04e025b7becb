// Copyright 2026 the Gee authors. MIT license.

import type { Channel } from "./channel.ts";
import type { PrepareOptions } from "./driver.ts";
import { each } from "./each.ts";
import type { SqlValue } from "./sql_value.ts";

// More transactions that read at once open connections of their own, which
// are closed after them.
const MAX_IDLE = 4;

/** How many connections a pool opens. */
export interface ReaderPoolOptions {
  /** Whether there can be only one, as for an embedded replica. */
  readonly isSingle?: boolean;
}

/**
 * The connections of a database that only read. Each is opened when it is first
 * needed: many a program never needs a second one.
 */
export class ReaderPool {
  readonly #open: () => Promise<Channel>;
  readonly #isSingle: boolean;
  #shared: Promise<Channel> | undefined;
  readonly #idle: Channel[] = [];

  constructor(
    open: () => Promise<Channel>,
    { isSingle = false }: ReaderPoolOptions = {},
  ) {
    this.#open = open;
    this.#isSingle = isSingle;
  }

  /** The one for single reads, which any number of callers have at once. */
  shared(): Promise<Channel> {
    if (this.#shared === undefined) {
      const opening = this.#open();
      this.#shared = opening;
      // The next one tries again.
      opening.catch(() => this.#shared = undefined);
    }
    return this.#shared;
  }

  /** One for the caller alone, who gives it back. */
  async take(): Promise<Channel> {
    return this.#idle.pop() ?? await this.#open();
  }

  /** Takes one back. */
  async give(channel: Channel): Promise<void> {
    if (channel.inTransaction || this.#idle.length >= MAX_IDLE) {
      await channel.close();
      return;
    }
    this.#idle.push(channel);
  }

  /**
   * Reads the first of some rows, and returns all of them one by one, on a
   * connection for them alone. What is returned has to be begun, for its end
   * gives the connection back.
   */
  async iterate(
    sql: string,
    params: readonly SqlValue[],
    options: PrepareOptions,
  ): Promise<AsyncGenerator<SqlValue[]>> {
    if (this.#isSingle) {
      const channel = await this.shared();
      return each(() => channel.all(sql, params, options));
    }
    const channel = await this.take();
    const rows = channel.iterate(sql, params, options);
    try {
      return this.#rest(channel, await rows.next(), rows);
    } catch (error) {
      await channel.close();
      throw error;
    }
  }

  async *#rest(
    channel: Channel,
    first: IteratorResult<SqlValue[]>,
    rows: AsyncGenerator<SqlValue[]>,
  ): AsyncGenerator<SqlValue[]> {
    let isBroken = false;
    try {
      if (!first.done) yield first.value;
      yield* rows;
    } catch (error) {
      isBroken = true;
      throw error;
    } finally {
      await rows.return(undefined);
      // A statement that failed may keep its snapshot.
      await (isBroken ? channel.close() : this.give(channel));
    }
  }

  /** Ends them all. */
  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    const channels = this.#idle.splice(0);
    if (shared !== undefined) {
      // One that failed to open has told those who wanted it.
      const channel = await shared.catch(() => undefined);
      if (channel !== undefined) channels.push(channel);
    }
    for (const channel of channels) await channel.close();
  }
}
