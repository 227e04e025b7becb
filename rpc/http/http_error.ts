// Copyright 2026 the Gee authors. MIT license.

/** Why a request cannot be answered; what it says goes to the client. */
export class HttpError extends Error {
  /** The name of the class. */
  override readonly name = "HttpError";
  /** The status of the response. */
  readonly status: number;

  /**
   * Says what is wrong.
   *
   * @param message For people.
   * @param status The status of the response.
   */
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
