// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { pathStart } from "../path.ts";

type AnyContext = Context<AnyParams, object>;

/** The names a `vary` lists, in lower case. */
export function namesIn(vary: string | null): string[] {
  if (vary === null) return [];
  return vary.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "");
}

/** A text that no two requests share which differ in what is keyed. */
export function keyOf(c: AnyContext, names: ReadonlySet<string>): string {
  const headers = [...names].sort().map((name) => [name, c.header(name)]);
  // JSON keeps the parts apart, whatever they hold.
  const { mountPath = "" } = c.connection ?? {};
  return JSON.stringify([c.method, mountPath, urlOf(c), headers]);
}

/**
 * Lets the rest of the chain see what is keyed and nothing else of the request.
 *
 * @returns Shows the whole request again.
 */
export function hide(c: AnyContext, names: ReadonlySet<string>): () => void {
  const { request } = c;
  void c.lifetime; // made here, it follows the client of the whole request
  const url = urlOf(c);
  const headers = new Headers({ host: c.origin.replace(/^.*\/\//, "") });
  for (const name of names) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  // Read-only is for handlers; the context itself reads it anew each time.
  const open: { request: Request } = c;
  open.request = new Request(url, { method: c.method, headers });
  return () => {
    open.request = request;
  };
}

/** The URL as the client sees it, its query as it was written. */
function urlOf(c: AnyContext): string {
  const { url } = c.request;
  const hash = url.indexOf("#");
  return c.origin + url.slice(pathStart(url), hash === -1 ? undefined : hash);
}
