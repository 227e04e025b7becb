// Copyright 2026 the Gee authors. MIT license.

// Frames of these files are ours; the first one outside them is the caller's.
const OWN = /\/(?:router|router_group|route_table|engine)\.ts:\d/;

/**
 * Where the code outside the framework stood when `trace` was made. The stack
 * of an error is formatted on first read, so keeping one per route is cheap.
 *
 * @returns `file:line:column`, or "an unknown place" where stacks are off.
 */
export function callSite(trace: Error): string {
  const frame = (trace.stack ?? "").split("\n").slice(1)
    .find((line) => !OWN.test(line));
  return frame?.match(/\(?([^\s()]+:\d+:\d+)\)?$/)?.[1] ?? "an unknown place";
}
