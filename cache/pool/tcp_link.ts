// Copyright 2026 the Gee authors. MIT license.

import { ClosedError } from "../errors.ts";
import type { ByteStream } from "./byte_stream.ts";
import type { Answer, Link, Question, SendOptions } from "./link.ts";
import { TcpSession } from "./tcp_session.ts";

const FIRST_PAUSE = 50;
/** So that a peer that is back is found soon. */
const MAX_PAUSE = 250;

/** Settings of a {@linkcode TcpLink}. */
export interface TcpLinkSettings {
  /** Makes a connection, ready for questions, or rejects in time. */
  readonly open: (name: string, signal: AbortSignal) => Promise<ByteStream>;
  /** The most ms a question may take. */
  readonly timeout: number;
  /** The most bytes of a frame. */
  readonly maxBytes: number;
  /** The clock in ms. */
  readonly now: () => number;
  /** Random numbers from 0 to below 1. */
  readonly random: () => number;
}

/**
 * The way to a peer over one TCP connection, made when it is first needed and
 * again when it broke. While a connection cannot be made, questions are refused
 * at once for a short while: nothing queues up.
 */
export class TcpLink implements Link {
  /** A Go node does not speak this. */
  readonly isGo = false;
  readonly #name: string;
  readonly #settings: TcpLinkSettings;
  readonly #closing = new AbortController();
  #session: TcpSession | undefined;
  #failures = 0;
  #failedAt = 0;
  #pause = 0;
  #lastError: Error | undefined;

  /** Makes the link; nothing is opened yet. */
  constructor(name: string, settings: TcpLinkSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  /** Sends a question. */
  send(
    question: Question,
    { signal }: SendOptions = {},
  ): Promise<Answer> {
    if (this.#closing.signal.aborted) {
      return Promise.reject(this.#closing.signal.reason);
    }
    const session = this.#session ?? this.#begin();
    if (session !== undefined) return session.send(question, signal);
    return Promise.reject(
      new Error(`Cannot ask "${this.#name}": a moment ago it failed`, {
        cause: this.#lastError,
      }),
    );
  }

  /** Ends the connection and what is under way. */
  close(): void {
    const error = new ClosedError(`Cannot ask "${this.#name}": it is closed`);
    this.#closing.abort(error);
    this.#session?.close(error);
  }

  #begin(): TcpSession | undefined {
    const { open, timeout, maxBytes, now } = this.#settings;
    const age = now() - this.#failedAt;
    if (age >= 0 && age < this.#pause) return undefined;
    const session = new TcpSession({
      open: () => open(this.#name, this.#closing.signal),
      timeout,
      maxBytes,
      onEnd: (error) => this.#end(session, error),
    });
    return this.#session = session;
  }

  #end(session: TcpSession, error: Error): void {
    this.#session = undefined;
    this.#lastError = error;
    // Not before it was of use: a peer that hangs up at once is no better.
    if (session.isUseful) {
      this.#failures = this.#pause = 0;
      return;
    }
    const { now, random } = this.#settings;
    const longest = Math.min(FIRST_PAUSE * 2 ** this.#failures++, MAX_PAUSE);
    // Jitter, since all nodes lose a peer at one time.
    this.#pause = longest * (0.5 + random() / 2);
    this.#failedAt = now();
  }
}
