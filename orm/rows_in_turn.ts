// Copyright 2026 the Gee authors. MIT license.

import type { Channel } from "./driver/channel.ts";

/** What rows are read by: a text, its values, and how. */
export type RowsRequest = Parameters<Channel["iterate"]>;

/** Rows one by one, with a promise among `pending` until they are left. */
export async function* awaited<T>(
  pending: Set<Promise<unknown>>,
  open: () => Promise<AsyncGenerator<T>>,
): AsyncGenerator<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  pending.add(promise);
  try {
    yield* await open();
  } finally {
    pending.delete(promise);
    resolve();
  }
}

/** Rows that are read one by one in a transaction, and end with it. */
export class RowsInside {
  readonly #open = new Set<AsyncGenerator>();

  /** The rows; `check` throws when it was not them who came to an end. */
  async *read<T>(
    open: () => Promise<AsyncGenerator<T>>,
    check: () => void,
  ): AsyncGenerator<T> {
    const rows = await open();
    this.#open.add(rows);
    try {
      yield* rows;
      check();
    } finally {
      this.#open.delete(rows);
    }
  }

  /**
   * Ends them all. Left open they would keep the snapshot of the transaction,
   * and the next one could not write.
   */
  async end(): Promise<void> {
    const left = [...this.#open].map((rows) => rows.return(undefined));
    await Promise.allSettled(left);
  }
}
