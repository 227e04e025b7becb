// Copyright 2026 the Gee authors. MIT license.

import { type ByteStream, closeQuietly } from "./byte_stream.ts";
import { BYE, decodeAnswer, encodeQuestion } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";
import type { Answer, Question } from "./link.ts";
import { Pending } from "./pending.ts";

/** A peer that does not read must not fill this node's memory. */
const MAX_UNSENT = 64 << 20;
const MAX_REASON = 200;

/** Settings of a {@linkcode TcpSession}. */
export interface TcpSessionSettings {
  /** Makes the connection, ready for questions. */
  readonly open: () => Promise<ByteStream>;
  /** The most ms a question may take. */
  readonly timeout: number;
  /** The most bytes of a frame. */
  readonly maxBytes: number;
  /** Told of the end, once. */
  readonly onEnd: (error: Error) => void;
}

/**
 * One connection to a peer, and the questions on it: some 11 times the values
 * per second of a `fetch` for each at 64 callers, 20 times at 256.
 */
export class TcpSession {
  readonly #settings: TcpSessionSettings;
  readonly #writer = new FrameWriter((error) => this.close(asError(error)));
  readonly #pending: Pending;
  #stream: ByteStream | undefined;
  #isEnded = false;
  #lastReadAt = -1;
  /** The number of our own ping that is under way. */
  #probe: number | undefined;

  /** Begins the connection. */
  constructor(settings: TcpSessionSettings) {
    this.#settings = settings;
    this.#pending = new Pending({
      timeout: settings.timeout,
      onTimeout: (id, sentAt) => this.#onSilence(id, sentAt),
    });
    void this.#run();
  }

  /** Whether anything was ever heard from the peer. */
  get isUseful(): boolean {
    return this.#lastReadAt !== -1;
  }

  /** Sends a question, now or when the connection is made. */
  send(question: Question, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#writer.buffered > MAX_UNSENT) {
      return Promise.reject(
        new Error("Cannot ask the peer: it does not read what it was sent"),
      );
    }
    const answer = this.#pending.add(signal);
    const id = this.#pending.lastId;
    if (question.kind === "ping" && signal !== undefined) {
      this.#watchPing(answer, signal);
    }
    try {
      encodeQuestion(this.#writer.out, id, question, this.#settings.maxBytes);
    } catch (error) {
      this.#pending.reject(id, error);
    }
    this.#writer.flush();
    return answer;
  }

  /** Ends the connection and what is under way. */
  close(error: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#writer.close();
    closeQuietly(this.#stream);
    this.#settings.onEnd(error);
    this.#pending.rejectAll(error);
  }

  async #run(): Promise<void> {
    try {
      const stream = await this.#settings.open();
      this.#stream = stream;
      if (this.#isEnded) return closeQuietly(stream);
      this.#writer.attach(stream);
      await this.#read(stream);
      this.close(new Error("Cannot ask the peer: it closed the connection"));
    } catch (error) {
      this.close(asError(error));
    }
  }

  async #read(stream: ByteStream): Promise<void> {
    const reader = new FrameReader(this.#settings.maxBytes);
    while (!this.#isEnded) {
      const count = await stream.read(reader.space());
      if (count === null) return;
      reader.filled(count);
      this.#lastReadAt = performance.now();
      while (reader.next()) this.#receive(reader);
    }
  }

  #receive(reader: FrameReader): void {
    const { id } = reader;
    if (reader.kind === BYE) {
      const why = reader.text().slice(0, MAX_REASON);
      throw new Error(`Cannot ask the peer: it said ${JSON.stringify(why)}`);
    }
    if (!this.#pending.resolve(id, decodeAnswer(reader))) {
      throw new SyntaxError(`Cannot use answer ${id}: nobody asked for it`);
    }
  }

  /**
   * Any peer answers a ping at once. Who gave one up heard nothing, and nobody
   * else asks a peer that is down: over this connection it might stay so.
   */
  #watchPing(answer: Promise<Answer>, signal: AbortSignal): void {
    const sentAt = performance.now();
    answer.catch(() => {
      const isSilent = this.#stream !== undefined && this.#lastReadAt < sentAt;
      if (signal.aborted && isSilent) this.close(silence());
    });
  }

  /**
   * Where a peer vanished no end comes, and TCP itself would try for a quarter
   * of an hour. A question may just be slow, so a ping finds out.
   */
  #onSilence(id: number, sentAt: number): void {
    if (this.#lastReadAt >= sentAt) return;
    if (this.#stream === undefined || id === this.#probe) {
      return this.close(silence());
    }
    if (this.#probe !== undefined && this.#pending.has(this.#probe)) return;
    const probe = this.send({ kind: "ping" });
    this.#probe = this.#pending.lastId;
    probe.catch(() => {/* Whoever waits hears of it. */});
  }
}

function silence(): Error {
  return new Error("Cannot ask the peer: it is silent");
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(`Cannot go on: ${error}`);
}
