// Copyright 2026 the Gee authors. MIT license.
import { AddressList } from "../address_list.ts";
import type { ConnectionInfo } from "../incoming.ts";

const LOOPBACK = new AddressList(["127.0.0.0/8", "::1"]);
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What proxies add; a client behind one is not on this machine. */
const BY_PROXY = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/**
 * Why a page for people on this machine must not answer, or undefined when it
 * may. The peer alone is not enough: a page of another site, whose name leads
 * to this machine (DNS rebinding), would come from here too, so the name in
 * `host` must be local; so would the whole world by a proxy on this machine;
 * and other sites must not write.
 *
 * @param request The request.
 * @param info The connection; none in tests without a port.
 * @returns What is wrong.
 */
export function refusal(
  request: Request,
  info: ConnectionInfo | undefined,
): string | undefined {
  const peer = info?.remoteAddr;
  // A unix socket has no address: what comes by it comes from a proxy.
  if (peer !== undefined && !LOOPBACK.has(peer.hostname)) {
    return "the client is not on this machine";
  }
  if (BY_PROXY.some((name) => request.headers.has(name))) {
    return "the client comes by a proxy";
  }
  const { host } = new URL(request.url);
  if (!LOCAL_HOST.test(host)) return `the host "${host}" is not a local name`;
  return isForeignWrite(request) ? "another site must not write" : undefined;
}

/** Whether a page of another site wants to change something. */
export function isForeignWrite({ method, headers, url }: Request): boolean {
  if (SAFE.has(method)) return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  // Over plain HTTP browsers tell no site, except on this machine.
  const origin = headers.get("origin");
  return origin !== null &&
    (!URL.canParse(origin) || new URL(origin).host !== new URL(url).host);
}

/**
 * Whether this is development: the environment says `DENO_ENV=development`.
 * Nobody is asked for the permission to read that.
 *
 * @returns Whether it is.
 */
export function isDevelopment(): boolean {
  const variable = "DENO_ENV";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" && Deno.env.get(variable) === "development";
}
