// Copyright 2026 the Gee authors. MIT license.

const FOLDER = new URL(".", import.meta.url).href;

/**
 * Whether a line of a stack stands in the framework itself, its tests left out.
 *
 * @param frame The line.
 * @returns Whether it does.
 */
export function isOwnFrame(frame: string): boolean {
  return frame.includes(FOLDER) && !/_test\.ts:\d/.test(frame);
}

/**
 * Where the code outside the framework stood when `trace` was made. The stack
 * of an error is formatted on first read, so keeping one per route is cheap.
 *
 * @param trace An error that was made there.
 * @returns `file:line:column`, or "an unknown place" where stacks are off.
 */
export function callSite(trace: Error): string {
  const frame = (trace.stack ?? "").split("\n").slice(1)
    .find((line) => !isOwnFrame(line));
  return frame?.match(/\(?([^\s()]+:\d+:\d+)\)?$/)?.[1] ?? "an unknown place";
}
