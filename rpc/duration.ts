// Copyright 2026 the Gee authors. MIT license.

/** The longest limit in ms: what a 32-bit timer can hold, about 24 days. */
export const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Passes a time limit in ms through, or throws for what is none; 0 is "no limit". */
export function checkMilliseconds(name: string, value: number): number {
  if (value >= 0 && value <= MAX_MILLISECONDS) return value;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be 0 to ${MAX_MILLISECONDS} milliseconds`,
  );
}

/** The shorter of two limits in ms; 0 is "no limit". */
export function shorterLimit(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}

/** A signal that aborts with one of the others or after `ms`; 0 sets no time limit. */
export function timeLimit(
  ms: number,
  ...others: (AbortSignal | undefined)[]
): AbortSignal {
  const signals = others.filter((signal) => signal !== undefined);
  if (ms > 0) signals.push(AbortSignal.timeout(ms));
  return AbortSignal.any(signals);
}

/** A duration as Go prints it (`time.Duration.String`): "300ms", "1.5s", "1m0s". */
export function formatGoDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = milliseconds % 60_000 / 1000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
