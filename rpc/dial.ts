// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "./address.ts";
import { Client, type ClientOptions } from "./client.ts";
import { NET_RPC_TYPE } from "./codec/gob_codec.ts";
import { connect, type ConnectOptions, type TlsOptions } from "./connect.ts";
import { checkMilliseconds } from "./duration.ts";
import { GEE_RPC_PATH, GO_RPC_PATH } from "./wire/connect_http.ts";
import { connectWebSocket, isWebSocketUrl } from "./wire/connect_web_socket.ts";
import type { Transport } from "./wire/transport.ts";

/** Options of `dial`. */
export interface DialOptions extends ClientOptions {
  /** Ends the wait for the connection; later it means nothing. */
  readonly signal?: AbortSignal;
  /**
   * How long connecting may take, in ms; 0 is no limit.
   *
   * @default {10000}
   */
  readonly connectTimeout?: number;
  /** Certificates, for `tls@host:port`. */
  readonly tls?: TlsOptions;
  /**
   * Whether a call connects again when the connection has ended. What was sent
   * is never sent again.
   *
   * @default {true}
   */
  readonly reconnect?: boolean;
}

/**
 * Connects to a server (`XDial` of the original).
 *
 * @param address `tcp@host:port`, `unix@/path`, `tls@host:port`, `http@host:port`
 * for one that is asked by CONNECT, as Go servers behind `HandleHTTP` are, or
 * `ws://host/path` and `wss://host/path` for one behind `Server.webSocket`, the
 * only ones in browsers.
 * @param options Codec, timeouts and limits.
 * @returns a client that is ready for calls.
 * @throws {TypeError} when a certificate has no key, or the other way round.
 * @throws {SyntaxError} when the address is none.
 * @throws {ConnectError} when no connection came about in time.
 * @throws {RangeError} when a limit or a timeout is out of range.
 *
 * @example Call a method
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Arith {
 *   sum({ a, b }: { a: number; b: number }) {
 *     return a + b;
 *   }
 * }
 * const server = new Server();
 * server.register(new Arith());
 * await using listener = server.listen();
 *
 * await using client = await dial(listener.address);
 * const arith = client.service<Arith>("Arith");
 * assertEquals(await arith.sum({ a: 1, b: 2 }), 3);
 * ```
 */
export async function dial(
  address: string,
  options: DialOptions = {},
): Promise<Client> {
  const { signal, connectTimeout = 10_000, tls = {}, reconnect = true } =
    options;
  checkMilliseconds("connectTimeout", connectTimeout);
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new TypeError(`Cannot dial "${address}": "cert" goes with "key"`);
  }
  const path = options.codec?.type === NET_RPC_TYPE
    ? GO_RPC_PATH
    : GEE_RPC_PATH;
  const again = dialer(address, { connectTimeout, tls, path });
  const conn = await again(signal);
  try {
    return new Client(
      conn,
      reconnect ? { redial: again, ...options } : options,
    );
  } catch (error) {
    conn.close();
    throw error;
  }
}

/** What connects to an address, as often as it is asked to. */
function dialer(
  address: string,
  options: ConnectOptions,
): (signal?: AbortSignal) => Promise<Transport> {
  if (isWebSocketUrl(address)) {
    return (signal) =>
      connectWebSocket(address, options.connectTimeout, signal);
  }
  const target = parseAddress(address);
  return (signal) => connect(target, address, options, signal);
}
