// Copyright 2026 the Gee authors. MIT license.

import type { Address } from "./address.ts";
import { timeLimit } from "./duration.ts";
import { ConnectError } from "./errors.ts";
import { abortable } from "./abortable.ts";
import { connectHttp, type ConnectPath } from "./wire/connect_http.ts";
import { setNoDelay } from "./wire/no_delay.ts";
import { closeQuietly, type Transport } from "./wire/transport.ts";

/** Whom to trust on a connection of TLS, and who one is. */
export interface TlsOptions {
  /**
   * Certificates in PEM of those who may have signed the server's.
   *
   * @default those the system trusts
   */
  readonly caCerts?: readonly string[];
  /** One's own certificate in PEM, for servers that want to know who calls; with `key`. */
  readonly cert?: string;
  /** The key in PEM that belongs to `cert`. */
  readonly key?: string;
}

/** How to reach a server. */
export interface ConnectOptions {
  /** How long connecting may take, in ms; 0 is no limit. */
  readonly connectTimeout: number;
  /** For addresses of TLS. */
  readonly tls: TlsOptions;
  /** What an HTTP server is asked for. */
  readonly path: ConnectPath;
}

/**
 * Makes one connection.
 *
 * @throws {ConnectError} when it does not come about in time.
 */
export async function connect(
  address: Address,
  name: string,
  options: ConnectOptions,
  signal: AbortSignal | undefined,
): Promise<Deno.Conn> {
  signal?.throwIfAborted();
  const limit = timeLimit(options.connectTimeout, signal);
  try {
    const conn = await open(address, options.tls, limit);
    if (address.protocol === "http") {
      await within(limit, conn, connectHttp(conn, options.path));
    }
    return conn;
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const why = limit.aborted ? "no answer in time" : (cause as Error).message; // what sockets throw
    throw new ConnectError(`Cannot connect to "${name}": ${why}`, { cause });
  }
}

async function open(
  address: Address,
  tls: TlsOptions,
  limit: AbortSignal,
): Promise<Deno.Conn> {
  if (address.protocol === "unix") {
    // Unix sockets connect at once or not at all, so they take no signal.
    return await Deno.connect({ transport: "unix", path: address.path });
  }
  const { hostname, port } = address;
  const conn = await Deno.connect({ hostname, port, signal: limit });
  setNoDelay(conn);
  if (address.protocol !== "tls") return conn;
  const { caCerts, cert, key } = tls;
  const secure = await within(
    limit,
    conn,
    Deno.startTls(conn, {
      hostname,
      ...(caCerts !== undefined && { caCerts: [...caCerts] }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    }),
  );
  await within(limit, secure, secure.handshake());
  return secure;
}

/** Waits for what is done with a connection, which ends when that fails or takes too long. */
async function within<T>(
  limit: AbortSignal,
  transport: Transport,
  work: Promise<T>,
): Promise<T> {
  try {
    return await abortable(work, limit);
  } catch (error) {
    closeQuietly(transport);
    // It fails by the close, which concerns nobody any more.
    work.catch(() => {});
    throw error;
  }
}
