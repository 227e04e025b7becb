// Copyright 2026 the Gee authors. MIT license.

import { BackOff } from "./resilience/back_off.ts";
import { sleep } from "./sleep.ts";

/** How something is done again and again. */
export interface KeepUpOptions {
  /** Time between, in ms. */
  readonly period: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told about each failure. */
  readonly onError: (error: unknown) => void;
}

// The first tries after a failure; later ones wait for the usual period.
const RETRY_MS = 500;

/**
 * Does something at once and then in every period until the signal aborts. After
 * a failure it is done sooner: after half a second, then at doubling intervals up
 * to the period, with jitter, so that many who keep up the same do not come back
 * at once.
 */
export async function keepUp(
  beat: (signal: AbortSignal) => Promise<void>,
  { period, signal, onError }: KeepUpOptions,
): Promise<void> {
  const backOff = new BackOff({ base: RETRY_MS, max: period });
  for (let failures = 0; !signal.aborted;) {
    try {
      await beat(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      onError(error);
    }
    const pause = failures === 0
      ? period * (0.75 + Math.random() * 0.25)
      : backOff.pause(failures);
    await sleep(pause, signal);
  }
}
