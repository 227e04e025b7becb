// Copyright 2026 the Gee authors. MIT license.

import { CLIENT_LIMITS, type Limits } from "../limits.ts";
import { FRAMES_TYPE } from "../option.ts";
import type { Writer } from "../wire/writer.ts";
import type { Codec, CodecFactory, CodecSide, Message } from "./codec.ts";
import { FrameReader } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";

/** Options of `framesCodec`. */
export interface FrameCodecOptions {
  /**
   * Bodies of at least this many bytes are deflated before they are sent, when
   * that makes them smaller; 0 deflates none. What comes deflated is read anyway.
   *
   * @default {0}
   */
  readonly compress?: number;
}

/**
 * The codec of this module's own frames, which carry all it can do: streams,
 * bytes as they are, metadata, deadlines, cancellation, signs of life. Clients
 * choose it by default; other servers than this module's do not know it.
 *
 * @param options Whether bodies are deflated.
 * @returns the codec, for `Server`, `Client` and `dial`.
 *
 * @example Bytes, as they are
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Bytes {
 *   reverse(bytes: Uint8Array) {
 *     return bytes.toReversed();
 *   }
 * }
 * const server = new Server();
 * server.register(new Bytes());
 * await using listener = server.listen();
 * await using client = await dial(listener.address);
 * const bytes = client.service<Bytes>("Bytes");
 * assertEquals(
 *   await bytes.reverse(new Uint8Array([1, 2, 3])),
 *   new Uint8Array([3, 2, 1]),
 * );
 * ```
 */
export function framesCodec(options: FrameCodecOptions = {}): CodecFactory {
  const { compress = 0 } = options;
  return {
    type: FRAMES_TYPE,
    create: (side, limits = CLIENT_LIMITS) =>
      new FrameCodec(side, limits, compress),
  };
}

/** The codec of this module's own frames, without compression. */
export const frameCodec: CodecFactory = framesCodec();

class FrameCodec implements Codec {
  readonly minBufferBytes = FrameReader.MIN_BUFFER_BYTES;
  readonly #out: FrameWriter;
  readonly #in: FrameReader;

  constructor(side: CodecSide, limits: Required<Limits>, compress: number) {
    this.#out = new FrameWriter(side, compress, limits.maxMessageBytes);
    this.#in = new FrameReader(side, limits, this.#out);
  }

  encode(message: Message, writer: Writer): void {
    if (message.kind === "cancel") this.#in.forget(message.seq);
    this.#out.encode(message, writer);
  }

  encodeItem(seq: number, item: unknown, writer: Writer): number {
    return this.#out.encodeItem(seq, item, writer);
  }

  decode(bytes: Uint8Array, receive: (message: Message) => void): number {
    return this.#in.decode(bytes, receive);
  }
}
