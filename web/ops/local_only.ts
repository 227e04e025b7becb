// Copyright 2026 the Gee authors. MIT license.
import { AddressList } from "../address_list.ts";

const LOOPBACK = new AddressList(["127.0.0.0/8", "::1"]);
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Why a page for people on this machine must not answer, or undefined when it
 * may. The peer alone is not enough: a page of another site, whose name leads
 * to this machine (DNS rebinding), would come from here too, so the name in
 * `host` must be local; and other sites must not write.
 *
 * @param request The request.
 * @param peer The other end of the connection; none in tests without a port.
 * @returns What is wrong.
 */
export function refusal(
  request: Request,
  peer: string | undefined,
): string | undefined {
  if (peer !== undefined && !LOOPBACK.has(peer)) {
    return "the client is not on this machine";
  }
  const { host } = new URL(request.url);
  if (!LOCAL_HOST.test(host)) return `the host "${host}" is not a local name`;
  return isForeignWrite(request) ? "another site must not write" : undefined;
}

/** Whether a page of another site wants to change something. */
export function isForeignWrite({ method, headers }: Request): boolean {
  if (SAFE.has(method)) return false;
  const site = headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none";
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
