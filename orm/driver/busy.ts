// Copyright 2026 the Gee authors. MIT license.

import { BusyError } from "../errors.ts";
import type { MaybePromise } from "./driver.ts";

const MAX_PAUSE = 50;

/** How a locked database is waited for. */
export interface BusyOptions {
  /** How long, in ms. */
  readonly limit: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries again while another process has the lock. SQLite's own busy timeout
 * would block the event loop, so connections are opened without one. Jitter
 * keeps processes that wait from meeting again and again.
 */
export async function retryWhileBusy<T>(
  work: () => MaybePromise<T>,
  { limit, signal }: BusyOptions,
): Promise<T> {
  const end = performance.now() + limit;
  for (let pause = 1;; pause = Math.min(2 * pause, MAX_PAUSE)) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BusyError) || performance.now() >= end) {
        throw error;
      }
    }
    await delay(pause * (0.5 + Math.random()), signal);
  }
}

/** Waits a while, in ms, or until the signal rejects. */
export function delay(
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener("abort", abort);
    resolve();
  }, ms);
  signal?.addEventListener("abort", abort, { once: true });
  return promise;
}
