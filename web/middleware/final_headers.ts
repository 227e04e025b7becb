// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import { writeHeaders } from "../header_list.ts";
import type { AnyParams } from "../incoming.ts";

/** The headers that a response goes out with, if nothing more is set. */
export function finalHeaders(
  c: Context<AnyParams, object>,
  response: Response,
): Headers {
  const headers = new Headers(response.headers);
  writeHeaders(c.waitingHeaders, headers);
  return headers;
}

/** One of them, or null. */
export function finalHeader(
  name: string,
  c: Context<AnyParams, object>,
  response: Response,
): string | null {
  const isWaiting = c.waitingHeaders.some((header) => header.name === name);
  return isWaiting
    ? finalHeaders(c, response).get(name)
    : response.headers.get(name);
}
