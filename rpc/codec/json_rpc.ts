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
import { ObjectScanner } from "./object_scanner.ts";

/** The name of the codec of Go's `net/rpc/jsonrpc`, which nobody sends. */
export const JSON_RPC_TYPE = "net/rpc/jsonrpc";

/**
 * The codec of Go's `net/rpc/jsonrpc`, which is JSON-RPC 1.0: a request is
 * `{"method":"Arith.Sum","params":[{"A":1}],"id":0}` and its reply
 * `{"id":0,"result":1,"error":null}`. It needs no option; a server tells such
 * connections by their first bytes. A request whose `id` is `null` gets no reply.
 *
 * @example A client as Go's
 * ```ts
 * import { dial, jsonRpcCodec, Server } from "@gee/std/rpc";
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
 * await using client = await dial(listener.address, { codec: jsonRpcCodec });
 * assertEquals(await client.call("Echo.Say", "hi"), "hi");
 * ```
 */
export const jsonRpcCodec: CodecFactory = {
  type: JSON_RPC_TYPE,
  isBare: true,
  create: (side, limits = CLIENT_LIMITS) => new JsonRpcCodec(side, limits),
};

class JsonRpcCodec implements Codec {
  readonly #side: CodecSide;
  readonly #maxBytes: number;
  readonly #scanner = new ObjectScanner();
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  /** What requests are to be answered under: any JSON value, by our own number. */
  readonly #ids = new Map<number, unknown>();
  #requests = 0;

  constructor(side: CodecSide, limits: Required<Limits>) {
    this.#side = side;
    this.#maxBytes = sendableBytes(limits.maxMessageBytes);
  }

  encode(message: Message, writer: Writer): void {
    const id = this.#ids.get(message.seq);
    const text = this.#side === "client"
      ? request(message)
      : reply(message, id);
    if (isLonger(text, this.#maxBytes)) {
      throw tooLong(this.#side, this.#maxBytes, message);
    }
    // Only now: what cannot be sent is answered by an error under the same id.
    this.#ids.delete(message.seq);
    if (id !== null) writer.writeText(`${text}\n`);
  }

  decode(bytes: Uint8Array, receive: (message: Message) => void): number {
    let used = 0;
    for (;;) {
      const end = this.#scanner.endOf(bytes, used);
      if (end === undefined) return used;
      receive(this.#message(this.#parse(bytes.subarray(used, end))));
      used = end;
    }
  }

  #parse(bytes: Uint8Array): Record<string, unknown> {
    try {
      // What begins with a brace and is JSON is an object.
      return JSON.parse(this.#decoder.decode(bytes));
    } catch (cause) {
      throw new WireError("Cannot read a message: it is not JSON", { cause });
    }
  }

  #message(object: Record<string, unknown>): Message {
    return this.#side === "client" ? replyOf(object) : this.#requestOf(object);
  }

  #requestOf({ method, params, id = null }: Record<string, unknown>): Message {
    const seq = ++this.#requests;
    this.#ids.set(seq, id);
    const isCall = typeof method === "string" && Array.isArray(params);
    return {
      serviceMethod: typeof method === "string" ? method : "",
      seq,
      error: "",
      body: isCall && params.length < 2 ? params[0] ?? null : new InvalidBody(
        'want "method" and an array of one in "params"',
      ),
    };
  }
}

function request({ serviceMethod, seq, body }: Message): string {
  return JSON.stringify({
    method: serviceMethod,
    params: [body ?? null],
    id: seq,
  });
}

function reply({ error, body }: Message, id: unknown): string {
  return JSON.stringify(
    error === ""
      ? { id, result: body ?? null, error: null }
      : { id, result: null, error },
  );
}

function replyOf({ id, result, error }: Record<string, unknown>): Message {
  if (typeof id !== "number") {
    throw new WireError(
      `Cannot read a reply: its "id" is ${JSON.stringify(id)}, want a number`,
    );
  }
  const text = typeof error === "string" ? error : JSON.stringify(error);
  return {
    serviceMethod: "",
    seq: id,
    error: error === null || error === undefined
      ? ""
      : text || "unspecified error",
    body: result ?? null,
  };
}
