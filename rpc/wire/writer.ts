// Copyright 2026 the Gee authors. MIT license.

import type { Transport } from "./transport.ts";

// Small, as most of many connections are idle.
const FIRST_CAPACITY = 1 << 10;
// A burst may grow a buffer far beyond what the connection needs later. Above the
// first capacity a buffer is kept while it is used well, above the second never:
// making one anew for every 1.6 MB costs as much as filling it.
const KEPT_CAPACITY = 1 << 20;
const KEPT_IN_USE = 8 << 20;
const MAX_TEXT = 64 << 10;

/** What has more to write than fits at once, or gathers until the flush. */
export interface WriterSource {
  /** Bytes it holds back, about. */
  readonly pending: number;
  /** Appends some of them; called before each write. */
  fill(writer: Writer): void;
}

/** Where bytes may be put: the same memory as bytes and as words. */
export interface Room {
  /** The bytes of the buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The words of the buffer. */
  readonly words: Int32Array<ArrayBuffer>;
}

function roomOf(capacity: number): Room {
  const bytes = new Uint8Array(capacity);
  return { bytes, words: new Int32Array(bytes.buffer, 0, capacity >> 2) };
}

/**
 * The one writer of a connection.
 *
 * What is appended within a turn of the event loop leaves in one `write`: the
 * first append schedules a flush behind the microtasks already waiting, and
 * while bytes are on their way the next ones gather in a second buffer. That
 * is 1.8-3.6x the calls per second of a write per message at 256 callers, and
 * the reason for a single writer: `write` is partial, and two of them running
 * at once would interleave their remainders.
 */
export class Writer {
  readonly #transport: Transport;
  readonly #onError: (error: unknown) => void;
  readonly #encoder = new TextEncoder();
  #room = roomOf(FIRST_CAPACITY);
  #spare = roomOf(FIRST_CAPACITY);
  #source: WriterSource | undefined;
  #length = 0;
  // Behind the bytes of the buffer, encoded together in one go: 1.3x calls per
  // second at 256 callers against encoding each message (bench/rpc.ts).
  #text = "";
  #inFlight = 0;
  #isFlushing = false;
  #isClosed = false;
  #waiters: (() => void)[] = [];

  /**
   * Takes over the writing side of a transport.
   *
   * @param transport Where the bytes go.
   * @param onError Called at most once, when the transport fails.
   */
  constructor(transport: Transport, onError: (error: unknown) => void) {
    this.#transport = transport;
    this.#onError = onError;
  }

  /** Bytes appended that the transport has not taken yet; text counts by its characters. */
  get buffered(): number {
    return this.#length + this.#text.length + this.#inFlight +
      (this.#source?.pending ?? 0);
  }

  /** Where the next byte goes, when no text waits before it. */
  get length(): number {
    return this.#length;
  }

  /** Appends text as UTF-8. */
  writeText(text: string): void {
    if (this.#isClosed) return;
    this.#text += text;
    if (this.#text.length > MAX_TEXT) this.#encode();
    this.#schedule();
  }

  /** Appends bytes; they are copied. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#encode();
    this.reserve(bytes.length).bytes.set(bytes, this.#length);
    this.commit(bytes.length);
  }

  /**
   * Makes room for more bytes from `length` on, to be put there and committed; what
   * was put there before and not committed is lost.
   */
  reserve(bytes: number): Room {
    const wanted = this.#length + bytes;
    const old = this.#room.bytes;
    if (wanted > old.length) {
      this.#room = roomOf(Math.max(wanted, old.length * 2));
      this.#room.bytes.set(old.subarray(0, this.#length));
    }
    return this.#room;
  }

  /** Appends bytes that were put into the reserved room. */
  commit(bytes: number): void {
    if (this.#isClosed) return;
    this.#length += bytes;
    this.#schedule();
  }

  /** Asks a source before each write, and for a write now. */
  pull(source: WriterSource): void {
    if (this.#isClosed) return;
    this.#source = source;
    this.#schedule();
  }

  /** Resolves when everything appended so far is out, or the writer has ended. */
  drained(): Promise<void> {
    if (this.#isClosed || this.buffered === 0 && !this.#isFlushing) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what is not out yet; later appends are ignored. */
  close(): void {
    this.#isClosed = true;
    this.#source = undefined;
    this.#length = this.#inFlight = 0;
    this.#text = "";
    this.#settle();
  }

  /** Turns the text into bytes of the buffer. */
  #encode(): void {
    // Most text is ASCII; other characters take up to three bytes of UTF-8 a unit.
    for (let bytesPerUnit = 1; this.#text !== ""; bytesPerUnit = 3) {
      const { bytes } = this.reserve(this.#text.length * bytesPerUnit);
      const { read, written } = this.#encoder.encodeInto(
        this.#text,
        bytes.subarray(this.#length),
      );
      this.#length += written;
      this.#text = this.#text.slice(read);
    }
  }

  #schedule(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  async #flush(): Promise<void> {
    try {
      for (;;) {
        this.#source?.fill(this);
        this.#encode();
        if (this.#length === 0 || this.#isClosed) break;
        await this.#writeAll(this.#swap());
      }
    } catch (error) {
      const isNews = !this.#isClosed;
      this.close();
      if (isNews) this.#onError(error);
    }
    this.#isFlushing = false;
    this.#settle();
  }

  /** Takes what has gathered and leaves the other buffer to gather in. */
  #swap(): Uint8Array {
    const full = this.#room;
    const capacity = full.bytes.length;
    const bytes = full.bytes.subarray(0, this.#length);
    this.#room = this.#spare;
    const isKept = capacity <= KEPT_CAPACITY ||
      capacity <= KEPT_IN_USE && this.#length * 4 > capacity;
    this.#spare = isKept ? full : roomOf(FIRST_CAPACITY);
    this.#inFlight = this.#length;
    this.#length = 0;
    return bytes;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#isClosed;) {
      const written = await this.#transport.write(
        at === 0 ? bytes : bytes.subarray(at),
      );
      at += written;
      if (!this.#isClosed) this.#inFlight -= written;
    }
  }

  #settle(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
