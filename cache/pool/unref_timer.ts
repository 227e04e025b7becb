// Copyright 2026 the Gee authors. MIT license.

/**
 * Has a timer not keep the program running, where that can be said.
 *
 * @param timer What `setTimeout` gave.
 */
export function unrefTimer(timer: unknown): void {
  if (typeof timer === "number") globalThis.Deno?.unrefTimer(timer);
}
