// Copyright 2026 the Gee authors. MIT license.

import type { Address } from "./address.ts";
import { timeLimit } from "./duration.ts";
import { ConnectError } from "./errors.ts";
import { abortable } from "./abortable.ts";
import { connectHttp, type ConnectPath } from "./wire/connect_http.ts";
import { connectTcp } from "./wire/connect_tcp.ts";
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
  const { cert, key } = tls;
  if (address.protocol === "tls" && cert !== undefined && key !== undefined) {
    return await openAs({ hostname, port, cert, key }, tls.caCerts, limit);
  }
  const conn = await connectTcp({ hostname, port }, limit);
  setNoDelay(conn);
  if (address.protocol !== "tls") return conn;
  const starting = Deno.startTls(conn, { hostname, ...trust(tls.caCerts) });
  const secure = await within(limit, conn, starting);
  await within(limit, secure, secure.handshake());
  return secure;
}

/** With a certificate of one's own, which `Deno.startTls` would not show. */
async function openAs(
  options: Deno.ConnectTlsOptions & Deno.TlsCertifiedKeyPem,
  caCerts: readonly string[] | undefined,
  limit: AbortSignal,
): Promise<Deno.Conn> {
  const connecting = Deno.connectTls({ ...options, ...trust(caCerts) });
  let conn;
  try {
    conn = await abortable(connecting, limit);
  } catch (error) {
    // It takes no signal: what comes too late is closed.
    connecting.then(closeQuietly, () => {});
    throw error;
  }
  await within(limit, conn, conn.handshake());
  return conn;
}

function trust(caCerts: readonly string[] | undefined): { caCerts?: string[] } {
  return caCerts === undefined ? {} : { caCerts: [...caCerts] };
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
