// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/**
 * Bytes that may be on their way, or wait to be read, in one direction. A
 * WebSocket cannot be told to wait, so the reader says what it has taken (a text
 * message with the number of bytes), and the writer waits for that. Without it
 * whoever is slower would hold all that the other sends.
 */
const WINDOW_BYTES = 1 << 20;
/** How much is taken before it is said. */
const GRANT_BYTES = WINDOW_BYTES / 4;
const MAX_MESSAGE_BYTES = 256 << 10;
/** Messages that wait apart, lest small ones take memory beyond their bytes. */
const MAX_CHUNKS = 256;
const NORMAL = 1000;
const POLICY = 1008;

/** A WebSocket as a connection: binary messages are its bytes, whatever their borders. */
export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #taken = 0;
  #room = WINDOW_BYTES;
  #isEnded = false;
  #isClosed = false;
  #error: Error | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /**
   * Takes over a WebSocket that is open or opening.
   *
   * @param socket The WebSocket.
   */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") this.#granted(data);
      else this.#received(new Uint8Array(data));
    };
    // A server's socket that was closed before it was open opens all the same.
    socket.onopen = () => {
      if (this.#isClosed) this.#shut(NORMAL);
    };
    // Why, a browser does not tell; the end that follows is what counts.
    socket.onerror = () => {};
    socket.onclose = () => this.#end();
  }

  /** Reads some bytes; null at the end. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#isClosed) throw this.#closed();
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
    let count = 0;
    // As many as fit: a burst of small messages costs one turn.
    for (
      let chunk = this.#chunks[0];
      chunk !== undefined;
      chunk = this.#chunks[0]
    ) {
      const part = chunk.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length < chunk.length) {
        this.#chunks[0] = chunk.subarray(part.length);
        break;
      }
      this.#chunks.shift();
    }
    this.#took(count);
    return count;
  }

  /** Sends some of the bytes, once the other side has room for them. */
  async write(bytes: Uint8Array): Promise<number> {
    while (this.#room === 0 && !this.#isOver()) {
      await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    }
    if (this.#isOver()) throw this.#error ?? this.#closed();
    const count = Math.min(bytes.length, this.#room, MAX_MESSAGE_BYTES);
    // A copy is sent; the buffer may change at once.
    this.#socket.send(bytes.slice(0, count));
    this.#room -= count;
    return count;
  }

  /** Ends both directions. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#chunks = [];
    this.#shut(NORMAL);
    this.#wake();
  }

  #received(bytes: Uint8Array): void {
    if (this.#isClosed || this.#error !== undefined || bytes.length === 0) {
      return;
    }
    this.#waiting += bytes.length;
    if (this.#waiting > WINDOW_BYTES) {
      return this.#fail(
        `Cannot take a message: more than ${WINDOW_BYTES} bytes wait`,
      );
    }
    if (this.#chunks.length >= MAX_CHUNKS) this.#join();
    this.#chunks.push(bytes);
    this.#wakeReader?.();
  }

  /** Turns what waits into one chunk. */
  #join(): void {
    const whole = new Uint8Array(this.#waiting);
    let length = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, length);
      length += chunk.length;
    }
    this.#chunks = [whole.subarray(0, length)];
  }

  #granted(text: string): void {
    const count = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
    if (!(count > 0) || this.#room + count > WINDOW_BYTES) {
      return this.#fail(
        "Cannot take a message: bytes, or a number of bytes taken, are wanted",
      );
    }
    this.#room += count;
    this.#wakeWriter?.();
  }

  #took(count: number): void {
    this.#waiting -= count;
    this.#taken += count;
    if (this.#taken < GRANT_BYTES) return;
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(String(this.#taken));
    this.#taken = 0;
  }

  #fail(message: string): void {
    if (this.#error !== undefined) return;
    this.#error = new WireError(message);
    this.#chunks = [];
    this.#shut(POLICY);
    this.#wake();
  }

  #shut(code: number): void {
    const { readyState } = this.#socket;
    if (readyState === WebSocket.CLOSING || readyState === WebSocket.CLOSED) {
      return;
    }
    this.#socket.close(code);
  }

  #end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  #isOver(): boolean {
    return this.#isClosed || this.#isEnded || this.#error !== undefined;
  }

  #closed(): Error {
    return new WireError("Cannot use the WebSocket: it is closed");
  }
}
