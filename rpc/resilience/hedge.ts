// Copyright 2026 the Gee authors. MIT license.

import { sleep } from "../sleep.ts";

/** How a backup request is made. */
export interface HedgeOptions {
  /** How long the first one has before the backup starts, in ms. */
  readonly after: number;
  /** Ends all of it. */
  readonly signal?: AbortSignal | undefined;
  /** Whether there may be a backup after all; asked when it would start. */
  readonly mayStart: () => boolean;
  /** Waits; tests give their own. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Starts the same work a second time when the first one is slow: the first
 * success counts, and the other one is aborted. When the first one fails before
 * the backup starts, that is the end: the caller may know what to do.
 */
export async function hedge<Reply>(
  start: (signal: AbortSignal) => Promise<Reply>,
  options: HedgeOptions,
): Promise<Reply> {
  const { after, signal, mayStart } = options;
  const over = new AbortController();
  const both = signal === undefined
    ? over.signal
    : AbortSignal.any([over.signal, signal]);
  try {
    let isSlow = false;
    const first = start(both);
    const slow = (options.sleep ?? sleep)(after, both);
    await Promise.race([first, slow.then(() => isSlow = true)]);
    if (!isSlow || both.aborted || !mayStart()) return await first;
    return await Promise.any([first, start(both)]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    over.abort(new DOMException("Another server was faster", "AbortError"));
  }
}
