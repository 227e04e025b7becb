// Copyright 2026 the Gee authors. MIT license.

import { retryWhileBusy } from "./driver/busy.ts";
import type { Channel } from "./driver/channel.ts";

/** How a transaction begins and ends. */
export interface TransactionOptions {
  /**
   * Ends the waiting for one's turn. Aborted later, it rolls the transaction
   * back in place of the commit.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Where a transaction runs. */
export interface TransactionScope extends TransactionOptions {
  readonly channel: Channel;
  /** How many transactions it is inside of. */
  readonly depth: number;
  /** How long, in ms, to wait for the lock of another process. */
  readonly busyTimeout: number;
}

/** Runs `work` between BEGIN and COMMIT, or inside of a savepoint. */
export async function inTransaction<T>(
  scope: TransactionScope,
  work: () => Promise<T>,
): Promise<T> {
  await begin(scope);
  try {
    const result = await work();
    scope.signal?.throwIfAborted();
    await commit(scope);
    return result;
  } catch (error) {
    await rollback(scope);
    throw error;
  }
}

function savepoint(depth: number): string {
  return `gee_${depth}`;
}

async function begin(
  { channel, depth, busyTimeout, signal }: TransactionScope,
): Promise<void> {
  if (depth > 0) return await channel.exec(`SAVEPOINT ${savepoint(depth)}`);
  await retryWhileBusy(() => channel.begin(), { limit: busyTimeout, signal });
}

async function commit(
  { channel, depth, busyTimeout }: TransactionScope,
): Promise<void> {
  if (depth > 0) return await channel.exec(`RELEASE ${savepoint(depth)}`);
  // Outside of WAL a reader of another process may hold a commit up.
  await retryWhileBusy(() => channel.commit(), { limit: busyTimeout });
}

async function rollback({ channel, depth }: TransactionScope): Promise<void> {
  // SQLite may have rolled back by itself; and whatever goes wrong here, the
  // caller has to learn of the error that came first.
  if (!channel.inTransaction) return;
  try {
    if (depth === 0) return await channel.rollback();
    await channel.exec(`ROLLBACK TO ${savepoint(depth)}`);
    await channel.exec(`RELEASE ${savepoint(depth)}`);
  } catch {
    return;
  }
}
