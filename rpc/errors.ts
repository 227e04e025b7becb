// Copyright 2026 the Gee authors. MIT license.

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

/** What a call rejects with when the server answered with an error. */
export class RemoteError extends Error {
  /** The name of the class. */
  override readonly name = "RemoteError";
  /** The method that failed, as it was called. */
  readonly serviceMethod: string;

  /**
   * Carries one error reply.
   *
   * @param serviceMethod The method that failed, as it was called.
   * @param message The server's text, kept to the letter.
   */
  constructor(serviceMethod: string, message: string) {
    super(message);
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
