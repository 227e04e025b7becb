// Copyright 2026 the Gee authors. MIT license.

import { CODES } from "../code.ts";
import type { Writer, WriterSource } from "../wire/writer.ts";
import { writeCallHead } from "./call_head.ts";
import type { CodecSide, ControlKind, Message } from "./codec.ts";
import { deflate } from "./deflate.ts";
import {
  finishFrame,
  frameBytes,
  FrameFlag,
  FrameType,
  HEADER_BYTES,
  MAX_HEAD_BYTES,
} from "./frame.ts";
import { isLonger, sendableBytes, tooLong } from "./message_size.ts";
import { MethodNames } from "./method_names.ts";
import { MAX_WHOLE_BYTES, type Outgoing, OutgoingParts } from "./parts.ts";

// Small calls of one tick share a frame and one JSON.parse: 2.1x the calls per
// second at 52 B and 256 callers, and slower than frames of their own above 1 KB.
const MAX_SMALL = 1024;
/** Characters after which a batch is complete; three bytes each stay below `MAX_BATCH_BYTES`. */
const MAX_BATCH = 16 << 10;
/** Bytes that parts may make of one write. */
const MAX_FILL = 256 << 10;

const encoder = new TextEncoder();

/** Turns the messages of one connection into frames. */
export class FrameWriter implements WriterSource {
  readonly #side: CodecSide;
  readonly #compress: number;
  readonly #maxBytes: number;
  readonly #names = new MethodNames();
  readonly #parts = new OutgoingParts();
  /** Calls whose body is being deflated. */
  readonly #deflating = new Map<number, Outgoing>();
  #deflatingBytes = 0;
  #writer: Writer | undefined;
  #batch = "";

  /**
   * @param side Whether calls are written, or replies.
   * @param compress From how many bytes on bodies are deflated; 0 for never.
   * @param maxMessageBytes What a message may take.
   */
  constructor(side: CodecSide, compress: number, maxMessageBytes: number) {
    this.#side = side;
    this.#compress = compress;
    this.#maxBytes = sendableBytes(maxMessageBytes);
  }

  get pending(): number {
    return this.#batch.length + this.#parts.pending + this.#deflatingBytes;
  }

  /** Appends one message. */
  encode(message: Message, writer: Writer): void {
    this.#writer = writer;
    if (message.kind !== undefined) this.#control(message.kind, message);
    else if (this.#side === "client") this.#call(message);
    else if (message.error === "") this.#reply(message);
    else {
      this.#put(FrameType.error, 0, message.seq, "", this.#failure(message));
    }
  }

  /** Appends one item of a stream and returns the bytes it takes. */
  encodeItem(seq: number, item: unknown, writer: Writer): number {
    this.#writer = writer;
    const body = bodyOf(item);
    this.#check("", body);
    return this.#put(FrameType.data, flagsOf(body), seq, "", body);
  }

  fill(writer: Writer): void {
    this.#endBatch();
    while (this.#parts.pending > 0 && writer.length < MAX_FILL) {
      this.#parts.next((outgoing, start, end) =>
        this.#part(outgoing, start, end)
      );
    }
  }

  /** Forgets what is left of the body of a call; true when a part of it was sent. */
  drop(seq: number): boolean {
    const deflating = this.#deflating.get(seq);
    if (deflating !== undefined) {
      this.#deflated(deflating);
      // Somebody may be waiting until all is out, which it is now.
      this.#writer?.pull(this);
    }
    return this.#parts.drop(seq);
  }

  /** Tells the peer that nothing more comes of a body that it gave up. */
  confirmDrop(seq: number): void {
    this.#put(FrameType.cancel, 0, seq, "", "");
  }

  #call(message: Message): void {
    const { serviceMethod, seq, body: args, extra } = message;
    const isStream = extra?.isStream === true;
    const body = isStream ? "" : bodyOf(args);
    const id = this.#names.idOf(serviceMethod);
    const isPlain = extra === undefined && id !== undefined;
    if (
      isPlain && typeof body !== "string" && body.length <= MAX_WHOLE_BYTES &&
      this.#compress === 0
    ) {
      this.#check("", body, message);
      // Neither end has to make JSON of a head.
      this.#put(
        FrameType.call,
        FrameFlag.bytes | FrameFlag.method,
        seq,
        "",
        body,
        id,
      );
      return;
    }
    const method = this.#names.written(serviceMethod);
    if (extra === undefined && isSmall(body)) {
      this.#gather(`${seq},${method},${body}`);
      return this.#names.learn(serviceMethod);
    }
    const flags = isStream ? FrameFlag.stream : flagsOf(body);
    const head = writeCallHead(method, extra);
    this.#check(head, body, message);
    if (this.#send(FrameType.call, flags, seq, head, body)) {
      this.#names.learn(serviceMethod);
    }
  }

  #reply(message: Message): void {
    const { seq, body: reply, extra } = message;
    if (extra?.isStream) {
      this.#put(FrameType.reply, FrameFlag.stream, seq, "", "");
      return;
    }
    const body = bodyOf(reply);
    if (isSmall(body)) return this.#gather(`${seq},${body}`);
    this.#check("", body, message);
    this.#send(FrameType.reply, flagsOf(body), seq, "", body);
  }

  #failure(message: Message): string {
    const text = failure(message);
    this.#check("", text, message);
    return text;
  }

  /** Refuses what is too long, before any of it is sent. */
  #check(head: string, body: string | Uint8Array, message?: Message): void {
    const most = this.#maxBytes - frameBytes(head.length * 3);
    const isFine = typeof body === "string"
      ? !isLonger(body, most)
      : body.length <= most;
    if (!isFine) throw tooLong(this.#side, this.#maxBytes, message);
  }

  #control(kind: ControlKind, message: Message): void {
    const { seq, error, body } = message;
    if (kind === "cancel") this.drop(seq);
    const isFailed = kind === "end" && error !== "";
    const text = kind === "window" ? JSON.stringify(body) : "";
    const all = isFailed ? this.#failure(message) : text;
    this.#put(FrameType[kind], 0, seq, "", all);
  }

  #gather(text: string): void {
    this.#batch += this.#batch === "" ? `[${text}` : `,${text}`;
    if (this.#batch.length > MAX_BATCH) this.#endBatch();
    this.#writer?.pull(this);
  }

  #endBatch(): void {
    if (this.#batch === "") return;
    const text = `${this.#batch}]`;
    this.#batch = "";
    this.#put(FrameType.batch, 0, 0, "", text);
  }

  /** Sends a body in the way that its length wants; true when it is on the wire at once. */
  #send(
    type: number,
    flags: number,
    seq: number,
    head: string,
    body: string | Uint8Array,
  ): boolean {
    const isLarge = body.length > MAX_WHOLE_BYTES;
    const isDeflated = this.#compress > 0 && body.length >= this.#compress;
    if (!isLarge && !isDeflated) {
      this.#put(type, flags, seq, head, body);
      return true;
    }
    checkHead(
      head.length * 3 > MAX_HEAD_BYTES ? encoder.encode(head).length : 0,
    );
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    const outgoing = {
      type,
      flags: flags | FrameFlag.queued,
      seq,
      head,
      body: bytes,
    };
    if (isDeflated) this.#deflate(outgoing);
    else this.#queue(outgoing);
    return false;
  }

  #queue(outgoing: Outgoing): void {
    this.#parts.add(outgoing);
    this.#writer?.pull(this);
  }

  async #deflate(outgoing: Outgoing): Promise<void> {
    const { seq, body, flags } = outgoing;
    this.#deflating.set(seq, outgoing);
    this.#deflatingBytes += body.length;
    const deflated = await deflate(body);
    // Given up meanwhile.
    if (!this.#deflated(outgoing)) return;
    const isSmaller = deflated.length < body.length;
    this.#queue(
      isSmaller
        ? { ...outgoing, flags: flags | FrameFlag.deflate, body: deflated }
        : outgoing,
    );
  }

  #deflated(outgoing: Outgoing): boolean {
    if (this.#deflating.get(outgoing.seq) !== outgoing) return false;
    this.#deflatingBytes -= outgoing.body.length;
    return this.#deflating.delete(outgoing.seq);
  }

  #part(outgoing: Outgoing, start: number, end: number): void {
    const { type, flags, seq, head, body } = outgoing;
    const isFirst = start === 0;
    const more = end < body.length ? FrameFlag.more : 0;
    this.#put(
      isFirst ? type : FrameType.part,
      isFirst ? flags | more : more,
      seq,
      isFirst ? head : "",
      body.subarray(start, end),
    );
  }

  /** Appends one frame behind what was gathered before it. */
  #put(
    type: number,
    flags: number,
    seq: number,
    head: string,
    body: string | Uint8Array,
    method = 0,
  ): number {
    this.#endBatch();
    const writer = this.#writer;
    if (writer === undefined) return 0;
    const start = writer.length;
    // A character takes up to three bytes.
    const most = typeof body === "string" ? body.length * 3 : body.length;
    // With what fills the last word: a second reserve would not keep what is put here.
    const { bytes } = writer.reserve(frameBytes(head.length * 3 + most));
    let at = start + HEADER_BYTES;
    if (head !== "") at += encoder.encodeInto(head, bytes.subarray(at)).written;
    const headBytes = at - start - HEADER_BYTES;
    checkHead(headBytes);
    if (typeof body !== "string") {
      bytes.set(body, at);
      at += body.length;
    } else if (body !== "") {
      at += encoder.encodeInto(body, bytes.subarray(at)).written;
    }
    const length = at - start - HEADER_BYTES;
    return finishFrame(writer, start, length, {
      type,
      flags,
      seq,
      headBytes: headBytes + method,
    });
  }
}

function checkHead(bytes: number): void {
  if (bytes <= MAX_HEAD_BYTES) return;
  throw new TypeError(
    `Cannot send the call: its name and metadata take ${bytes} bytes, at most ${MAX_HEAD_BYTES} are wanted`,
  );
}

/** JSON has no "undefined": what returns nothing returns null. */
function bodyOf(value: unknown): string | Uint8Array {
  return value instanceof Uint8Array ? value : JSON.stringify(value) ?? "null";
}

function flagsOf(body: string | Uint8Array): number {
  return typeof body === "string" ? 0 : FrameFlag.bytes;
}

function isSmall(body: string | Uint8Array): body is string {
  return typeof body === "string" && body.length <= MAX_SMALL;
}

/** An error as JSON: the text, the number of the code, the details if any. */
function failure({ error, extra }: Message): string {
  const code = CODES.indexOf(extra?.code ?? "unknown") + 1;
  const details = extra?.details;
  return JSON.stringify(
    details === undefined ? [error, code] : [error, code, details],
  );
}
