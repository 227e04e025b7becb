// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import { RpcError } from "./errors.ts";

/** The text a caller sees: the message alone, stacks stay here. */
export function describe(error: unknown): string {
  let text = "";
  try {
    text = String(error instanceof Error ? error.message : error);
  } catch { /* What was thrown has no text. */ }
  // An empty text would read as success.
  return text === "" ? "rpc server: the method failed without a message" : text;
}

/** Why a method failed, for programs, by what it threw. */
export function codeOf(error: unknown): Code {
  return asRpcError(error)?.code ?? "unknown";
}

/** What was thrown as an error with a code; the original is its cause. */
export function toRpcError(error: unknown): RpcError {
  return asRpcError(error) ??
    new RpcError("unknown", describe(error), { cause: error });
}

function asRpcError(error: unknown): RpcError | undefined {
  try {
    return error instanceof RpcError ? error : undefined;
  } catch {
    // A revoked proxy has no prototype to look at.
    return undefined;
  }
}
