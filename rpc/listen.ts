// Copyright 2026 the Gee authors. MIT license.

import { formatAddress } from "./address.ts";

/** Where to listen: a TCP port or the path of a Unix socket. */
export interface ListenOptions {
  /**
   * The TCP port; 0 takes a free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The TCP address; "0.0.0.0" listens on all of them.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /** The path of a Unix socket, instead of a port. */
  readonly path?: string;
  /** The certificate in PEM, to listen for TLS; with `key`. */
  readonly cert?: string;
  /** The key in PEM that belongs to `cert`. */
  readonly key?: string;
}

/** A listener with its address as `dial` and registries take it. */
export interface OpenListener {
  /** Accepts connections. */
  readonly listener: Deno.Listener;
  /** As in `tcp@127.0.0.1:9999`. */
  readonly address: string;
}

/**
 * Begins to listen.
 *
 * @throws {TypeError} when a certificate comes without its key or for a Unix socket.
 */
export function openListener(options: ListenOptions): OpenListener {
  const { port = 0, hostname = "127.0.0.1", path, cert, key } = options;
  if (cert === undefined && key === undefined) {
    const listener = path === undefined
      ? Deno.listen({ port, hostname })
      : Deno.listen({ transport: "unix", path });
    return { listener, address: formatAddress(listener.addr) };
  }
  if (cert === undefined || key === undefined || path !== undefined) {
    throw new TypeError(
      `Cannot listen for TLS: "cert" with "key" and a port are wanted`,
    );
  }
  const listener = Deno.listenTls({ port, hostname, cert, key });
  return { listener, address: formatAddress(listener.addr, "tls") };
}
