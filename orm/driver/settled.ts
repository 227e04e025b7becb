// Copyright 2026 the Gee authors. MIT license.

import { BusyError } from "../errors.ts";

/**
 * Waits until calls have ended, well or badly, but no longer than `limit` ms: one
 * of them may be waiting for whoever calls this.
 */
export async function settled(
  pending: ReadonlySet<Promise<unknown>>,
  limit: number,
): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const calls = `${pending.size} ${pending.size === 1 ? "call" : "calls"}`;
    reject(
      new BusyError(
        `Cannot close the engine: ${calls} did not end within ${limit} ms`,
      ),
    );
  }, limit);
  try {
    await Promise.race([Promise.allSettled(pending), late]);
  } finally {
    clearTimeout(timer);
  }
}
