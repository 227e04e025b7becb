// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";

/**
 * What a call rejects with when its connection ended before the reply, or when
 * the client was closed (`ErrShutdown` of the original). Whether the server did
 * the work is unknown.
 */
export class ShutdownError extends Error {
  /** The name of the class. */
  override readonly name = "ShutdownError";
}

/** What `dial` rejects with when no connection came about: nothing was sent. */
export class ConnectError extends Error {
  /** The name of the class. */
  override readonly name = "ConnectError";
}

/** Options of an `RpcError`. */
export interface RpcErrorOptions extends ErrorOptions {
  /**
   * More about the failure, for programs: a value that JSON can hold.
   *
   * @default {undefined}
   */
  readonly details?: unknown;
}

/**
 * A failure with a code. What a method throws to tell its caller more than a
 * text; code and details travel where the wire can carry them (gee frames and
 * HTTP), the message always.
 *
 * @example Say what is wrong
 * ```ts
 * import { RpcError } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new RpcError("not_found", 'Cannot load user "7": there is none', {
 *   details: { id: 7 },
 * });
 * assertEquals(error.code, "not_found");
 * ```
 */
export class RpcError extends Error {
  /** The name of the class. */
  override readonly name: string = "RpcError";
  /** Why the call failed, for programs. */
  readonly code: Code;
  /** More about it, for programs; undefined when there is no more. */
  readonly details: unknown;

  /**
   * Says why a call fails.
   *
   * @param code Why, for programs.
   * @param message Why, for people; it reaches the caller to the letter.
   * @param options Details, and a cause, which stays on this side.
   */
  constructor(code: Code, message: string, options: RpcErrorOptions = {}) {
    const { details, ...rest } = options;
    super(message, rest);
    this.code = code;
    this.details = details;
  }
}

/** What a call rejects with when the server answered with an error. */
export class RemoteError extends RpcError {
  /** The name of the class. */
  override readonly name = "RemoteError";
  /** The method that failed, as it was called. */
  readonly serviceMethod: string;

  /**
   * Carries one error reply.
   *
   * @param serviceMethod The method that failed, as it was called.
   * @param message The server's text, kept to the letter.
   * @param code Why, for programs; `unknown` where the wire carries none.
   * @param details More about it, as the server gave it.
   */
  constructor(
    serviceMethod: string,
    message: string,
    code: Code,
    details?: unknown,
  ) {
    super(code, message, { details });
    this.serviceMethod = serviceMethod;
  }
}

/**
 * The peer sent bytes that are no message, or more than the limits allow. A
 * connection ends with it; when only one body is malformed, only its call does.
 */
export class WireError extends Error {
  /** The name of the class. */
  override readonly name = "WireError";
}

/** A limit of this side was reached: the call was not sent. */
export class LimitError extends Error {
  /** The name of the class. */
  override readonly name = "LimitError";
}

/** What an `XClient` rejects with when its discovery knows no server. */
export class NoServersError extends Error {
  /** The name of the class. */
  override readonly name = "NoServersError";
}
