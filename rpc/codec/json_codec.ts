// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import { CLIENT_LIMITS, type Limits } from "../limits.ts";
import type { Writer } from "../wire/writer.ts";
import {
  type Codec,
  type CodecFactory,
  type CodecSide,
  InvalidBody,
  type Message,
} from "./codec.ts";
import { isLonger, sendableBytes, tooLong } from "./message_size.ts";
import { decodeUtf8 } from "./utf8.ts";

const NEWLINE = 0x0a;
const NO_ERROR = ',"Error":""}\n';

/**
 * The codec `application/json`, which the original declares and never wrote: a
 * message is two lines, the header
 * `{"ServiceMethod":"Arith.sum","Seq":1,"Error":""}` and the body, any JSON
 * value. That is what Go's `json.Encoder` writes for header and body.
 */
export const jsonCodec: CodecFactory = {
  type: "application/json",
  create: (side, limits = CLIENT_LIMITS) => new JsonCodec(side, limits),
};

class JsonCodec implements Codec {
  // Neighbors on a connection mostly call the same method. Remembering the last
  // header up to its number spares both ends a JSON.parse and a stringify of it:
  // 1.5x calls per second at 256 callers (bench/rpc.ts).
  #lastMethod = "";
  #lastPrefix = '{"ServiceMethod":"","Seq":';

  readonly #side: CodecSide;
  readonly #maxBytes: number;
  // Bytes at the start of the next ones that hold no newline not yet known.
  #searched = 0;

  constructor(side: CodecSide, limits: Required<Limits>) {
    this.#side = side;
    this.#maxBytes = sendableBytes(limits.maxMessageBytes);
  }

  encode(message: Message, writer: Writer): void {
    const { serviceMethod, seq, error, body } = message;
    // JSON has no "undefined": what returns nothing returns null.
    const json = JSON.stringify(body) ?? "null";
    if (serviceMethod !== this.#lastMethod) this.#remember(serviceMethod);
    const end = error === ""
      ? NO_ERROR
      : `,"Error":${JSON.stringify(error)}}\n`;
    const text = `${this.#lastPrefix}${seq}${end}${json}\n`;
    if (isLonger(text, this.#maxBytes)) {
      throw tooLong(this.#side, this.#maxBytes, message);
    }
    writer.writeText(text);
  }

  decode(bytes: Uint8Array, receive: (message: Message) => void): number {
    // Each byte is searched once, or a large message that comes in small pieces
    // would take quadratic time.
    const last = bytes.subarray(this.#searched).lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#searched = bytes.length;
      return 0;
    }
    // One decode for all lines that are complete: a cut through a character can
    // only lie behind the last newline.
    const end = this.#searched + last + 1;
    const text = decodeUtf8(bytes.subarray(0, end));
    let at = 0;
    while (at < text.length) {
      const headerEnd = text.indexOf("\n", at);
      const bodyEnd = text.indexOf("\n", headerEnd + 1);
      if (bodyEnd === -1) break;
      receive(this.#message(text, at, headerEnd, bodyEnd));
      at = bodyEnd + 1;
    }
    // A last header without its body waits for it.
    const used = at === text.length
      ? end
      : bytes.subarray(0, end - 1).lastIndexOf(NEWLINE) + 1;
    this.#searched = bytes.length - used;
    return used;
  }

  #message(
    text: string,
    at: number,
    headerEnd: number,
    bodyEnd: number,
  ): Message {
    const body = parseBody(text.slice(headerEnd + 1, bodyEnd));
    const seq = this.#knownSeq(text, at, headerEnd);
    if (seq !== -1) {
      return { serviceMethod: this.#lastMethod, seq, error: "", body };
    }
    const header = parseHeader(text.slice(at, headerEnd));
    if (header.serviceMethod !== this.#lastMethod) {
      this.#remember(header.serviceMethod);
    }
    return { ...header, body };
  }

  /** The number in a header that differs from the last one in nothing else, or -1. */
  #knownSeq(text: string, at: number, headerEnd: number): number {
    const start = at + this.#lastPrefix.length;
    const end = headerEnd + 1 - NO_ERROR.length;
    // 15 digits are always a safe integer.
    if (end <= start || end - start > 15) return -1;
    if (
      !text.startsWith(this.#lastPrefix, at) || !text.startsWith(NO_ERROR, end)
    ) return -1;
    let seq = 0;
    for (let i = start; i < end; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return -1;
      seq = seq * 10 + digit;
    }
    return seq;
  }

  #remember(serviceMethod: string): void {
    this.#lastMethod = serviceMethod;
    this.#lastPrefix = `{"ServiceMethod":${
      JSON.stringify(serviceMethod)
    },"Seq":`;
  }
}

function parseHeader(line: string): Omit<Message, "body"> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new WireError("Cannot read a header: it is not JSON", { cause });
  }
  if (typeof value !== "object" || value === null) {
    throw new WireError("Cannot read a header: it is not an object");
  }
  const { ServiceMethod: serviceMethod = "", Seq: seq = 0, Error: error = "" } =
    value as {
      ServiceMethod?: unknown;
      Seq?: unknown;
      Error?: unknown;
    };
  if (
    typeof serviceMethod === "string" && typeof error === "string" &&
    typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 1
  ) return { serviceMethod, seq, error };
  // Also where a stray newline shifted the lines: a body is no header.
  throw new WireError(
    `Cannot read a header: "ServiceMethod" and "Error" must be text, "Seq" a whole number from 1`,
  );
}

function parseBody(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    return new InvalidBody((error as SyntaxError).message); // JSON.parse throws nothing else
  }
}
