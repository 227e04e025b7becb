// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";

/** A method as the server calls it. */
export type Method = (args: unknown, context: CallContext) => unknown;

/** Whether a method's result comes later. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
