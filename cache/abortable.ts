// Copyright 2026 the Gee authors. MIT license.

/**
 * Waits for a promise until a signal ends the wait. What the promise does later
 * is ignored, a rejection included.
 *
 * @param promise What to wait for.
 * @param signal Ends the wait.
 * @param onLeave Called when the signal ended the wait.
 * @returns As the promise, or a rejection with the reason of the signal.
 */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  onLeave?: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(signal.reason);
      onLeave?.();
    };
    const settled = () => signal.removeEventListener("abort", leave);
    promise.then(resolve, reject).then(settled);
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
  });
}
