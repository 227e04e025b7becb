// Copyright 2026 the Gee authors. MIT license.
// Requests of HTTP as bytes, for tests of what a client would not send.

import type { Server } from "../server.ts";
import { pipe, type PipeEnd } from "./pipe.ts";

/** A client of a server on a pipe. */
export class RawHttp implements AsyncDisposable {
  readonly server: Server;
  readonly end: PipeEnd;
  readonly running: Promise<void>;

  constructor(server: Server, peer?: Deno.Addr, options = {}) {
    this.server = server;
    const [end, other] = pipe(options);
    this.end = end;
    this.running = server.serve(other, peer);
  }

  /** Sends text, each character a byte. */
  async send(text: string): Promise<void> {
    await this.end.write(
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
  }

  /** Reads until what came ends like this, or until the end. */
  async read(until?: string): Promise<string> {
    let text = "";
    const buffer = new Uint8Array(1 << 16);
    while (until === undefined || !text.endsWith(until)) {
      const count = await this.end.read(buffer);
      if (count === null) break;
      text += String.fromCharCode(...buffer.subarray(0, count));
    }
    return text;
  }

  /** Sends a request that ends the connection, and reads the response. */
  async ask(text: string): Promise<string> {
    await this.send(text);
    return await this.read();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.end.isClosed) this.end.close();
    await this.running;
    await this.server.close();
  }
}

/** The status and the body of one response. */
export function parts(response: string): [number, string] {
  const [head = "", ...rest] = response.split("\r\n\r\n");
  return [Number(head.split(" ")[1]), rest.join("\r\n\r\n")];
}
