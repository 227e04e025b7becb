// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";

/** A longer delay ends at once. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Runs something under a time limit. A timer that is cleared, not
 * `AbortSignal.timeout`: its timer outlives a fast call, so that a busy node
 * would carry thousands of them; and `AbortSignal.any` takes some 10 µs.
 *
 * @param ms The limit.
 * @param signals Further ends.
 * @param run What to run; it is abandoned if it does not heed the signal.
 * @returns What `run` gives.
 */
export async function withDeadline<T>(
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new DOMException(`Cannot wait longer than ${ms} ms`, "TimeoutError"),
    );
  }, Math.min(ms, MAX_DELAY));
  const ends = signals.filter((signal) => signal !== undefined);
  const abort = () => {
    controller.abort(ends.find((signal) => signal.aborted)?.reason);
  };
  for (const signal of ends) signal.addEventListener("abort", abort);
  if (ends.some((signal) => signal.aborted)) abort();
  try {
    return await abortable(run(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    for (const signal of ends) signal.removeEventListener("abort", abort);
  }
}
