// Copyright 2026 the Gee authors. MIT license.

import type { Secret } from "./auth.ts";
import { encodeAnswer } from "./frame.ts";
import type { Answer } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";
import { seal } from "./seal.ts";

/** Answers are turned into bytes in parts of about this size. */
const PART_BYTES = 256 << 10;

/** Shared: it is used and emptied within one turn. */
const out = new OutBuffer();

/** Settings of an {@linkcode AnswerStream}. */
export interface AnswerStreamSettings {
  /** The most bytes of an answer. */
  readonly maxBytes: number;
  /** Signs the answers. */
  readonly secret: Secret | undefined;
  /** The nonce of the question. */
  readonly nonce: string;
}

/**
 * The answers of a batch as the body of a response. What is known at once goes
 * first, so that one slow load holds nobody up; the rest follows as it comes.
 * Bytes are made when they can be sent: until then values are only pointed at.
 */
export class AnswerStream {
  readonly #settings: AnswerStreamSettings;
  #ready: (readonly [id: number, answer: Answer])[] = [];
  #waiting = 0;
  #parts = 0;
  #wake: (() => void) | undefined;

  /** Makes a stream without answers. */
  constructor(settings: AnswerStreamSettings) {
    this.#settings = settings;
  }

  /** Adds an answer, which must not reject. */
  add(id: number, answer: Answer | Promise<Answer>): void {
    if (!(answer instanceof Promise)) {
      this.#ready.push([id, answer]);
      return;
    }
    this.#waiting++;
    answer.then((answer) => {
      this.#waiting--;
      this.#ready.push([id, answer]);
      this.#wake?.();
    });
  }

  /** The body; plain bytes where all answers are there and short. */
  async body(): Promise<
    Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>
  > {
    const first = await this.#part();
    if (this.#isDone) return first;
    return new ReadableStream({
      start: (controller) => {
        if (first.length > 0) controller.enqueue(first);
      },
      pull: async (controller) => {
        while (this.#ready.length === 0 && !this.#isDone) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (!this.#isDone) controller.enqueue(await this.#part());
        if (this.#isDone) controller.close();
      },
    });
  }

  get #isDone(): boolean {
    return this.#waiting === 0 && this.#ready.length === 0;
  }

  /** Some of the answers that are ready, as bytes. */
  async #part(): Promise<Uint8Array<ArrayBuffer>> {
    const { maxBytes, secret, nonce } = this.#settings;
    out.clear();
    let count = 0;
    for (const [id, answer] of this.#ready) {
      if (out.length >= PART_BYTES) break;
      encodeAnswer(out, id, answer, maxBytes);
      count++;
    }
    this.#ready = this.#ready.slice(count);
    const part = out.take();
    if (secret === undefined || part.length === 0) return part;
    return await seal(secret, nonce, this.#parts++, part);
  }
}
