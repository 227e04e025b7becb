// Copyright 2026 the Gee authors. MIT license.

import { type Code, CODES } from "./code.ts";
import { LimitError, RemoteError, RpcError } from "./errors.ts";
import { didNotRun } from "./resilience/failure.ts";

/** Why a call failed, as it goes over the wire. */
export interface Failure {
  /** For people; never empty, which would read as success. */
  readonly message: string;
  /** For programs. */
  readonly code: Code;
  /** More about it, for programs. */
  readonly details?: unknown;
}

/** What a draining or closed server answers. */
export const CLOSING: Failure = {
  message: "rpc server: the server is closing",
  code: "unavailable",
};

/** The failure that an error is: the message alone, stacks stay here. */
export function failureOf(error: unknown): Failure {
  try {
    if (error instanceof RpcError) {
      const { code, details } = error;
      // What is no code here would be no message there, and end the connection.
      const known = CODES.includes(code) ? code : "unknown";
      return { message: describe(error), code: known, details };
    }
    if (error instanceof LimitError) {
      return { message: describe(error), code: "resource_exhausted" };
    }
  } catch { /* A hostile object; what it says is not worth more. */ }
  return { message: describe(error), code: "unknown" };
}

/**
 * The failure that a method's error is. That another server did not run a call is
 * not true of the method that made the call: told as it came, it would have
 * clients call the method again, and what it did before would be done twice.
 */
export function failureOfMethod(error: unknown): Failure {
  const failure = failureOf(error);
  const { code, message } = failure;
  if (code !== CLOSING.code) return failure;
  const isRelayed = message === CLOSING.message ||
    error instanceof RemoteError && didNotRun(error);
  return isRelayed
    ? { message: `Cannot reply: another server says "${message}"`, code }
    : failure;
}

/** The same without details, for those that have no form on the wire. */
export function withoutDetails({ message, code }: Failure): Failure {
  return { message, code };
}

const CODES_OF_TEXTS: readonly (readonly [RegExp, Code])[] = [
  [/^rpc(?: server)?: can't find (?:service|method) /, "unimplemented"],
  [/^rpc(?: server)?: service\/method request ill-formed: /, "unimplemented"],
  [/^rpc server: read body err: /, "invalid_argument"],
  [/^rpc server: request handle timeout: /, "deadline_exceeded"],
  [/^rpc server: the server is closing$/, "unavailable"],
];

/** The code of an error whose wire carries only its text: known texts are Go's, to the letter. */
export function codeOfText(text: string): Code {
  return CODES_OF_TEXTS.find(([pattern]) => pattern.test(text))?.[1] ??
    "unknown";
}

function describe(error: unknown): string {
  let text = "";
  try {
    text = String(error instanceof Error ? error.message : error);
  } catch { /* What was thrown has no text. */ }
  return text === "" ? "rpc server: the method failed without a message" : text;
}
