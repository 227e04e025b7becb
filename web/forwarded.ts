// Copyright 2026 the Gee authors. MIT license.
import { type AddressList, parseAddress } from "./address_list.ts";
import { isHost, pathStart } from "./path.ts";

/**
 * The address of the client behind trusted proxies. Each proxy appends the
 * address it was called from to `x-forwarded-for`, so the header is believed
 * from the right, as far as every address is a trusted proxy.
 *
 * @param peer The other end of the connection.
 * @param header `x-forwarded-for`.
 * @param trusted The proxies.
 * @returns The first address from the right that is no trusted proxy, or the
 * last trusted one before something that is no address.
 */
export function clientAddress(
  peer: string,
  header: string | undefined,
  trusted: AddressList,
): string {
  let address = peer;
  const hops = header?.split(",") ?? [];
  while (trusted.has(address)) {
    const hop = withoutPort(hops.pop()?.trim() ?? "");
    if (parseAddress(hop) === undefined) break;
    address = hop;
  }
  return address;
}

/** Some proxies write `1.2.3.4:5678` or `[::1]:5678`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ??
    /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}

/**
 * Scheme and host of a request as its client sees them: those of the URL, or
 * what a trusted proxy says of them in `x-forwarded-proto` and
 * `x-forwarded-host`.
 *
 * @param request The request.
 * @param peer The other end of the connection.
 * @param trusted The proxies.
 * @returns Such as `https://example.com`.
 */
export function clientOrigin(
  request: Request,
  peer: string | undefined,
  trusted: AddressList | undefined,
): string {
  const { url, headers } = request;
  const origin = url.slice(0, pathStart(url));
  if (trusted === undefined || !trusted.has(peer)) return origin;
  const [scheme = "", host = ""] = origin.split("://");
  const proto = lastOf(headers.get("x-forwarded-proto"));
  const forwarded = lastOf(headers.get("x-forwarded-host"));
  const isKnown = proto === "http" || proto === "https";
  return `${isKnown ? proto : scheme}://${
    isHost(forwarded) ? forwarded : host
  }`;
}

/** The nearest proxy, which is trusted, writes at the end. */
function lastOf(header: string | null): string {
  return header?.split(",").at(-1)?.trim().toLowerCase() ?? "";
}
