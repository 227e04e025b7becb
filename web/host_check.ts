// Copyright 2026 the Gee authors. MIT license.
import { isHost, pathStart } from "./path.ts";

/** How far the `host` header is trusted. */
export interface HostCheckOptions {
  /** Whether it is well-formed for sure. */
  readonly isTrusted: boolean;
}

/**
 * Finds where the path starts in the URL of a request, and refuses malformed
 * hosts: `Deno.serve` pastes the `host` header before the path, so one with a
 * slash would pass for a path, such as `localhost/only?` before `/nope`.
 */
export class HostCheck {
  readonly #isTrusted: boolean;
  /** The last origin whose host was found well-formed, with its path's slash. */
  #origin = "\0";

  constructor({ isTrusted }: HostCheckOptions) {
    this.#isTrusted = isTrusted;
  }

  /** Offset of the path, or -1 for a malformed host. */
  pathStart(request: Request, url: string): number {
    if (!url.startsWith(this.#origin)) {
      const start = pathStart(url);
      if (start === url.length) return -1;
      if (!isHost(url.slice(url.indexOf("://") + 3, start))) return -1;
      this.#origin = url.slice(0, start + 1);
    }
    const start = this.#origin.length - 1;
    // Such a host brings a second slash. Only then the header itself is read,
    // which costs a small request a seventh of its time.
    if (this.#isTrusted || url.indexOf("/", start + 1) === -1) return start;
    const host = request.headers.get("host");
    return host === null || isHost(host) ? start : -1;
  }
}
