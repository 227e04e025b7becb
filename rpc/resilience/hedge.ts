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
  const asleep = new AbortController();
  const first = begin(start, signal);
  const slow = (options.sleep ?? sleep)(after, asleep.signal);
  let isSlow = false;
  try {
    await Promise.race([first.reply, slow.then(() => isSlow = true)]);
  } finally {
    asleep.abort();
  }
  if (!isSlow || signal?.aborted || !mayStart()) return await first.reply;
  try {
    return await fastest([first, begin(start, signal)]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

/** Work under way that can be aborted by itself. */
interface Attempt<Reply> {
  readonly reply: Promise<Reply>;
  readonly controller: AbortController;
}

/** Begins work that ends with the caller's signal, or alone. */
export function begin<Reply>(
  start: (signal: AbortSignal) => Promise<Reply>,
  signal: AbortSignal | undefined,
): Attempt<Reply> {
  const controller = new AbortController();
  const either = signal === undefined
    ? controller.signal
    : AbortSignal.any([controller.signal, signal]);
  return { reply: start(either), controller };
}

/**
 * The first success; the others are aborted, and not the winner, whose reply may
 * be a stream.
 *
 * @throws {AggregateError} when all fail.
 */
export async function fastest<Reply>(
  attempts: readonly Attempt<Reply>[],
): Promise<Reply> {
  let winner: Attempt<Reply> | undefined;
  try {
    return await Promise.any(attempts.map(async (attempt) => {
      const reply = await attempt.reply;
      winner ??= attempt;
      return reply;
    }));
  } finally {
    const reason = new DOMException("Another server was faster", "AbortError");
    for (const attempt of attempts) {
      if (attempt !== winner) attempt.controller.abort(reason);
    }
  }
}
