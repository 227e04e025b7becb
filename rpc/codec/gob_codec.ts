// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import { GobDecoder, type GobLimits } from "../gob/gob_decoder.ts";
import type { GobType } from "../gob/gob_node.ts";
import { GobStream } from "../gob/gob_stream.ts";
import { GobWriter } from "../gob/gob_writer.ts";
import { Inference } from "../gob/infer.ts";
import * as gob from "../gob/schema.ts";
import { CLIENT_LIMITS } from "../limits.ts";
import type { Writer } from "../wire/writer.ts";
import {
  type Codec,
  type CodecFactory,
  type CodecSide,
  InvalidBody,
  type Message,
} from "./codec.ts";
import { sendableBytes, tooLong } from "./message_size.ts";

/** What a method takes and returns in Go. */
export interface GobMethod {
  /**
   * The type of its arguments. A server without it reads what the stream says they
   * are; a client without it writes the type that `infer` finds.
   */
  readonly args?: GobType<unknown>;
  /** The type of its reply; without it the other way round. */
  readonly reply?: GobType<unknown>;
}

/** What the codec knows of methods, and its limits. */
export interface GobCodecOptions extends GobLimits {
  /**
   * The methods by their names, as in `"Arith.Sum"`.
   *
   * @default {{}}
   */
  readonly methods?: Readonly<Record<string, GobMethod>>;
}

/** The headers of messages in one direction. */
interface Header {
  readonly ServiceMethod: string;
  readonly Seq: number | bigint;
  readonly Error?: string;
}

/** The name of the codec of Go's `net/rpc`, which nobody sends. */
export const NET_RPC_TYPE = "net/rpc";

const FIELDS = { ServiceMethod: gob.string, Seq: gob.uint64 };
const REPLY_FIELDS = { ...FIELDS, Error: gob.string };

/** What headers are, by the side that writes them. */
type Headers = Readonly<Record<CodecSide, GobType<unknown>>>;

const header = gob.struct("Header", REPLY_FIELDS);
const GEE_RPC: Headers = { client: header, server: header };
const NET_RPC: Headers = {
  client: gob.struct("Request", FIELDS),
  server: gob.struct("Response", REPLY_FIELDS),
};

/** Stands for a body where there is none, as `struct{}{}` in Go. */
const NOTHING = gob.struct("", {});

/**
 * The codec `application/gob`, in which Go programs speak GeeRPC. A type in Go is
 * more than a value in TypeScript tells: a number is sent as an `int` when it is
 * whole, so what is a `float64` or a struct of its own has to be said by
 * `methods`.
 *
 * @param options Types of methods, and limits.
 * @returns The codec, for `Server`, `Client` and `dial`.
 *
 * @example A server and a client that speak gob
 * ```ts
 * import { dial, gobCodec, Server } from "@gee/std/rpc";
 * import * as gob from "@gee/std/rpc/gob";
 * import { assertEquals } from "@std/assert";
 *
 * class Arith {
 *   sum({ Num1, Num2 }: { Num1: number; Num2: number }) {
 *     return Num1 + Num2;
 *   }
 * }
 * const args = gob.struct("Args", { Num1: gob.int, Num2: gob.int });
 * const codec = gobCodec({
 *   methods: { "Arith.Sum": { args, reply: gob.int } },
 * });
 * const server = new Server({ codecs: [codec] });
 * server.register(new Arith());
 * await using listener = server.listen();
 * await using client = await dial(listener.address, { codec });
 * assertEquals(await client.call("Arith.Sum", { Num1: 1, Num2: 0 }), 1);
 * ```
 */
export function gobCodec(options: GobCodecOptions = {}): CodecFactory {
  return factoryOf("application/gob", GEE_RPC, options);
}

/**
 * The codec of Go's `net/rpc`, in which Go programs without GeeRPC speak; it
 * needs no option. A server tells such connections by their first bytes.
 *
 * @param options Types of methods, and limits.
 * @returns The codec, for `Server`, `Client` and `dial`.
 *
 * @example A client as Go's
 * ```ts
 * import { dial, netRpcCodec, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Echo {
 *   say(text: string) {
 *     return text;
 *   }
 * }
 * const server = new Server();
 * server.register(new Echo());
 * await using listener = server.listen();
 * await using client = await dial(listener.address, { codec: netRpcCodec() });
 * assertEquals(await client.call("Echo.Say", "hi"), "hi");
 * ```
 */
export function netRpcCodec(options: GobCodecOptions = {}): CodecFactory {
  return { ...factoryOf(NET_RPC_TYPE, NET_RPC, options), isBare: true };
}

function factoryOf(
  type: string,
  headers: Headers,
  options: GobCodecOptions,
): CodecFactory {
  const { methods = {}, ...limits } = options;
  const known = new Map(Object.entries(methods));
  // Wrong limits are told here, not when somebody connects.
  new GobDecoder(limits);
  return {
    type,
    create: (side, { maxMessageBytes } = CLIENT_LIMITS) => {
      const { maxBytes = maxMessageBytes } = limits;
      const most = Math.min(maxBytes, maxMessageBytes);
      return new GobCodec(headers, known, { ...limits, maxBytes: most }, side);
    },
  };
}

class GobCodec implements Codec {
  /** What its own headers are, and those that it reads. */
  readonly #written: GobType<unknown>;
  readonly #read: GobType<Header>;
  readonly #methods: ReadonlyMap<string, GobMethod>;
  readonly #side: CodecSide;
  readonly #maxBytes: number;
  readonly #decoder: GobDecoder;
  readonly #stream = new GobStream();
  readonly #out = new GobWriter();
  readonly #inference = new Inference();
  /** The header whose body has not come yet. */
  #header: Header | undefined;

  constructor(
    headers: Headers,
    methods: ReadonlyMap<string, GobMethod>,
    limits: GobLimits & { readonly maxBytes: number },
    side: CodecSide,
  ) {
    this.#maxBytes = sendableBytes(limits.maxBytes);
    this.#written = headers[side];
    // Types of this module, whose values are headers.
    this.#read = headers[side === "client" ? "server" : "client"] as GobType<
      Header
    >;
    this.#methods = methods;
    this.#side = side;
    this.#decoder = new GobDecoder(limits);
  }

  encode(message: Message, writer: Writer): void {
    const { serviceMethod, seq, error, body } = message;
    const out = this.#out;
    const stream = this.#stream;
    // Both or none: a header whose body has no form would wait for it for ever.
    const known = stream.mark();
    try {
      stream.write(out, this.#written, {
        ServiceMethod: serviceMethod,
        Seq: seq,
        Error: error,
      });
      const type = error === "" ? this.#typeOf(serviceMethod, body) : NOTHING;
      stream.write(out, type, type === NOTHING ? {} : body);
      if (out.length > this.#maxBytes) {
        throw tooLong(this.#side, this.#maxBytes, message);
      }
      writer.writeBytes(out.bytes.subarray(0, out.length));
    } catch (error) {
      stream.rollBack(known);
      throw error;
    } finally {
      out.clear();
    }
  }

  decode(bytes: Uint8Array, receive: (message: Message) => void): number {
    this.#decoder.push(bytes);
    for (;;) {
      this.#header ??= this.#readHeader();
      if (this.#header === undefined) break;
      const { ServiceMethod: serviceMethod, Seq, Error: error = "" } = this
        .#header;
      const body = this.#readBody(serviceMethod, error);
      if (body === undefined) break;
      this.#header = undefined;
      receive({ serviceMethod, seq: Number(Seq), error, body });
    }
    return bytes.length;
  }

  #readHeader(): Header | undefined {
    try {
      return this.#decoder.next(this.#read);
    } catch (cause) {
      throw asWireError(cause);
    }
  }

  #readBody(serviceMethod: string, error: string): unknown {
    try {
      // What stands with an error means nothing.
      if (error !== "") return this.#decoder.skip() ? {} : undefined;
      const method = this.#methods.get(serviceMethod);
      return this.#decoder.next(
        this.#side === "client" ? method?.reply : method?.args,
      );
    } catch (cause) {
      if (cause instanceof SyntaxError) throw asWireError(cause);
      // A limit is met again with the next header.
      return new InvalidBody(textOf(cause));
    }
  }

  #typeOf(serviceMethod: string, body: unknown): GobType<unknown> {
    const method = this.#methods.get(serviceMethod);
    const type = this.#side === "client" ? method?.args : method?.reply;
    if (type !== undefined) return type;
    // What returns nothing, or is called without arguments.
    return body === undefined || body === null
      ? NOTHING
      : this.#inference.of(body);
  }
}

function asWireError(cause: unknown): WireError {
  return new WireError(`Cannot read a message: ${textOf(cause)}`, { cause });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
