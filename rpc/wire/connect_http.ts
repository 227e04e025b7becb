// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/** Where an HTTP server is asked to speak something else, and what it answers then. */
export interface ConnectPath {
  /** What is asked for. */
  readonly path: string;
  /** The status that means yes. */
  readonly status: string;
}

/** Of GeeRPC; spelled so in the original. */
export const GEE_RPC_PATH: ConnectPath = {
  path: "/_geeprc_",
  status: "200 Connected to Gee RPC",
};
/** Of Go's `net/rpc`. */
export const GO_RPC_PATH: ConnectPath = {
  path: "/_goRPC_",
  status: "200 Connected to Go RPC",
};

const MAX_ANSWER_BYTES = 4096;

/**
 * Asks an HTTP server to speak RPC on a connection, as `DialHTTP` of the original.
 * Nothing may be sent behind the request before the answer: a Go server would lose it.
 *
 * @throws {WireError} when the server answers anything else.
 */
export async function connectHttp(
  transport: Transport,
  { path, status }: ConnectPath,
): Promise<void> {
  const request = new TextEncoder().encode(`CONNECT ${path} HTTP/1.0\n\n`);
  for (let at = 0; at < request.length;) {
    at += await transport.write(request.subarray(at));
  }
  const got = (await readAnswer(transport)).split(/\r?\n/)[0] ?? "";
  if (got.replace(/^HTTP\/1\.\d /, "") === status) return;
  throw new WireError(
    `Cannot connect over HTTP: got ${
      JSON.stringify(got)
    }, "HTTP/1.0 ${status}" is wanted`,
  );
}

/** The answer up to its empty line, and no byte of what may follow. */
async function readAnswer(transport: Transport): Promise<string> {
  const byte = new Uint8Array(1);
  let text = "";
  while (!/\n\r?\n$/.test(text)) {
    if (await transport.read(byte) === null) {
      throw new WireError(
        "Cannot connect over HTTP: the connection ended before the answer",
      );
    }
    text += String.fromCharCode(byte[0] ?? 0);
    if (text.length > MAX_ANSWER_BYTES) {
      throw new WireError(
        `Cannot connect over HTTP: the answer is longer than ${MAX_ANSWER_BYTES} bytes`,
      );
    }
  }
  return text;
}
