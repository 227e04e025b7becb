// Copyright 2026 the Gee authors. MIT license.

import { OutBuffer } from "./out_buffer.ts";

/** Where bytes go; the shape of `Deno.Conn`. */
export interface ByteSink {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * The one writer of a connection. What is appended within a turn of the event
 * loop leaves in one `write`, and while bytes are on their way the next ones
 * gather. (As the writer of `rpc`, whose figures say why.)
 */
export class FrameWriter {
  readonly #onError: (error: unknown) => void;
  #sink: ByteSink | undefined;
  #out = new OutBuffer();
  #spare = new OutBuffer();
  #inFlight = 0;
  #isFlushing = false;
  #isClosed = false;
  #waiters: (() => void)[] = [];

  /**
   * Makes a writer, which gathers until it has a sink.
   *
   * @param onError Called at most once, when the sink fails.
   */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Where to append; call `flush` then. */
  get out(): OutBuffer {
    return this.#out;
  }

  /** How many bytes the sink has not taken yet. */
  get buffered(): number {
    return this.#out.length + this.#inFlight;
  }

  /** Says where the bytes go, and sends those that are there. */
  attach(sink: ByteSink): void {
    this.#sink = sink;
    this.flush();
  }

  /** Sends what is there, behind the microtasks that are waiting already. */
  flush(): void {
    if (this.#begins()) queueMicrotask(() => this.#flush());
  }

  /** Sends what is there at once, unless something is on its way. */
  flushNow(): void {
    if (this.#begins()) void this.#flush();
  }

  /** Resolves when everything is out, or the writer was closed. */
  drained(): Promise<void> {
    if (!this.#isFlushing || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what is not out yet. */
  close(): void {
    this.#isClosed = true;
    this.#settle();
  }

  /** Whether a flush begins now: one at a time, and somewhere to go. */
  #begins(): boolean {
    if (this.#isFlushing || this.#sink === undefined || this.#isClosed) {
      return false;
    }
    return this.#isFlushing = true;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#out.length > 0 && !this.#isClosed) await this.#writeAll();
    } catch (error) {
      const isNews = !this.#isClosed;
      this.close();
      if (isNews) this.#onError(error);
    }
    this.#isFlushing = false;
    this.#settle();
  }

  async #writeAll(): Promise<void> {
    const full = this.#out;
    this.#out = this.#spare;
    this.#spare = full;
    const { bytes } = full;
    this.#inFlight = bytes.length;
    for (let at = 0; at < bytes.length && !this.#isClosed;) {
      const rest = at === 0 ? bytes : bytes.subarray(at);
      const written = await this.#sink?.write(rest) ?? 0;
      at += written;
      this.#inFlight -= written;
    }
    full.clear();
  }

  #settle(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
