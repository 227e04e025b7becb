// Copyright 2026 the Gee authors. MIT license.

import { delay, retryWhileBusy } from "./driver/busy.ts";
import type { Channel } from "./driver/channel.ts";
import type { MaybePromise, TransactionMode } from "./driver/driver.ts";
import { checkChoice, checkNames, checkWhole } from "./driver/options.ts";
import { BusyError, ConnectionError } from "./errors.ts";

/** How a transaction begins and ends. */
export interface TransactionOptions {
  /**
   * Ends the waiting for one's turn. Aborted later, it rolls the transaction
   * back in place of the commit.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often the whole function runs again, after a pause that grows, when the
   * database stayed locked or the connection was lost. A commit that may have
   * been done is never tried again. Inside of a transaction it does not count.
   *
   * @default {0}
   */
  readonly retries?: number;
  /**
   * When the write lock is taken: at once, or by `"deferred"` with the first
   * write, which then fails with a `BusyError` if another process has written
   * since. `"exclusive"` keeps other processes from reading too, where the
   * journal is no write-ahead log. Inside of a transaction it does not count.
   *
   * @default {"immediate"}
   */
  readonly isolation?: "deferred" | "immediate" | "exclusive";
  /**
   * Whether it only reads: one snapshot for all its reads, and a write in it is
   * a `ReadOnlyError`. On a database in a file it waits for no other
   * transaction.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
}

const NAMES = ["signal", "retries", "isolation", "readOnly"];
const MAX_PAUSE = 1000;
const ISOLATION = ["deferred", "immediate", "exclusive"];

/** Refuses options that there are not. */
export function checkTransaction(options: TransactionOptions): void {
  const action = "begin transaction";
  checkNames(action, options, NAMES);
  checkWhole(action, "retries", options.retries, 0);
  checkChoice(action, "isolation", options.isolation, ISOLATION);
  checkChoice(action, "readOnly", options.readOnly, [true, false]);
}

/** Where a transaction runs. */
export interface TransactionScope {
  readonly channel: Channel;
  /** How many transactions it is inside of; inside of one it is a savepoint. */
  readonly depth: number;
  /** How long, in ms, to wait for the lock of another process. */
  readonly busyTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly mode: TransactionMode;
  /** Whether writes are refused from its beginning to its end. */
  readonly refuses: boolean;
}

function savepoint(depth: number): string {
  return `gee_${depth}`;
}

/** Begins a transaction, or a savepoint inside of one. */
export function begin(scope: TransactionScope): MaybePromise<void> {
  if (scope.refuses) return beginReading(scope);
  const { channel, depth, busyTimeout, signal, mode } = scope;
  if (depth > 0) return channel.exec(`SAVEPOINT ${savepoint(depth)}`);
  return unlocked(() => channel.begin(mode), busyTimeout, signal);
}

async function beginReading(scope: TransactionScope): Promise<void> {
  await scope.channel.refuseWrites();
  try {
    await begin({ ...scope, refuses: false });
  } catch (error) {
    await scope.channel.allowWrites();
    throw error;
  }
}

/** Keeps what was done since the beginning. */
export function commit(
  { channel, depth, busyTimeout }: TransactionScope,
): MaybePromise<void> {
  if (depth > 0) return channel.exec(`RELEASE ${savepoint(depth)}`);
  // Outside of WAL a reader of another process may hold a commit up.
  return unlocked(() => channel.commit(), busyTimeout);
}

/**
 * Undoes what was done since the beginning. It never throws: whatever goes
 * wrong here, the caller has to learn of the error that came first.
 *
 * @returns Whether it is undone.
 */
export async function rollback(
  { channel, depth }: TransactionScope,
): Promise<boolean> {
  // SQLite may have rolled back by itself. What failed once, for an
  // interrupted system call say, may succeed the second time.
  for (let attempt = 0; channel.inTransaction && attempt < 2; attempt++) {
    try {
      if (depth === 0) {
        await channel.rollback();
        continue;
      }
      await channel.exec(`ROLLBACK TO ${savepoint(depth)}`);
      await channel.exec(`RELEASE ${savepoint(depth)}`);
      return true;
    } catch {
      continue;
    }
  }
  return !channel.inTransaction;
}

/** Runs a transaction again when it may, up to `retries` times. */
export async function retrying<T>(
  transact: () => Promise<T>,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 0;; attempt++) {
    try {
      return await transact();
    } catch (error) {
      const isAgain = error instanceof BusyError ||
        error instanceof ConnectionError && !error.isUnsure;
      if (!isAgain || attempt === retries) throw error;
    }
    // Jitter keeps those that met from meeting again.
    const pause = Math.min(10 * 2 ** attempt, MAX_PAUSE);
    await delay(pause * (0.5 + Math.random()), signal);
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
