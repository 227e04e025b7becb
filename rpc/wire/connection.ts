// Copyright 2026 the Gee authors. MIT license.

import type { Codec, Message } from "../codec/codec.ts";
import { WireError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { closeQuietly, type Transport } from "./transport.ts";
import { Writer } from "./writer.ts";

// 4 KiB would halve the throughput of 1 KB messages; above 64 KiB nothing is gained.
const READ_BYTES = 64 << 10;
const KEPT_BYTES = 1 << 20;

/** Whose connection it is: what it does with messages and with the end. */
export interface ConnectionHandler {
  /** Takes one message; must not throw. */
  receive(message: Message): void;
  /** Says that the connection has ended, once; undefined when the peer just left. */
  end(reason: unknown): void;
  /** A wait before the next message, when this side has enough to do. */
  pause?(): Promise<void> | undefined;
}

/** One connection: the single writer, the single reader, and the codec between. */
export class Connection {
  /** The one way bytes go out. */
  readonly writer: Writer;
  readonly #transport: Transport;
  readonly #codec: Codec;
  readonly #handler: ConnectionHandler;
  readonly #limits: Required<Limits>;
  #buffer: Uint8Array;
  #length: number;
  #inbox: Message[] = [];
  #isEnded = false;

  /**
   * @param transport The bytes' way in and out.
   * @param codec Turns them into messages.
   * @param handler Takes messages and the end.
   * @param limits What the connection may take up.
   * @param early Bytes that were read before the codec was known.
   */
  constructor(
    transport: Transport,
    codec: Codec,
    handler: ConnectionHandler,
    limits: Required<Limits>,
    early?: Uint8Array,
  ) {
    this.#transport = transport;
    this.#codec = codec;
    this.#handler = handler;
    this.#limits = limits;
    // Never longer than a message may be: a full buffer is a message too long.
    const capacity = Math.min(READ_BYTES, limits.maxMessageBytes);
    this.#buffer = new Uint8Array(Math.max(capacity, early?.length ?? 0));
    this.#length = early?.length ?? 0;
    if (early !== undefined) this.#buffer.set(early);
    this.writer = new Writer(transport, (error) => this.close(error));
  }

  /**
   * Queues one message.
   *
   * @throws {TypeError} when the codec has no form for its body.
   */
  send(message: Message): void {
    this.#codec.encode(message, this.writer);
  }

  /** Reads until the connection ends; never rejects. */
  async run(): Promise<void> {
    let reason: unknown;
    try {
      do {
        try {
          this.#decode();
        } finally {
          // What came before the garbage is still good.
          await this.#deliver();
        }
      } while (!this.#isEnded && await this.#read());
    } catch (error) {
      reason = error;
    }
    this.close(reason);
  }

  /** Ends the connection, drops what is not out yet; `reason` reaches the handler. */
  close(reason?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.writer.close();
    closeQuietly(this.#transport);
    this.#handler.end(reason);
  }

  async #read(): Promise<boolean> {
    if (this.#length === this.#buffer.length) this.#grow();
    const count = await this.#transport.read(
      this.#buffer.subarray(this.#length),
    );
    if (count === null) return false;
    this.#length += count;
    return true;
  }

  #decode(): void {
    if (this.#length === 0) return;
    const bytes = this.#buffer.subarray(0, this.#length);
    const used = this.#codec.decode(
      bytes,
      (message) => this.#inbox.push(message),
    );
    this.#length -= used;
    if (used > 0) this.#buffer.copyWithin(0, used, used + this.#length);
    // One large message must not hold its memory as long as the connection lives.
    if (this.#length === 0 && this.#buffer.length > KEPT_BYTES) {
      this.#buffer = new Uint8Array(READ_BYTES);
    }
  }

  /** Hands over what was decoded, no faster than this side can take it. */
  async #deliver(): Promise<void> {
    for (const message of this.#inbox) {
      for (
        let pause = this.#handler.pause?.();
        pause !== undefined;
        pause = this.#handler.pause?.()
      ) await pause;
      // A handler may close the connection between two messages of one read.
      if (this.#isEnded) break;
      this.#handler.receive(message);
    }
    this.#inbox = [];
  }

  #grow(): void {
    const { maxMessageBytes } = this.#limits;
    if (this.#length >= maxMessageBytes) {
      throw new WireError(
        `Cannot read a message: it is longer than ${maxMessageBytes} bytes`,
      );
    }
    const grown = new Uint8Array(Math.min(this.#length * 2, maxMessageBytes));
    grown.set(this.#buffer);
    this.#buffer = grown;
  }
}
