// Copyright 2026 the Gee authors. MIT license.

import { endIterator } from "./end_stream.ts";
import { WINDOW_BYTES } from "./incoming_stream.ts";

/** Where the items of a stream go. */
export interface StreamSink {
  /** Sends an item and returns the bytes it takes. */
  item(value: unknown): number;
  /** Ends the stream, well or with an error. */
  end(failure?: { readonly error: unknown }): void;
  /** A wait until more can be written, if any. */
  pause(): Promise<void> | undefined;
}

/** Whether a value is a stream of items. */
export function isAsyncIterable(
  value: unknown,
): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null &&
    Symbol.asyncIterator in value;
}

/** Sends the items of an iterable, no faster than the peer takes them. */
export class OutgoingStream {
  readonly #iterable: AsyncIterable<unknown>;
  readonly #sink: StreamSink;
  #iterator: AsyncIterator<unknown> | undefined;
  #credit = WINDOW_BYTES;
  #isStopped = false;
  #wake: (() => void) | undefined;

  /**
   * @param iterable The items.
   * @param sink Where they go.
   */
  constructor(iterable: AsyncIterable<unknown>, sink: StreamSink) {
    this.#iterable = iterable;
    this.#sink = sink;
  }

  /** Allows more bytes. */
  grant(bytes: number): void {
    this.#credit = Math.min(this.#credit + bytes, WINDOW_BYTES);
    if (this.#credit > 0) this.#wake?.();
  }

  /** Ends the stream without a word to the peer, and the iterable that makes it. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#wake?.();
    endIterator(this.#iterator);
  }

  /** Sends until the end; never rejects. */
  async run(): Promise<void> {
    try {
      if (await this.#sendAll()) this.#finish();
    } catch (error) {
      if (this.#isStopped) return;
      this.stop();
      this.#sink.end({ error });
    }
  }

  #finish(): void {
    this.#isStopped = true;
    this.#sink.end();
  }

  /** True when the iterable has ended, false when it was stopped. */
  async #sendAll(): Promise<boolean> {
    if (this.#isStopped) return false;
    const iterator = this.#iterable[Symbol.asyncIterator]();
    this.#iterator = iterator;
    for (;;) {
      if (this.#credit <= 0) await this.#granted();
      const pause = this.#sink.pause();
      if (pause !== undefined) await pause;
      if (this.#isStopped) return false;
      const { done, value } = await iterator.next();
      if (this.#isStopped) return false;
      if (done) return true;
      this.#credit -= this.#sink.item(value);
    }
  }

  async #granted(): Promise<void> {
    while (this.#credit <= 0 && !this.#isStopped) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
