// Copyright 2026 the Gee authors. MIT license.
// Connections of given bytes, and what goes over good ones in each dialect.
import {
  Client,
  type CodecFactory,
  frameCodec,
  gobCodec,
  jsonCodec,
  jsonRpcCodec,
  netRpcCodec,
  Server,
  type Transport,
} from "../../rpc/mod.ts";
import { pipe, type PipeEnd } from "../../rpc/testdata/pipe.ts";

/** A connection on which the given bytes come, then the end; what is written is lost. */
export class Given implements Transport {
  /** Bytes that were written. */
  written = 0;
  readonly #chunks: Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = [...chunks];
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return Promise.resolve(null);
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return Promise.resolve(count);
  }

  write(bytes: Uint8Array): Promise<number> {
    this.written += bytes.length;
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.#chunks.length = 0;
  }
}

/** What is called in all dialects. */
export class Arith {
  sum({ A, B }: { A: number; B: number }): number {
    return A + B;
  }
  echo(value: unknown): unknown {
    return value;
  }
  later(value: unknown): Promise<unknown> {
    return Promise.resolve(value);
  }
  fail(): never {
    throw new Error("No");
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let n = 0; n < Math.min(to, 5); n++) yield n;
  }
  async drain(items: AsyncIterable<unknown>): Promise<number> {
    let count = 0;
    for await (const _ of items) count++;
    return count;
  }
}

/** The dialects, by name. */
export const DIALECTS: Readonly<Record<string, CodecFactory>> = {
  frames: frameCodec,
  JSON: jsonCodec,
  gob: gobCodec(),
  "net/rpc": netRpcCodec(),
  jsonrpc: jsonRpcCodec,
};

/** What went over a good connection. */
export interface Recorded {
  readonly fromClient: Uint8Array;
  readonly fromServer: Uint8Array;
}

/** Calls of every kind in a dialect, as they went over the wire. */
export async function record(codec: CodecFactory): Promise<Recorded> {
  const server = new Server();
  server.register(new Arith());
  const [near, far] = pipe();
  const fromClient: number[] = [];
  const fromServer: number[] = [];
  const serving = server.serve(recorded(far, fromServer));
  const client = new Client(recorded(near, fromClient), { codec });
  const isFramed = codec.type === frameCodec.type;
  const calls: Promise<unknown>[] = [
    client.call("Arith.sum", { A: 1, B: 2 }),
    client.call("Arith.echo", "São \n😀"),
    client.call("Arith.later", [1, 2, 3]),
    client.call("Arith.fail", 1),
    client.call("Arith.gone", 1),
    client.call("Arith.echo", { a: { b: [{ c: "d".repeat(100) }] } }),
  ];
  if (isFramed) {
    calls.push(
      client.call("Arith.echo", new Uint8Array(1000)),
      client.call("Arith.sum", { A: 1, B: 2 }, { metadata: { a: "b" } }),
      client.call<AsyncIterable<number>>("Arith.count", 5).then(
        Array.fromAsync,
      ),
      client.call("Arith.drain", new Arith().count(3)),
      client.call("Arith.echo", new Uint8Array(300_000)),
    );
  }
  await Promise.allSettled(calls);
  await client.call("Arith.sum", { A: 3, B: 4 });
  await client.close();
  await serving;
  await server.close();
  return {
    fromClient: new Uint8Array(fromClient),
    fromServer: new Uint8Array(fromServer),
  };
}

/** Keeps a part of what is written: long bodies are no good to mutate. */
function recorded(end: PipeEnd, into: number[]): Transport {
  return {
    read: (buffer) => end.read(buffer),
    write: async (bytes) => {
      const count = await end.write(bytes);
      if (into.length < 8000) {
        into.push(...bytes.subarray(0, Math.min(count, 8000)));
      }
      return count;
    },
    close: () => end.close(),
  };
}
