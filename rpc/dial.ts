// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "./address.ts";
import { Client, type ClientOptions } from "./client.ts";
import { checkMilliseconds, timeLimit } from "./duration.ts";
import { ConnectError } from "./errors.ts";
import { setNoDelay } from "./wire/no_delay.ts";

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
}

/**
 * Connects to a server (`XDial` of the original).
 *
 * @param address `tcp@host:port` or `unix@/path`.
 * @param options Codec, timeouts and limits.
 * @returns a client that is ready for calls.
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
  const { signal, connectTimeout = 10_000 } = options;
  checkMilliseconds("connectTimeout", connectTimeout);
  const target = parseAddress(address);
  signal?.throwIfAborted();
  const limit = timeLimit(connectTimeout, signal);
  const conn = await connect(address, target, limit, signal);
  try {
    setNoDelay(conn);
    return new Client(conn, options);
  } catch (error) {
    conn.close();
    throw error;
  }
}

async function connect(
  address: string,
  target: ReturnType<typeof parseAddress>,
  limit: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<Deno.Conn> {
  try {
    if (target.protocol === "unix") {
      // Unix sockets connect at once or not at all, so they take no signal.
      return await Deno.connect({ transport: "unix", path: target.path });
    }
    const { hostname, port } = target;
    return await Deno.connect({ hostname, port, signal: limit });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const why = limit.aborted ? "no answer in time" : (cause as Error).message;
    throw new ConnectError(`Cannot connect to "${address}": ${why}`, { cause });
  }
}
