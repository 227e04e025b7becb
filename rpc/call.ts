// Copyright 2026 the Gee authors. MIT license.

import type { Metadata } from "./metadata.ts";

/** How long a reply may take when neither the call nor its client says, in ms. */
export const DEFAULT_TIMEOUT = 30_000;

/** Options of one call. */
export interface CallOptions {
  /** Ends the wait: the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /**
   * How long the reply may take, in ms, and then each item of a stream; 0 waits for
   * ever. Due up to 60 ms late, never early, and much cheaper than a signal of its
   * own. With frames the server knows it, too.
   *
   * @default {30000}, or the `timeout` of the client
   */
  readonly timeout?: number;
  /**
   * What travels beside the arguments: the method's `context.metadata`. Frames only.
   *
   * @default none
   */
  readonly metadata?: Metadata;
  /**
   * Whether the method may run twice without harm, so that an `XClient` may
   * repeat a call that was sent.
   *
   * @default {false}, or what the `XClient` was told of the method
   */
  readonly idempotent?: boolean;
  /**
   * What a selector that hashes chooses the server by: the same text, the same server.
   *
   * @default any server
   */
  readonly hashKey?: string;
}

/** One call under way or ended, as `client.go` returns it. */
export class Call<Reply = unknown> {
  /** What is called, as `Service.method`. */
  readonly serviceMethod: string;
  /** The arguments, as given. */
  readonly args: unknown;
  /** Resolves with this call when it has ended, well or not; never rejects. */
  readonly done: Promise<this>;
  #reply: Reply | undefined;
  #error: unknown;

  /**
   * Follows a reply; `Client.go` makes calls.
   *
   * @param serviceMethod What is called, as `Service.method`.
   * @param args The arguments.
   * @param reply How the call ends.
   */
  constructor(serviceMethod: string, args: unknown, reply: Promise<Reply>) {
    this.serviceMethod = serviceMethod;
    this.args = args;
    this.done = reply.then((value) => {
      this.#reply = value;
      return this;
    }, (error) => {
      this.#error = error;
      return this;
    });
  }

  /** The reply; undefined while under way and after a failure. */
  get reply(): Reply | undefined {
    return this.#reply;
  }

  /** Why the call failed; undefined while under way and after a success. */
  get error(): unknown {
    return this.#error;
  }
}
