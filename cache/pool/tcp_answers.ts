// Copyright 2026 the Gee authors. MIT license.

import type { Secret } from "./auth.ts";
import { type ByteStream, closeQuietly } from "./byte_stream.ts";
import {
  beginFrame,
  BYE,
  decodeQuestion,
  encodeAnswer,
  endFrame,
} from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";
import { greetClient } from "./handshake.ts";
import type { Answer, AnswerQuestion } from "./link.ts";
import { Pending } from "./pending.ts";

const BUSY: Answer = { kind: "failed", isBusy: true };
const FAILED: Answer = { kind: "failed", isBusy: false };

/**
 * After so many answers those that are there are sent, so that the peer goes to
 * work on them while the rest is made: with 64 callers of 100 bytes 1.38x.
 */
const SOME = 16;

/** What connections are answered with. */
export interface TcpAnswersSettings {
  /** Answers questions. */
  readonly answer: AnswerQuestion;
  /** The most ms for an answer, for the greeting, and for a peer to read. */
  readonly timeout: number;
  /** The most bytes of a frame. */
  readonly maxBytes: number;
  /** The most questions under way. */
  readonly maxInFlight: number;
  /** With more bytes unsent, no further question is read. */
  readonly maxUnsentBytes: number;
  /** What the peer has to know. */
  readonly secret: Secret | undefined;
}

/** One connection of a peer that asks. */
export class TcpAnswers {
  readonly #stream: ByteStream;
  readonly #settings: TcpAnswersSettings;
  readonly #writer = new FrameWriter(() => this.close());
  readonly #pending: Pending;
  #isEnded = false;

  /** Takes a connection over. */
  constructor(stream: ByteStream, settings: TcpAnswersSettings) {
    this.#stream = stream;
    this.#settings = settings;
    this.#pending = new Pending({ timeout: settings.timeout });
  }

  /** Answers until the connection ends; it never rejects. */
  async run(isFull: boolean): Promise<void> {
    const { secret } = this.#settings;
    try {
      await this.#inTime(greetClient(this.#stream, secret, isFull));
    } catch {
      return this.close();
    }
    this.#writer.attach(this.#stream);
    try {
      await this.#read();
    } catch (error) {
      if (!this.#isEnded) await this.#sayBye(error);
    }
    this.close();
  }

  /** Ends the connection. */
  close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#writer.close();
    closeQuietly(this.#stream);
    this.#pending.rejectAll(undefined);
  }

  async #read(): Promise<void> {
    const { maxBytes, maxUnsentBytes } = this.#settings;
    const reader = new FrameReader(maxBytes);
    while (!this.#isEnded) {
      const count = await this.#stream.read(reader.space());
      if (count === null) return;
      reader.filled(count);
      while (reader.next()) {
        this.#receive(reader);
        if (reader.count % SOME === 0) this.#writer.flushNow();
        if (this.#writer.buffered <= maxUnsentBytes) continue;
        // A peer that asks and does not read would fill the memory.
        this.#writer.flush();
        await this.#inTime(this.#writer.drained());
        if (this.#isEnded) return;
      }
      this.#writer.flush();
    }
  }

  #receive(reader: FrameReader): void {
    const { id } = reader;
    const question = decodeQuestion(reader);
    if (this.#pending.size >= this.#settings.maxInFlight) {
      return this.#append(id, BUSY);
    }
    let answer;
    try {
      answer = this.#settings.answer(question);
    } catch {
      answer = FAILED;
    }
    if (answer instanceof Promise) this.#await(id, answer);
    else this.#append(id, answer);
  }

  #await(id: number, slow: Promise<Answer>): void {
    const answer = this.#pending.add();
    const number = this.#pending.lastId;
    slow.then(
      (answer) => this.#pending.resolve(number, answer),
      () => this.#pending.resolve(number, FAILED),
    );
    answer.catch(() => BUSY).then((answer) => {
      this.#append(id, answer);
      this.#writer.flush();
    });
  }

  #append(id: number, answer: Answer): void {
    if (this.#isEnded) return;
    encodeAnswer(this.#writer.out, id, answer, this.#settings.maxBytes);
  }

  /** Tells the peer why it is left. */
  async #sayBye(error: unknown): Promise<void> {
    const { out } = this.#writer;
    const start = out.length;
    beginFrame(out, 0, BYE);
    out.text(error instanceof Error ? error.message : "Cannot go on");
    endFrame(out, start, Infinity);
    this.#writer.flush();
    await this.#inTime(this.#writer.drained()).catch(() => {});
  }

  /** Waits, and closes the connection when it takes too long. */
  async #inTime<T>(wait: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.close(), this.#settings.timeout);
    try {
      return await wait;
    } finally {
      clearTimeout(timer);
    }
  }
}
