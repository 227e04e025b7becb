// Copyright 2026 the Gee authors. MIT license.

import { PeerError } from "../errors.ts";
import type { Health } from "./health.ts";
import type { Answer, Link, Question } from "./link.ts";
import { TooLongError } from "./out_buffer.ts";

/** What a {@linkcode PeerLine} is made of. */
export interface PeerLineParts {
  /** The name of the peer. */
  readonly name: string;
  /** The way to it. */
  readonly link: Link;
  /** Told of each answer and failure. */
  readonly health: Health;
  /** Called after the first answer. */
  readonly met: (isGo: boolean) => void;
  /** Tells of an error. */
  readonly report: (error: unknown) => void;
}

/** The way to one peer, watched: what fails is counted and reported. */
export class PeerLine {
  readonly #parts: PeerLineParts;
  #questions = 0;
  #isMet = false;

  /**
   * Makes it.
   *
   * @param parts What it is made of.
   */
  constructor(parts: PeerLineParts) {
    this.#parts = parts;
  }

  /** Whether the peer is a Go node. */
  get isGo(): boolean {
    return this.#parts.link.isGo;
  }

  /** Questions so far, pings aside. */
  get questions(): number {
    return this.#questions;
  }

  /**
   * Asks whether the peer is there, which says nothing of its health yet.
   *
   * @param signal Ends the wait.
   * @returns When it is; it rejects when it is not.
   */
  async ping(signal: AbortSignal): Promise<void> {
    const question: Question = { kind: "ping" };
    const answer = await this.#parts.link.send(question, { signal });
    if (answer.kind === "failed") throw this.error(question, "it is closed");
  }

  /** Ends what is under way. */
  close(): void {
    this.#parts.link.close();
  }

  /**
   * Sends a question, and notes how that went.
   *
   * @param question The question.
   * @param signal Ends the wait; that says nothing of the peer.
   * @returns The answer.
   * @throws {PeerError} When there is none.
   */
  send(
    question: Question,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    return this.ask(question, signal, (answer) => answer, (error) => {
      throw error;
    });
  }

  /**
   * Sends a question, as `send` does, and goes on with what came of it: in one
   * step, since every value of a peer comes this way.
   *
   * @typeParam R What the caller makes of it.
   * @param question The question.
   * @param signal Ends the wait; that says nothing of the peer.
   * @param accept Reads the answer; what it throws goes to `refuse`.
   * @param refuse Told of a failure.
   * @returns What one of the two gave.
   */
  ask<R>(
    question: Question,
    signal: AbortSignal | undefined,
    accept: (answer: Answer) => R,
    refuse: (error: unknown) => R | Promise<R>,
  ): Promise<R> {
    this.#questions++;
    return this.#parts.link.send(question, signal && { signal }).then(
      (answer) => {
        this.#answered();
        try {
          return accept(answer);
        } catch (error) {
          return refuse(error);
        }
      },
      (cause) => refuse(this.#failure(question, signal, cause)),
    );
  }

  #answered(): void {
    this.#parts.health.succeeded();
    if (this.#isMet) return;
    this.#isMet = true;
    this.#parts.met(this.isGo);
  }

  /** Notes a failure, and gives the error for it. */
  #failure(
    question: Question,
    signal: AbortSignal | undefined,
    cause: unknown,
  ): unknown {
    // The asker has left: nothing is known of the peer.
    if (signal?.aborted) return signal.reason;
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = this.error(question, why, { cause });
    // A Go node knows nothing but `get`, as the first contact may have shown;
    // and what is too long to be sent is no fault of the peer.
    const isOurs = this.isGo && question.kind !== "get" ||
      cause instanceof TooLongError;
    if (isOurs) return error;
    this.#parts.health.failed();
    return this.#report(error);
  }

  /**
   * The error for an answer that does not fit its question, which is reported.
   *
   * @param question The question.
   * @param kind The kind of the answer.
   * @returns The error.
   */
  useless(question: Question, kind: string): PeerError {
    return this.#report(this.error(question, `it answered "${kind}"`));
  }

  #report(error: PeerError): PeerError {
    this.#parts.report(error);
    return error;
  }

  /**
   * An error of this peer.
   *
   * @param question What it was asked.
   * @param why What went wrong.
   * @param options The error behind it as `cause`.
   * @returns The error.
   */
  error(question: Question, why: string, options?: ErrorOptions): PeerError {
    const { name } = this.#parts;
    const text = toText(question);
    return new PeerError(name, `Cannot ${text} at "${name}": ${why}`, options);
  }
}

/**
 * Says what a question is for, after "Cannot".
 *
 * @param question The question.
 * @returns The text.
 */
export function toText(question: Question): string {
  switch (question.kind) {
    case "get":
      return `get "${question.key}" of group "${question.group}"`;
    case "tell":
      return `tell "${question.change.kind}" of group "${question.group}"`;
    case "handOver":
      return `take over keys of group "${question.group}"`;
    case "ping":
      return "reach a peer";
  }
}
