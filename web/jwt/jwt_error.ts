// Copyright 2026 the Gee authors. MIT license.

/** What is wrong with a token. */
export type JwtFault =
  | "malformed"
  | "algorithm"
  | "key"
  | "signature"
  | "type"
  | "expired"
  | "early"
  | "issuer"
  | "audience"
  | "claim";

/**
 * A token that is not good. Its words are for the log: who sent the token need
 * not know what is wrong with it.
 */
export class JwtError extends Error {
  /** The name of the class. */
  override readonly name = "JwtError";
  /** What is wrong. */
  readonly fault: JwtFault;

  /**
   * Makes an error.
   *
   * @param message The same in words.
   * @param fault What is wrong.
   * @param options The cause.
   */
  constructor(message: string, fault: JwtFault, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
