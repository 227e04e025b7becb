// Copyright 2026 the Gee authors. MIT license.

import { type Code, CODES } from "../code.ts";
import { WireError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { parseJson, readCallHead } from "./call_head.ts";
import {
  type CodecSide,
  type ControlKind,
  Deflated,
  type Extra,
  InvalidBody,
  type Message,
} from "./codec.ts";
import {
  checkHeader,
  frameBytes,
  FrameFlag,
  type FrameHeader,
  FrameType,
  HEADER_BYTES,
  readHeader,
} from "./frame.ts";
import type { FrameWriter } from "./frame_writer.ts";
import { MethodNames } from "./method_names.ts";
import { IncomingParts } from "./parts.ts";

/** Bytes of a batch, which holds many messages: allowed whatever one message may take. */
const MAX_BATCH_BYTES = 64 << 10;
const MAX_BODY_BYTES = 1 << 30;

type Receive = (message: Message) => void;
const STREAM: Extra = { isStream: true };

/** What has no head and no body, or the one of an item. */
const CONTROLS: Partial<Record<number, ControlKind>> = {
  [FrameType.cancel]: "cancel",
  [FrameType.data]: "data",
  [FrameType.end]: "end",
  [FrameType.window]: "window",
  [FrameType.ping]: "ping",
  [FrameType.pong]: "pong",
  [FrameType.goaway]: "goaway",
};

/** Turns frames into the messages of one connection. */
export class FrameReader {
  /** What a buffer must be able to hold. */
  static readonly MIN_BUFFER_BYTES: number = MAX_BATCH_BYTES;
  readonly #isClient: boolean;
  readonly #maxBytes: number;
  readonly #writer: FrameWriter;
  readonly #names = new MethodNames();
  readonly #parts: IncomingParts;
  #words: Int32Array = new Int32Array();

  /**
   * @param side Whether replies are read, or calls.
   * @param limits What a message may take.
   * @param writer The other direction, told when the peer gives a call up.
   */
  constructor(side: CodecSide, limits: Required<Limits>, writer: FrameWriter) {
    this.#isClient = side === "client";
    this.#maxBytes = Math.min(limits.maxMessageBytes, MAX_BODY_BYTES);
    this.#parts = new IncomingParts(this.#maxBytes);
    this.#writer = writer;
  }

  /** Drops what has come of the body of a call that was given up. */
  forget(seq: number): void {
    this.#parts.drop(seq);
  }

  /** Hands over every complete message and returns the bytes they took. */
  decode(given: Uint8Array, receive: Receive): number {
    // Memory of a connection begins at a word; only what tests give may not.
    const bytes = given.byteOffset % 4 === 0 ? given : given.slice();
    if (this.#words.buffer !== bytes.buffer) {
      this.#words = new Int32Array(
        bytes.buffer,
        0,
        bytes.buffer.byteLength >> 2,
      );
    }
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const word = (bytes.byteOffset + at) >> 2;
      const length = this.#checkLength(word);
      const size = frameBytes(length);
      if (bytes.length - at < size) break;
      const header = readHeader(this.#words, word, length);
      const start = at + HEADER_BYTES;
      at += size;
      this.#frame(header, bytes.subarray(start, start + length), size, receive);
    }
    return at;
  }

  /** The length of head and body, before anything waits for so many bytes. */
  #checkLength(word: number): number {
    const length = checkHeader(this.#words, word);
    const isBatch = ((this.#words[word + 1] ?? 0) & 0xff) === FrameType.batch;
    const most = isBatch
      ? Math.max(MAX_BATCH_BYTES, this.#maxBytes)
      : this.#maxBytes;
    // The limit first: words of more than 31 bits would make a negative sum.
    if (length <= most && frameBytes(length) <= most) return length;
    throw new WireError(
      `Cannot read a message: it is longer than ${most} bytes`,
    );
  }

  #frame(
    header: FrameHeader,
    bytes: Uint8Array,
    size: number,
    receive: Receive,
  ): void {
    const { type, flags, seq, headBytes } = header;
    const kind = CONTROLS[type];
    if (type === FrameType.batch) return this.#batch(bytes, receive);
    if (kind !== undefined) {
      return this.#control(kind, header, bytes, size, receive);
    }
    if (flags & FrameFlag.method) return receive(this.#known(header, bytes));
    const head = bytes.subarray(0, headBytes);
    const body = bytes.subarray(headBytes);
    if (type === FrameType.part) {
      const isLast = (flags & FrameFlag.more) === 0;
      const whole = this.#parts.add(seq, body, isLast);
      if (whole === undefined) return;
      const { header: first, head, body: all, length } = whole;
      const message = this.#message(first, head, all.subarray(0, length));
      return receive(whole.isTooLong ? this.#refuse(message) : message);
    }
    if (flags & FrameFlag.more) return this.#parts.begin(header, head, body);
    receive(this.#message(header, head, body));
  }

  #batch(bytes: Uint8Array, receive: Receive): void {
    const values = parseJson(bytes);
    const step = this.#isClient ? 2 : 3;
    if (!Array.isArray(values) || values.length % step !== 0) {
      throw new WireError("Cannot read a batch: it is no list of messages");
    }
    const size = Math.ceil(bytes.length * step / values.length);
    for (let i = 0; i < values.length; i += step) {
      const seq: unknown = values[i];
      if (!isSeq(seq)) throw wrongSeq(seq);
      let serviceMethod = "";
      if (!this.#isClient) {
        const method: unknown = values[i + 1];
        serviceMethod = this.#names.read(method);
        if (typeof method === "string") this.#names.learn(method);
      }
      const body: unknown = values[i + step - 1];
      receive({ serviceMethod, seq, error: "", body, size });
    }
  }

  #message(header: FrameHeader, head: Uint8Array, bytes: Uint8Array): Message {
    const { type, seq, flags } = header;
    if (!isSeq(seq)) throw wrongSeq(seq);
    const isStream = (flags & FrameFlag.stream) !== 0;
    if (type === FrameType.call && !this.#isClient) {
      const { serviceMethod, extra } = readCallHead(head, this.#names);
      if ((flags & FrameFlag.queued) === 0) this.#names.learn(serviceMethod);
      return {
        serviceMethod,
        seq,
        error: "",
        body: bodyOf(flags, bytes),
        size: bytes.length + HEADER_BYTES,
        extra: isStream ? { ...extra, isStream } : extra,
      };
    }
    if (type === FrameType.reply && this.#isClient) {
      const extra = isStream ? STREAM : undefined;
      return {
        serviceMethod: "",
        seq,
        error: "",
        body: bodyOf(flags, bytes),
        extra,
      };
    }
    if (type === FrameType.error && this.#isClient) {
      return { serviceMethod: "", seq, body: undefined, ...failureOf(bytes) };
    }
    throw unwanted(type);
  }

  /** Parts can be passed over: only the call fails, and the peer need not go on. */
  #refuse(message: Message): Message {
    this.#writer.confirmDrop(message.seq);
    const text = `it is longer than ${this.#maxBytes} bytes`;
    return { ...message, body: new InvalidBody(text) };
  }

  /** A call without a head, of a method that was called before. */
  #known(
    { type, seq, flags, headBytes }: FrameHeader,
    bytes: Uint8Array,
  ): Message {
    if (!isSeq(seq)) throw wrongSeq(seq);
    if (this.#isClient || type !== FrameType.call) throw unwanted(type);
    const serviceMethod = this.#names.read(headBytes);
    const size = bytes.length + HEADER_BYTES;
    return { serviceMethod, seq, error: "", body: bodyOf(flags, bytes), size };
  }

  #control(
    kind: ControlKind,
    { seq, flags }: FrameHeader,
    bytes: Uint8Array,
    size: number,
    receive: Receive,
  ): void {
    if (kind === "cancel") {
      this.#parts.drop(seq);
      // The peer cannot know by itself that no further part comes.
      if (this.#writer.drop(seq)) this.#writer.confirmDrop(seq);
    }
    const isFailed = kind === "end" && bytes.length > 0;
    const hasBody = kind === "data" || kind === "window";
    receive({
      serviceMethod: "",
      seq,
      kind,
      size,
      body: hasBody ? bodyOf(flags, bytes) : undefined,
      ...(isFailed ? failureOf(bytes) : { error: "" }),
    });
  }
}

function bodyOf(flags: number, bytes: Uint8Array): unknown {
  const isBytes = (flags & FrameFlag.bytes) !== 0;
  if (flags & FrameFlag.stream) return undefined;
  if (flags & FrameFlag.deflate) return new Deflated(bytes.slice(), isBytes);
  // What is handed over must not lie in the buffer of the connection.
  return isBytes ? bytes.slice() : parseJson(bytes);
}

function unwanted(type: number): WireError {
  return new WireError(`Cannot read a frame: type ${type} is not wanted here`);
}

function isSeq(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 &&
    value <= 0xffff_ffff;
}

function wrongSeq(value: unknown): WireError {
  return new WireError(
    `Cannot read a message: its number is ${
      JSON.stringify(value)
    }, want 1 to 4294967295`,
  );
}

function failureOf(bytes: Uint8Array): Pick<Message, "error" | "extra"> {
  const value = parseJson(bytes);
  const [text, number, details] = Array.isArray(value)
    ? value as unknown[]
    : [];
  const code: Code | undefined = CODES[Number(number) - 1];
  if (typeof text === "string" && text !== "" && code !== undefined) {
    return { error: text, extra: { code, details } };
  }
  throw new WireError("Cannot read an error: it is no text with a code");
}
