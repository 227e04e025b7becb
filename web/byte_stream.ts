// Copyright 2026 the Gee authors. MIT license.

/** How a stream is fed and ended. */
export interface ByteStreamOptions {
  /** Ends the stream when it aborts. */
  readonly signal: AbortSignal;
  /** Called when the reader leaves before the end. */
  readonly onCancel: () => void;
  /** Called once, however the stream ended. */
  readonly onEnd?: () => void;
  /** Text to send whenever nothing was sent for `idleMs`. */
  readonly idleText?: string;
  /** Milliseconds of silence before `idleText`. */
  readonly idleMs?: number;
}

/**
 * A byte stream of what an iterable yields, until it ends, `signal` aborts or
 * the reader leaves. An error of the iterable aborts the stream: nothing is
 * appended to what already went out.
 */
export function byteStream(
  chunks: AsyncIterable<Uint8Array | string>,
  options: ByteStreamOptions,
): ReadableStream<Uint8Array> {
  return new ReadableStream(new Source(chunks, options));
}

class Source implements UnderlyingDefaultSource<Uint8Array> {
  readonly #iterator: AsyncIterator<Uint8Array | string>;
  readonly #options: ByteStreamOptions;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isSilent = true;
  #hasEnded = false;

  constructor(
    chunks: AsyncIterable<Uint8Array | string>,
    options: ByteStreamOptions,
  ) {
    this.#iterator = chunks[Symbol.asyncIterator]();
    this.#options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const { signal, idleText, idleMs = Infinity } = this.#options;
    if (signal.aborted) return this.#onAbort();
    signal.addEventListener("abort", this.#onAbort);
    if (idleText === undefined || !Number.isFinite(idleMs)) return;
    this.#timer = setInterval(() => {
      const hasRoom = (controller.desiredSize ?? 0) > 0;
      if (this.#isSilent && hasRoom) this.#send(idleText);
      this.#isSilent = true;
    }, idleMs);
  }

  async pull(): Promise<void> {
    try {
      const { done, value } = await this.#iterator.next();
      if (this.#hasEnded) return;
      if (!done) return this.#send(value);
      this.#end();
      this.#controller?.close();
    } catch (error) {
      if (this.#hasEnded) return;
      this.#end();
      this.#controller?.error(error);
    }
  }

  cancel(): void {
    this.#end();
    this.#options.onCancel();
    this.#leaveIterator();
  }

  readonly #onAbort = () => {
    if (this.#hasEnded) return;
    this.#end();
    this.#controller?.close();
    this.#leaveIterator();
  };

  #send(chunk: Uint8Array | string): void {
    this.#isSilent = false;
    const bytes = typeof chunk === "string"
      ? this.#encoder.encode(chunk)
      : chunk;
    this.#controller?.enqueue(bytes);
  }

  #end(): void {
    this.#hasEnded = true;
    clearInterval(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#options.onEnd?.();
  }

  #leaveIterator(): void {
    // Not awaited: a generator that sleeps would hold the connection.
    this.#iterator.return?.().catch(() => {});
  }
}
