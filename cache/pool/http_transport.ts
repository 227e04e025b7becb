// Copyright 2026 the Gee authors. MIT license.

import { Secret } from "./auth.ts";
import { HttpLink, type HttpLinkSettings } from "./http_link.ts";
import type { Link, Transport } from "./link.ts";
import { isAskable } from "./peer_path.ts";
import { checkCounts } from "./pool_options.ts";

/** Settings of an {@linkcode HttpTransport}. */
export interface HttpTransportOptions {
  /**
   * The path under which peers ask each other; the same on all nodes, with a
   * slash at both ends.
   *
   * @default {"/_geecache/"}
   */
  readonly basePath?: string;
  /**
   * The most ms a question may take.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The most bytes of an answer or a question.
   *
   * @default {67108864}
   */
  readonly maxAnswerBytes?: number;
  /**
   * What all nodes know and nobody else; 16 bytes or more. Go nodes cannot be
   * asked then.
   *
   * @default {undefined}
   */
  readonly secret?: string | Uint8Array;
  /**
   * Sends the requests to peers.
   *
   * @default {fetch}
   */
  readonly fetch?: (request: Request) => Promise<Response>;
  /**
   * The clock in ms since 1970, for signatures.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** Ways to peers over HTTP, those in Go included. */
export class HttpTransport implements Transport {
  readonly #settings: HttpLinkSettings;
  readonly #mayMeetGo: boolean;

  /**
   * Makes the transport.
   *
   * @param options Limits and the path.
   * @param mayMeetGo Whether there may be Go nodes, which a URL must reach.
   * @throws {TypeError} When the path has no slash at both ends.
   */
  constructor(options: HttpTransportOptions = {}, mayMeetGo = false) {
    this.#mayMeetGo = mayMeetGo;
    const { basePath = "/_geecache/", secret, now = Date.now } = options;
    const custom = options.fetch;
    if (!/^\/([^?#]*\/)?$/.test(basePath)) {
      throw new TypeError(
        `Cannot use base path "${basePath}": want a slash at both ends`,
      );
    }
    const { timeout = 5000, maxAnswerBytes = 64 << 20 } = options;
    checkCounts({ maxAnswerBytes });
    this.#settings = {
      basePath,
      timeout,
      maxAnswerBytes,
      secret: secret === undefined ? undefined : new Secret(secret, { now }),
      // A request made from a request is made twice.
      fetch: custom === undefined
        ? (url, init) => fetch(url, init)
        : (url, init) => custom(new Request(url, init)),
    };
  }

  /**
   * Throws a `TypeError` where a name is no URL of a node. Names are compared as
   * text by every node, so there must be one spelling.
   */
  checkName(name: string): void {
    const url = URL.parse(name);
    const isPlain = url !== null && /^https?:$/.test(url.protocol) &&
      url.username === "" && url.password === "" && !/[?#\s]|\/$/.test(name);
    if (isPlain) return;
    throw new TypeError(
      `Cannot use peer "${name}": want an http or https URL without trailing slash, query and fragment`,
    );
  }

  /** Whether it can carry a key: any, unless a Go node may be the owner. */
  carries(key: string): boolean {
    return !this.#mayMeetGo || isAskable(key);
  }

  /** Makes the way to a peer. */
  link(name: string): Link {
    return new HttpLink(name, this.#settings);
  }
}
