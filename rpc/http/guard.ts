// Copyright 2026 the Gee authors. MIT license.

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const LOOPBACK_PEER = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/;
const LOCAL_NAME = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const IP_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/;
/** What proxies add; a client behind one is not on this machine. */
const BY_PROXY = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/**
 * Whether a request may ask under this name. A page of a foreign site can point
 * a name of its own here (DNS rebinding), but neither an address nor `localhost`.
 */
export function isGoodHost(
  { url }: Request,
  hosts: ReadonlySet<string>,
): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    IP_ADDRESS.test(hostname) || hosts.has(hostname) || hosts.has("*");
}

/** Whether a page of another site wants to change something. */
export function isForeignWrite({ method, headers, url }: Request): boolean {
  if (SAFE.has(method)) return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  // Over plain HTTP browsers tell no site, except on this machine.
  return isForeignOrigin(headers.get("origin"), url);
}

/** Whether an origin is another one than that of a URL; behind TLS of a proxy the schemes differ. */
export function isForeignOrigin(origin: string | null, url: string): boolean {
  return origin !== null &&
    (!URL.canParse(origin) || new URL(origin).host !== new URL(url).host);
}

/** Why a page for people on this machine must not answer; undefined when it may. */
export function whyNotLocal(
  { headers, url }: Request,
  peer: Deno.Addr | undefined,
): string | undefined {
  const isHere = peer !== undefined && "hostname" in peer &&
    LOOPBACK_PEER.test(peer.hostname);
  if (!isHere) return "the client is not on this machine";
  if (BY_PROXY.some((name) => headers.has(name))) {
    return "the client comes by a proxy";
  }
  const { hostname } = new URL(url);
  return LOCAL_NAME.test(hostname)
    ? undefined
    : `the host "${hostname}" is not a local name`;
}
