// Copyright 2026 the Gee authors. MIT license.

import { retryWhileBusy } from "./driver/busy.ts";
import type { Channel } from "./driver/channel.ts";
import type { MaybePromise } from "./driver/driver.ts";
import { BusyError } from "./errors.ts";

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
  /** How many transactions it is inside of; inside of one it is a savepoint. */
  readonly depth: number;
  /** How long, in ms, to wait for the lock of another process. */
  readonly busyTimeout: number;
}

function savepoint(depth: number): string {
  return `gee_${depth}`;
}

/** Begins a transaction, or a savepoint inside of one. */
export function begin(
  { channel, depth, busyTimeout, signal }: TransactionScope,
): MaybePromise<void> {
  if (depth > 0) return channel.exec(`SAVEPOINT ${savepoint(depth)}`);
  return unlocked(() => channel.begin(), busyTimeout, signal);
}

/** Keeps what was done since the beginning. */
export function commit(
  { channel, depth, busyTimeout }: TransactionScope,
): MaybePromise<void> {
  if (depth > 0) return channel.exec(`RELEASE ${savepoint(depth)}`);
  // Outside of WAL a reader of another process may hold a commit up.
  return unlocked(() => channel.commit(), busyTimeout);
}

/** Undoes what was done since the beginning. It never throws. */
export async function rollback(
  { channel, depth }: TransactionScope,
): Promise<void> {
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

/** Tries at once, and only then goes to the length of waiting. */
function unlocked(
  work: () => MaybePromise<void>,
  limit: number,
  signal?: AbortSignal,
): MaybePromise<void> {
  try {
    const result = work();
    if (!(result instanceof Promise)) return;
    return result.catch((error) => {
      if (!(error instanceof BusyError)) throw error;
      return retryWhileBusy(work, { limit, signal });
    });
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    return retryWhileBusy(work, { limit, signal });
  }
}
