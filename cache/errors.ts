// Copyright 2026 the Gee authors. MIT license.

/** A group or pool was used after its `close()`. */
export class ClosedError extends Error {
  /** The name of the class. */
  override readonly name = "ClosedError";
}

/** Too many loads wait for their turn already; asking again later helps. */
export class OverloadError extends Error {
  /** The name of the class. */
  override readonly name = "OverloadError";
}

/**
 * The owner of a key answered, but its own load failed. Asking the source from
 * here as well would only double the load on a source that has trouble.
 */
export class LoadError extends Error {
  /** The name of the class. */
  override readonly name = "LoadError";
}

/**
 * A peer gave no usable answer: it could not be reached, was too slow, or broke
 * the protocol. A group answers it by asking the source itself.
 */
export class PeerError extends Error {
  /** The name of the class. */
  override readonly name = "PeerError";
  /** The peer that was asked. */
  readonly peer: string;

  /**
   * Makes the error.
   *
   * @param peer The peer that was asked.
   * @param message What went wrong.
   * @param options The error behind it as `cause`.
   */
  constructor(peer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.peer = peer;
  }
}
