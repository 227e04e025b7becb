// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "./address.ts";
import { checkMilliseconds } from "./duration.ts";
import { checkCount } from "./limits.ts";

/** The path registries have by custom. */
export const REGISTRY_PATH = "/_geerpc_/registry";

/** The response header that lists the servers. */
export const SERVERS_HEADER = "x-geerpc-servers";

/** The request header that names one server. */
export const SERVER_HEADER = "x-geerpc-server";

/** Options of a `Registry`. */
export interface RegistryOptions {
  /**
   * How long a server is listed after its last heartbeat, in ms; 0 is for ever.
   *
   * @default {300000} (5 minutes)
   */
  readonly timeout?: number;
  /**
   * Secret that writers must send as `Authorization: Bearer <token>`.
   *
   * @default anybody may register
   */
  readonly token?: string;
  /**
   * Servers listed at a time; further ones are refused with status 503.
   *
   * @default {1000}
   */
  readonly maxServers?: number;
  /**
   * The clock, in ms.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/**
 * A list of living servers over HTTP, byte-compatible with GeeRPC's.
 *
 * `GET` lists them in `X-Geerpc-Servers`, `POST` with `X-Geerpc-Server:
 * tcp@host:port` lists one until its time is over, `DELETE` takes it off. The
 * path of the request is not looked at: mount `fetch` where you like, by custom
 * at `/_geerpc_/registry`.
 *
 * @example Register and list
 * ```ts
 * import { Registry } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = new Registry();
 * const url = "http://registry/_geerpc_/registry";
 * registry.fetch(
 *   new Request(url, {
 *     method: "POST",
 *     headers: { "x-geerpc-server": "tcp@10.0.0.1:9999" },
 *   }),
 * );
 * const list = registry.fetch(new Request(url));
 * assertEquals(list.headers.get("x-geerpc-servers"), "tcp@10.0.0.1:9999");
 * ```
 */
export class Registry {
  /** Answers one request; bound, so that it can be handed to `Deno.serve`. */
  readonly fetch: (request: Request) => Response;
  readonly #seen = new Map<string, number>();
  readonly #timeout: number;
  readonly #token: string | undefined;
  readonly #maxServers: number;
  readonly #now: () => number;

  /**
   * Begins with an empty list.
   *
   * @param options Timeout, token and limit.
   * @throws {RangeError} when the timeout or the limit is out of range.
   */
  constructor(options: RegistryOptions = {}) {
    this.#timeout = checkMilliseconds("timeout", options.timeout ?? 300_000);
    this.#token = options.token;
    this.#maxServers = checkCount("maxServers", options.maxServers ?? 1000);
    this.#now = options.now ?? (() => performance.now());
    this.fetch = (request) => this.#answer(request);
  }

  /** The living servers, sorted. */
  servers(): string[] {
    const oldest = this.#now() - this.#timeout;
    for (const [server, seen] of this.#seen) {
      if (this.#timeout > 0 && seen < oldest) this.#seen.delete(server);
    }
    return [...this.#seen.keys()].sort();
  }

  #answer(request: Request): Response {
    const { method, headers } = request;
    if (method === "GET" || method === "HEAD") {
      return new Response(null, {
        headers: { [SERVERS_HEADER]: this.servers().join(",") },
      });
    }
    if (method !== "POST" && method !== "DELETE") {
      return new Response(null, {
        status: 405,
        headers: { allow: "GET, HEAD, POST, DELETE" },
      });
    }
    if (!this.#mayWrite(headers.get("authorization"))) {
      return new Response(null, { status: 401 });
    }
    const server = headers.get(SERVER_HEADER) ?? "";
    // 500 is what the original answers here, and what its servers know.
    if (server === "") return new Response(null, { status: 500 });
    return new Response(null, { status: this.#write(method, server) });
  }

  #write(method: "POST" | "DELETE", server: string): number {
    try {
      parseAddress(server);
    } catch {
      return 400;
    }
    // Deleted first, so that the map stays in the order of the heartbeats.
    const isKnown = this.#seen.delete(server);
    if (method === "DELETE") return 200;
    if (!isKnown && this.servers().length >= this.#maxServers) return 503;
    this.#seen.set(server, this.#now());
    return 200;
  }

  #mayWrite(authorization: string | null): boolean {
    return this.#token === undefined ||
      equalsInConstantTime(authorization ?? "", `Bearer ${this.#token}`);
  }
}

/** Compares without telling by its duration where the first difference lies. */
function equalsInConstantTime(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let i = 0; i < wanted.length; i++) {
    difference |= given.charCodeAt(i) ^ wanted.charCodeAt(i);
  }
  return difference === 0;
}
