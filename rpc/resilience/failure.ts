// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "../code.ts";
import {
  ConnectError,
  LimitError,
  RemoteError,
  ShutdownError,
  WireError,
} from "../errors.ts";

// What a server is to blame for, and not its caller. `unknown` is not among
// them: it is what a method throws for arguments it does not like.
const FAULTS: ReadonlySet<Code> = new Set<Code>([
  "deadline_exceeded",
  "resource_exhausted",
  "internal",
  "unavailable",
  "data_loss",
]);

// What a server that drains answers in place of running the method.
const CLOSING = "rpc server: the server is closing";

/** Whether nothing of the call has left this side. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof ConnectError || error instanceof LimitError;
}

/**
 * Whether the method certainly did not run, so that any call may be made again:
 * it was not sent, or its server was closing and said so. Servers of other kinds
 * say it by `{ ran: false }` in the details of an `unavailable`.
 */
export function didNotRun(error: unknown): boolean {
  if (wasNotSent(error)) return true;
  if (!(error instanceof RemoteError) || error.code !== "unavailable") {
    return false;
  }
  const { details, message } = error;
  if (message === CLOSING) return true;
  return typeof details === "object" && details !== null && "ran" in details &&
    details.ran === false;
}

/** Whether a repetition could end better, where the method may run twice. */
export function isTransient(error: unknown): boolean {
  if (error instanceof RemoteError) {
    return error.code === "unavailable" || error.code === "resource_exhausted";
  }
  return didNotRun(error) || isUnreachable(error);
}

/** Whether the server could not be reached, or not to the end. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ConnectError || error instanceof ShutdownError ||
    error instanceof WireError || isTimeout(error);
}

/** Whether the server answered, or failed to, as a healthy one would not. */
export function isServerFault(error: unknown): boolean {
  return error instanceof RemoteError
    ? FAULTS.has(error.code)
    : isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
