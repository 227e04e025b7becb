// Copyright 2026 the Gee authors. MIT license.

import { parseJson } from "../codec/call_head.ts";
import {
  type Codec,
  type ControlKind,
  Deflated,
  type Message,
} from "../codec/codec.ts";
import { inflate } from "../codec/deflate.ts";
import { WireError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { turn } from "../turn.ts";
import { Inbox, type Receiver } from "./inbox.ts";
import {
  KeepAlive,
  type KeepAliveOptions,
  resolveKeepAlive,
} from "./keep_alive.ts";
import { closeQuietly, type Transport } from "./transport.ts";
import { Writer } from "./writer.ts";

// 4 KiB would halve the throughput of 1 KB messages; more than 64 KiB pays for
// large bodies alone: twice the calls with 100 KB.
const READ_BYTES = 64 << 10;
const FAST_READ_BYTES = 256 << 10;
// Until a read fills it: most of many connections are idle.
const FIRST_READ_BYTES = 2 << 10;
const KEPT_BYTES = 1 << 20;
// Some milliseconds of work; in one turn a stream could make all that its peer takes.
const ITEMS_PER_TURN = 256;

/** Whose connection it is: what it does with messages and with the end. */
export interface ConnectionHandler extends Receiver {
  /** Says that the connection has ended, once; undefined when the peer just left. */
  end(reason: unknown): void;
}

/** What a connection may take up, how it is watched, and what came before it. */
export interface ConnectionOptions extends KeepAliveOptions {
  /** What the connection may take up. */
  readonly limits: Required<Limits>;
  /** Bytes that were read before the codec was known. */
  readonly early?: Uint8Array;
}

/** One connection: the single writer, the single reader, and the codec between. */
export class Connection {
  /** The one way bytes go out. */
  readonly writer: Writer;
  readonly #transport: Transport;
  readonly #codec: Codec;
  readonly #handler: ConnectionHandler;
  readonly #limits: Required<Limits>;
  readonly #maxBuffer: number;
  readonly #inbox: Inbox;
  readonly #keepAlive: KeepAlive | undefined;
  #buffer: Uint8Array;
  #length: number;
  #fresh: Message[] = [];
  #hasDeflated = false;
  #items = 0;
  #rest: Promise<void> | undefined;
  #isDeaf = false;
  #isEnded = false;

  /**
   * @param transport The bytes' way in and out.
   * @param codec Turns them into messages.
   * @param handler Takes messages and the end.
   * @param options Limits, keepalive, early bytes.
   */
  constructor(
    transport: Transport,
    codec: Codec,
    handler: ConnectionHandler,
    options: ConnectionOptions,
  ) {
    const { limits, early } = options;
    this.#transport = transport;
    this.#codec = codec;
    this.#handler = handler;
    this.#limits = limits;
    this.#inbox = new Inbox(handler);
    // Never longer than a message may be: a full buffer is a message too long.
    this.#maxBuffer = Math.max(
      limits.maxMessageBytes,
      codec.minBufferBytes ?? 0,
    );
    const capacity = Math.min(FIRST_READ_BYTES, this.#maxBuffer);
    this.#buffer = new Uint8Array(Math.max(capacity, early?.length ?? 0));
    this.#length = early?.length ?? 0;
    if (early !== undefined) this.#buffer.set(early);
    this.writer = new Writer(transport, (error) => this.close(error));
    if (this.isFramed) this.#keepAlive = this.#watch(options);
  }

  /** Whether more than calls and replies can be sent: streams, cancellation, signs of life. */
  get isFramed(): boolean {
    return this.#codec.encodeItem !== undefined;
  }

  /**
   * Queues one message.
   *
   * @throws {TypeError} when the codec has no form for its body.
   */
  send(message: Message): void {
    this.#codec.encode(message, this.writer);
  }

  /** Queues what is neither call nor reply; nothing where the codec has no such. */
  signal(kind: ControlKind, seq?: number, body?: unknown): void {
    if (!this.isFramed || this.#isEnded) return;
    this.send({ serviceMethod: "", seq: seq ?? 0, error: "", body, kind });
  }

  /**
   * Queues one item of a stream.
   *
   * @returns the bytes it takes.
   * @throws {TypeError} when the codec has no form for it.
   */
  sendItem(seq: number, item: unknown): number {
    this.#items++;
    return this.#codec.encodeItem?.(seq, item, this.writer) ?? 0;
  }

  /** A wait before the next item, where so many went out that others must have their turn. */
  rest(): Promise<void> | undefined {
    if (this.#items < ITEMS_PER_TURN) return undefined;
    return this.#rest ??= turn().then(() => {
      this.#items = 0;
      this.#rest = undefined;
    });
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
      // Calls that waited for their turn came before it, too.
      await this.#inbox.emptied();
      reason = error;
    }
    this.close(reason);
  }

  /** Ends the connection, drops what is not out yet; `reason` reaches the handler. */
  close(reason?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#keepAlive?.stop();
    this.writer.close();
    closeQuietly(this.#transport);
    this.#inbox.close();
    this.#handler.end(reason);
  }

  async #read(): Promise<boolean> {
    if (this.#length === this.#buffer.length) this.#grow();
    const count = await this.#transport.read(
      this.#buffer.subarray(this.#length),
    );
    if (count === null) return false;
    this.#keepAlive?.heard();
    this.#length += count;
    const isFull = this.#length === this.#buffer.length;
    if (isFull && this.#length < FAST_READ_BYTES) this.#widen();
    return true;
  }

  #decode(): void {
    if (this.#length === 0) return;
    const bytes = this.#buffer.subarray(0, this.#length);
    const used = this.#codec.decode(bytes, (message) => this.#take(message));
    this.#length -= used;
    if (used > 0) this.#buffer.copyWithin(0, used, used + this.#length);
    // One large message must not hold its memory as long as the connection lives.
    if (this.#length === 0 && this.#buffer.length > KEPT_BYTES) {
      this.#buffer = new Uint8Array(Math.min(READ_BYTES, this.#maxBuffer));
    }
  }

  #take(message: Message): void {
    if (message.kind === "ping") return this.#pong();
    if (message.kind === "pong") return;
    if (message.body instanceof Deflated) this.#hasDeflated = true;
    this.#fresh.push(message);
  }

  /** What waits to be written is a sign of life, too; a peer that does not read fills no memory. */
  #pong(): void {
    if (this.writer.buffered < this.#limits.maxBufferedBytes) {
      this.signal("pong");
    }
  }

  async #deliver(): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = [];
    if (!this.#hasDeflated) {
      const wait = this.#hand(fresh);
      return wait === undefined ? undefined : await wait;
    }
    this.#hasDeflated = false;
    // In order and one at a time, so that only one of them takes memory.
    for (const message of fresh) {
      if (this.#isEnded) return;
      await this.#hand([await this.#whole(message)]);
    }
  }

  /** Hands messages over; a wait where enough of them wait for their turn. */
  #hand(messages: readonly Message[]): Promise<void> | undefined {
    this.#inbox.take(messages);
    if (this.#inbox.isEmpty) return undefined;
    // Frames are read on for a while: a call under way may wait for what comes.
    const { maxBufferedBytes } = this.#limits;
    const mayReadOn = this.isFramed && this.#inbox.bytes < maxBufferedBytes;
    return mayReadOn ? undefined : this.#emptied();
  }

  async #emptied(): Promise<void> {
    this.#isDeaf = true;
    await this.#inbox.emptied();
    this.#isDeaf = false;
  }

  async #whole(message: Message): Promise<Message> {
    if (!(message.body instanceof Deflated)) return message;
    const { bytes, isBytes } = message.body;
    const whole = await inflate(bytes, this.#limits.maxMessageBytes);
    if (!(whole instanceof Uint8Array)) return { ...message, body: whole };
    const body = isBytes ? whole : parseJson(whole);
    // What it takes up is not what it took on the wire.
    return { ...message, body, size: whole.length };
  }

  #watch(options: KeepAliveOptions): KeepAlive {
    const isDeaf = () => this.#isDeaf;
    return new KeepAlive({
      get isDeaf() {
        return isDeaf();
      },
      ping: () => this.signal("ping"),
      pong: () => this.signal("pong"),
      close: (reason) => this.close(reason),
    }, resolveKeepAlive(options));
  }

  /** More has come than fits: whoever sends as fast is read in larger steps. */
  #widen(): void {
    const wanted = this.#length < READ_BYTES ? READ_BYTES : FAST_READ_BYTES;
    const most = Math.min(wanted, this.#maxBuffer);
    if (this.#length < most) this.#resize(most);
  }

  #grow(): void {
    if (this.#length >= this.#maxBuffer) {
      throw new WireError(
        `Cannot read a message: it is longer than ${this.#maxBuffer} bytes`,
      );
    }
    this.#resize(Math.min(this.#length * 2, this.#maxBuffer));
  }

  #resize(capacity: number): void {
    const resized = new Uint8Array(capacity);
    resized.set(this.#buffer);
    this.#buffer = resized;
  }
}
