// Copyright 2026 the Gee authors. MIT license.

import type { Writer } from "../wire/writer.ts";

/** One message of either direction: a request, or the reply with the same `seq`. */
export interface Message {
  /** What is called, as `Service.method`; a reply repeats it. */
  readonly serviceMethod: string;
  /** The number of the call on its connection, from 1. */
  readonly seq: number;
  /** Why a call failed; empty in requests and successful replies. */
  readonly error: string;
  /** The arguments or the reply, or an `InvalidBody` when only they were malformed. */
  readonly body: unknown;
}

/** Stands for a body that could not be decoded while its message was well formed. */
export class InvalidBody {
  /** What is wrong with it. */
  readonly message: string;

  /**
   * Says that a body is malformed.
   *
   * @param message What is wrong with it.
   */
  constructor(message: string) {
    this.message = message;
  }
}

/**
 * The seam between a connection and its bytes; one value serves one connection.
 *
 * - `encode` appends one message. When the body has no form in this codec it
 *   throws a `TypeError` and the writer is as before.
 * - `decode` hands over every complete message at the start of `bytes`, in
 *   order, and returns how many bytes those took; the rest is given again with
 *   more behind it. `bytes` is reused after the return, so nothing may point
 *   into it. Throws a `WireError` when the stream cannot be read on, which ends
 *   the connection; a malformed body alone is handed over as `InvalidBody`.
 */
export interface Codec {
  /** Appends one message to the writer. */
  encode(message: Message, writer: Writer): void;
  /** Hands over all complete messages and returns the bytes they took. */
  decode(bytes: Uint8Array, receive: (message: Message) => void): number;
}

/** Which side of a connection a codec is on: the one that calls, or that serves. */
export type CodecSide = "client" | "server";

/** A codec by its name in the option. */
export interface CodecFactory {
  /** The name in the option, a media type. */
  readonly type: string;
  /**
   * Whether connections begin with the first message, without an option before
   * it. A server tells them by their first bytes.
   *
   * @default {false}
   */
  readonly isBare?: boolean;
  /**
   * Makes the codec of one new connection.
   *
   * @param side The side it is on, for codecs that know the types of methods.
   */
  create(side: CodecSide): Codec;
}
