// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "../code.ts";
import type { Limits } from "../limits.ts";
import type { Metadata } from "../metadata.ts";
import type { Writer } from "../wire/writer.ts";

/**
 * What a message is that is neither request nor reply; only frames have such.
 *
 * - `cancel`: a caller gives its call up; from a server: send no more items
 * - `data`: one item of a stream, in `body`; `end`: its end, well or by an error
 * - `window`: the receiver of a stream takes `body` more bytes of items
 * - `ping` asks for a sign of life, which `pong` is
 * - `goaway`: the server takes no further calls on this connection
 */
export type ControlKind =
  | "cancel"
  | "data"
  | "end"
  | "window"
  | "ping"
  | "pong"
  | "goaway";

/** What only frames carry beside a message; other codecs leave it out. */
export interface Extra {
  /** What the caller sent beside the arguments. */
  readonly metadata?: Metadata | undefined;
  /** How long the caller waits, in ms; undefined for what it said in its option. */
  readonly timeout?: number | undefined;
  /** Whether a stream stands in place of the body. */
  readonly isStream?: boolean;
  /** Why a call failed, for programs. */
  readonly code?: Code;
  /** More about a failure, for programs. */
  readonly details?: unknown;
}

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
  /** What else it is than a request or a reply. */
  readonly kind?: ControlKind;
  /** What a codec with frames carries beside it. */
  readonly extra?: Extra | undefined;
  /** Bytes it took on the wire, exactly for an item of a stream and about for others. */
  readonly size?: number;
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

/** Stands for a body that has to be inflated before it can be read. */
export class Deflated {
  /** The bytes as they came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the body is bytes, not JSON. */
  readonly isBytes: boolean;

  /**
   * Keeps the bytes of a deflated body.
   *
   * @param bytes The bytes as they came.
   * @param isBytes Whether the body is bytes, not JSON.
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, isBytes: boolean) {
    this.bytes = bytes;
    this.isBytes = isBytes;
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
  /**
   * Appends one item of a stream and returns the bytes it takes. Present where the
   * codec carries streams, cancellation and signs of life.
   */
  encodeItem?(seq: number, item: unknown, writer: Writer): number;
  /** Bytes that `decode` may have to see at once whatever the limits say. */
  readonly minBufferBytes?: number;
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
   * @param limits What it may take up, for codecs that put messages together.
   */
  create(side: CodecSide, limits?: Required<Limits>): Codec;
}
