// Copyright 2026 the Gee authors. MIT license.
// The two messages of GeeCache in protobuf (proto3), each with only
// length-delimited fields:
//   message Request  { string group = 1; string key = 2; }
//   message Response { bytes value = 1; }
// https://protobuf.dev/programming-guides/encoding/

import type { ByteView } from "../byte_view.ts";

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;

/** A question: which key of which group. */
export interface PeerRequest {
  /** The name of the group. */
  readonly group: string;
  /** The key. */
  readonly key: string;
}

/**
 * Encodes a `Response`. An empty value is an empty message, since proto3 leaves
 * defaults out.
 *
 * @param view The value.
 * @returns The message.
 */
export function encodeResponse(view: ByteView): Uint8Array<ArrayBuffer> {
  const { length } = view;
  if (length === 0) return new Uint8Array(0);
  const head = [1 << 3 | DELIMITED, ...varint(length)];
  const message = new Uint8Array(head.length + length);
  message.set(head);
  view.copyTo(message, head.length);
  return message;
}

/**
 * Decodes a `Response`.
 *
 * @param message The message.
 * @returns The value, as a part of the message.
 * @throws {SyntaxError} When the message is malformed or cut short.
 */
export function decodeResponse(message: Uint8Array): Uint8Array {
  return delimitedFields(message).get(1) ?? message.subarray(0, 0);
}

/**
 * Encodes a `Request`.
 *
 * @param request The question.
 * @returns The message.
 */
export function encodeRequest(request: PeerRequest): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const message: number[] = [];
  for (const [field, text] of [[1, request.group], [2, request.key]] as const) {
    const bytes = encoder.encode(text);
    if (bytes.length === 0) continue;
    message.push(field << 3 | DELIMITED, ...varint(bytes.length), ...bytes);
  }
  return Uint8Array.from(message);
}

/**
 * Decodes a `Request`.
 *
 * @param message The message.
 * @returns The question; a field that is missing is empty.
 * @throws {SyntaxError} When the message is malformed, cut short or no UTF-8.
 */
export function decodeRequest(message: Uint8Array): PeerRequest {
  const fields = delimitedFields(message);
  return { group: text(fields.get(1)), key: text(fields.get(2)) };
}

function text(bytes: Uint8Array | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    throw new SyntaxError("Cannot decode protobuf: a string is not UTF-8", {
      cause,
    });
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value > 0x7f) {
    bytes.push(value % 128 | 0x80);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return bytes;
}

/** The length-delimited fields by number, the last of each; others are skipped. */
function delimitedFields(message: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const reader = new Reader(message);
  while (!reader.isDone) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw malformed("field 0 does not exist");
    const bytes = reader.skip(tag % 8);
    if (bytes !== undefined) fields.set(field, bytes);
  }
  return fields;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed("it is cut short");
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw malformed("a number has more than 10 bytes");
  }

  /** Passes over a field; gives its bytes when it is length-delimited. */
  skip(wireType: number): Uint8Array | undefined {
    if (wireType === DELIMITED) return this.#take(this.varint());
    if (wireType === VARINT) this.varint();
    else if (wireType === FIXED64) this.#take(8);
    else if (wireType === FIXED32) this.#take(4);
    else throw malformed(`wire type ${wireType} is not supported`);
    return undefined;
  }

  #take(length: number): Uint8Array {
    // Compared before any use: a length may claim far more than is there.
    if (length > this.#bytes.length - this.#at) {
      throw malformed("it is cut short");
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function malformed(why: string): SyntaxError {
  return new SyntaxError(`Cannot decode protobuf: ${why}`);
}
