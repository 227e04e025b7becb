// Copyright 2026 the Gee authors. MIT license.

import { timeLimit } from "../duration.ts";
import { ConnectError } from "../errors.ts";
import type { Transport } from "./transport.ts";
import { WebSocketTransport } from "./web_socket_transport.ts";

/** Whether an address is that of a WebSocket. */
export function isWebSocketUrl(address: string): boolean {
  return /^wss?:\/\//i.test(address);
}

/**
 * Opens a WebSocket to a server.
 *
 * @param url Where it is, as in `wss://example.com/rpc`.
 * @param connectTimeout How long that may take, in ms; 0 is no limit.
 * @param signal Ends the wait.
 * @throws {SyntaxError} when it is no such URL.
 * @throws {ConnectError} when it does not come about in time.
 */
export async function connectWebSocket(
  url: string,
  connectTimeout: number,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  if (!URL.canParse(url) || new URL(url).hash !== "") {
    throw new SyntaxError(
      `Cannot parse address ${
        JSON.stringify(url)
      }: "ws://host:port/path" is wanted`,
    );
  }
  signal?.throwIfAborted();
  const limit = timeLimit(connectTimeout, signal);
  const socket = new WebSocket(url);
  const transport = new WebSocketTransport(socket);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string) =>
    reject(new ConnectError(`Cannot connect to "${url}": ${why}`));
  const stop = () => {
    if (signal?.aborted) reject(signal.reason);
    else fail("no answer in time");
  };
  socket.addEventListener("open", () => resolve());
  socket.addEventListener("close", () => fail("the server refused"));
  limit.addEventListener("abort", stop);
  try {
    await promise;
    return transport;
  } catch (error) {
    transport.close();
    throw error;
  } finally {
    limit.removeEventListener("abort", stop);
  }
}
