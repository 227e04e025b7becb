// Copyright 2026 the Gee authors. MIT license.

/** Checks a time limit in milliseconds. */
export function deadlineOf(what: string, ms: number): number {
  if (ms > 0 && Number.isFinite(ms)) return ms;
  throw new RangeError(
    `Cannot limit a ${what}: got ${ms} ms, want a positive number`,
  );
}
