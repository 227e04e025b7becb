// Copyright 2026 the Gee authors. MIT license.

/** Where a server is: the parsed form of `protocol@address`. */
export type Address =
  | {
    readonly protocol: "tcp" | "tls" | "http";
    readonly hostname: string;
    readonly port: number;
  }
  | { readonly protocol: "unix"; readonly path: string };

// Control characters, white space, commas (the registry's separator), userinfo
// and path parts never belong to a host: an address from a registry is input
// from the network.
const TCP = /^(\[[0-9a-fA-F:.]{2,45}\]|[0-9A-Za-z._-]{1,253})?:(\d{1,5})$/;
// deno-lint-ignore no-control-regex
const UNSAFE = /[\x00-\x20\x7f,]/;
// Of `sockaddr_un` on Linux; what is longer could only bloat a registry's list.
const MAX_PATH = 107;

/**
 * Parses `tcp@host:port`, `tls@host:port`, `http@host:port` or `unix@/path`
 * (`XDial` of the original).
 *
 * A wildcard host (`tcp@[::]:9999`, which Go servers register) is dialed as
 * 127.0.0.1, since no packet can be sent to "any address".
 *
 * @throws {SyntaxError} when it is none.
 */
export function parseAddress(address: string): Address {
  const at = address.indexOf("@");
  const protocol = address.slice(0, at);
  const rest = address.slice(at + 1);
  if (at === -1 || rest === "" || UNSAFE.test(address)) {
    throw malformed(address);
  }
  const isPath = rest.length <= MAX_PATH && !rest.includes("@");
  if (protocol === "unix" && isPath) {
    return { protocol, path: rest };
  }
  const isTcp = protocol === "tcp" || protocol === "tls" || protocol === "http";
  const match = isTcp ? TCP.exec(rest) : null;
  const port = Number(match?.[2]);
  if (!isTcp || match === null || port < 1 || port > 65_535) {
    throw malformed(address);
  }
  return { protocol, hostname: dialableHost(match[1] ?? ""), port };
}

/** The address of a listener in the form that `dial` and registries take. */
export function formatAddress(
  address: Deno.Addr,
  protocol: "tcp" | "tls" = "tcp",
): string {
  if (address.transport === "tcp") {
    const { hostname, port } = address;
    return `${protocol}@${
      hostname.includes(":") ? `[${hostname}]` : hostname
    }:${port}`;
  }
  if (address.transport === "unix") return `unix@${address.path}`;
  throw new TypeError(
    `Cannot name an address of transport "${address.transport}": "tcp" or "unix" is wanted`,
  );
}

function dialableHost(host: string): string {
  const bare = host.startsWith("[") ? host.slice(1, -1) : host;
  return bare === "" || bare === "::" || bare === "0.0.0.0"
    ? "127.0.0.1"
    : bare;
}

function malformed(address: string): SyntaxError {
  return new SyntaxError(
    `Cannot parse address ${
      JSON.stringify(address)
    }: "tcp@host:port", "tls@host:port", "http@host:port" or "unix@/path" is wanted`,
  );
}
