// Copyright 2026 the Gee authors. MIT license.

import type { Transport } from "./transport.ts";

/** Both directions of something as web streams. */
export interface StreamPair {
  /** What comes. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What goes. */
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Makes a connection of web streams, for `Server.serve` and `new Client`: of a pipe
 * of processes, or of a socket that asks for certificates of clients, which a
 * listener of Deno does not (`Duplex.toWeb` of `node:tls`).
 *
 * @param streams Both directions; they belong to the connection from then on.
 * @returns the connection.
 *
 * @example A client and a server in one process
 * ```ts
 * import { Client, Server, streamTransport } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const [there, back] = [
 *   new TransformStream<Uint8Array>(),
 *   new TransformStream<Uint8Array>(),
 * ];
 * await using server = new Server();
 * server.register({ sum: ({ a, b }: { a: number; b: number }) => a + b }, {
 *   name: "Arith",
 * });
 * const serving = server.serve(
 *   streamTransport({ readable: there.readable, writable: back.writable }),
 * );
 * const client = new Client(
 *   streamTransport({ readable: back.readable, writable: there.writable }),
 * );
 * assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
 * await client.close();
 * await serving;
 * ```
 */
export function streamTransport(streams: StreamPair): Transport {
  const reader = streams.readable.getReader();
  const writer = streams.writable.getWriter();
  let rest: Uint8Array = new Uint8Array();
  let isClosed = false;
  let stopWriting = (_reason: Error) => {};
  // Whoever reads or writes hears why it failed.
  reader.closed.catch(() => {});
  writer.closed.catch(() => {});
  return {
    async read(buffer) {
      while (rest.length === 0) {
        const { done, value } = await reader.read();
        if (isClosed) throw new TypeError("Cannot read: it is closed");
        if (done) return null;
        rest = value;
      }
      const part = rest.subarray(0, buffer.length);
      buffer.set(part);
      rest = rest.subarray(part.length);
      return part.length;
    },
    write(bytes) {
      return new Promise((resolve, reject) => {
        stopWriting = reject;
        // The caller writes into its memory again when this is done, but whoever
        // reads on the other side may keep what it got.
        writer.write(bytes.slice()).then(() => resolve(bytes.length), reject);
      });
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      // A stream ends a write under way only when the other side reads.
      stopWriting(new TypeError("Cannot write: it is closed"));
      const reason = new TypeError("Cannot go on: the connection is closed");
      reader.cancel(reason).catch(() => {});
      // What was written has left; a writer that waits would wait for ever.
      writer.close().catch(() => {});
    },
  };
}
