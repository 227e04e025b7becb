// Copyright 2026 the Gee authors. MIT license.

/** Where a peer listens. */
export interface TcpAddress {
  /** The host: a name or an address, without brackets. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/**
 * Reads "host:port", "1.2.3.4:port" or "[::1]:port".
 *
 * @throws {TypeError} When it has another form. Names are compared as text by
 * every node, so a port has one spelling.
 */
export function parseAddress(name: string): TcpAddress {
  const match = name.match(
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):([1-9]\d{0,4})$/i,
  );
  const [, v6, host, digits] = match ?? [];
  const hostname = v6 ?? host;
  const port = Number(digits);
  if (hostname === undefined || port > 65535) {
    throw new TypeError(
      `Cannot use peer "${name}": want "host:port", as in "127.0.0.1:8001" or "[::1]:8001"`,
    );
  }
  return { hostname, port };
}
