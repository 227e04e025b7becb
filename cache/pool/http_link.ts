// Copyright 2026 the Gee authors. MIT license.

import { ClosedError } from "../errors.ts";
import { withDeadline } from "../deadline.ts";
import { encodeQuestion } from "./frame.ts";
import { type BatchSettings, sendBatch } from "./http_batch.ts";
import { askGo, type GoSettings } from "./http_go.ts";
import type { Answer, Link, Question, SendOptions } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";
import { Pending } from "./pending.ts";

/** Requests that the peer has not begun to answer. */
const MAX_UNANSWERED = 2;
/** All requests; most of them wait for slow answers then. */
const MAX_REQUESTS = 64;
/** Of one request. */
const MAX_QUESTIONS = 256;
/** Of one request, until it is full; one question may be longer. */
const MAX_BYTES = 1 << 20;

/** A peer that hangs must not fill this node's memory. */
const MAX_QUEUED = 1 << 16;

/** A question that waits for the next request, or is in one. */
interface Queued {
  readonly id: number;
  readonly question: Question;
  readonly signal: AbortSignal | undefined;
}

/** Settings of an {@linkcode HttpLink}. */
export type HttpLinkSettings = GoSettings & Omit<BatchSettings, "name">;

/**
 * The way to a peer over HTTP. Questions that are made in one turn go in one
 * POST, and while two are unanswered further ones gather for the next: some 7
 * times the values per second of a GET for each at 64 callers, 15 times at 256.
 * (Smaller or more requests at a time gave less.) A node that does not know
 * this, as those in Go, is asked in the way of the original.
 */
export class HttpLink implements Link {
  readonly #name: string;
  readonly #settings: HttpLinkSettings & BatchSettings;
  readonly #closing = new AbortController();
  readonly #pending: Pending;
  readonly #out = new OutBuffer();
  #queue: Queued[] = [];
  #isScheduled = false;
  #unanswered = 0;
  #requests = 0;
  #isGo = false;

  /** Makes the link; nothing is sent yet. */
  constructor(name: string, settings: HttpLinkSettings) {
    this.#name = name;
    this.#settings = { ...settings, name };
    this.#pending = new Pending({ timeout: settings.timeout });
  }

  /** Whether the peer is a Go node, as far as is known. */
  get isGo(): boolean {
    return this.#isGo;
  }

  /** Sends a question. */
  send(question: Question, { signal }: SendOptions = {}): Promise<Answer> {
    const { signal: closing } = this.#closing;
    if (closing.aborted) return Promise.reject(closing.reason);
    // A ping finds out what the peer is by now.
    if (this.#isGo && question.kind !== "ping") {
      return this.#askGo(question, signal);
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#queue.length >= MAX_QUEUED) return Promise.reject(overfull());
    const answer = this.#pending.add(signal);
    this.#queue.push({ id: this.#pending.lastId, question, signal });
    this.#schedule();
    return answer;
  }

  /** Ends what is under way. */
  close(): void {
    const error = new ClosedError(`Cannot ask "${this.#name}": it is closed`);
    this.#closing.abort(error);
    this.#queue = [];
    this.#pending.rejectAll(this.#closing.signal.reason);
  }

  get #hasRoom(): boolean {
    return this.#unanswered < MAX_UNANSWERED && this.#requests < MAX_REQUESTS;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queue.length === 0 || !this.#hasRoom) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      while (this.#queue.length > 0 && this.#hasRoom) void this.#post();
    });
  }

  /** Sends one request with what waits. */
  async #post(): Promise<void> {
    const questions = this.#takeSome();
    if (questions.length === 0) return;
    const body = this.#out.take();
    let isUnanswered = true;
    const onBegin = () => {
      if (isUnanswered) this.#unanswered--;
      isUnanswered = false;
      this.#schedule();
    };
    this.#unanswered++;
    this.#requests++;
    try {
      const isOurs = await this.#exchange(body, questions.length, onBegin);
      this.#isGo = !isOurs;
      if (isOurs) this.#rejectSome(questions);
      else this.#askAllGo(questions);
    } catch (error) {
      this.#rejectSome(questions, error);
    }
    this.#requests--;
    onBegin();
  }

  #exchange(
    body: Uint8Array<ArrayBuffer>,
    count: number,
    onBegin: () => void,
  ): Promise<boolean> {
    const onAnswer = (id: number, answer: Answer) => {
      this.#isGo = false; // who gets the answer may look
      this.#pending.resolve(id, answer);
    };
    return withDeadline(
      this.#settings.timeout,
      [this.#closing.signal],
      (signal) =>
        sendBatch({ body, count, signal, onBegin, onAnswer }, this.#settings),
    );
  }

  /** Takes what goes in one request, and encodes it. */
  #takeSome(): Queued[] {
    const taken: Queued[] = [];
    const { maxAnswerBytes } = this.#settings;
    let at = 0;
    while (
      at < this.#queue.length && taken.length < MAX_QUESTIONS &&
      this.#out.length < MAX_BYTES
    ) {
      const queued = this.#queue[at++];
      // Who left while it waited wants nothing any more.
      if (queued === undefined || !this.#pending.has(queued.id)) continue;
      try {
        encodeQuestion(this.#out, queued.id, queued.question, maxAnswerBytes);
        taken.push(queued);
      } catch (error) {
        this.#pending.reject(queued.id, error);
      }
    }
    this.#queue = at === this.#queue.length ? [] : this.#queue.slice(at);
    return taken;
  }

  /** Ends the wait of those who got no answer. */
  #rejectSome(questions: readonly Queued[], error?: unknown): void {
    for (const { id } of questions) {
      if (this.#pending.has(id)) this.#pending.reject(id, error ?? leftOut());
    }
  }

  #askAllGo(questions: readonly Queued[]): void {
    for (const { id, question, signal } of questions) {
      if (!this.#pending.has(id)) continue;
      this.#askGo(question, signal).then(
        (answer) => this.#pending.resolve(id, answer),
        (error) => this.#pending.reject(id, error),
      );
    }
  }

  #askGo(question: Question, signal?: AbortSignal): Promise<Answer> {
    if (question.kind === "ping") {
      return Promise.resolve({ kind: "done", missed: [] });
    }
    // It would load what it does not hold.
    if (question.kind === "get" && question.mode === "held") {
      return Promise.resolve({ kind: "missing" });
    }
    if (question.kind === "get") {
      const ends = [this.#closing.signal, signal];
      return askGo(this.#name, question, this.#settings, ends);
    }
    return Promise.reject(
      new TypeError(
        `Cannot ask "${this.#name}": a Go node knows no "${question.kind}"`,
      ),
    );
  }
}

function overfull(): Error {
  return new Error("Cannot ask the peer: too many questions wait already");
}

function leftOut(): Error {
  return new Error("Cannot use the answer: it leaves a question out");
}
