// Copyright 2026 the Gee authors. MIT license.

import { type Address, parseAddress } from "./address.ts";
import { checkEndpoint, type Endpoint } from "./discovery/endpoint.ts";
import { checkMilliseconds } from "./duration.ts";
import { checkCount } from "./limits.ts";
import { RegistryList } from "./registry_list.ts";
import {
  isServiceName,
  MAX_WAIT_MS,
  SERVER_HEADER,
  SERVERS_HEADER,
  SERVICE_HEADER,
  TAGS_HEADER,
  VERSION_HEADER,
  WEIGHT_HEADER,
} from "./registry_wire.ts";
import { Waiters } from "./waiters.ts";

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
   * Servers listed at a time, of all services; further ones are refused with
   * status 503.
   *
   * @default {1000}
   */
  readonly maxServers?: number;
  /**
   * Requests that wait for a change at a time; further ones are refused with
   * status 503.
   *
   * @default {1000}
   */
  readonly maxWaiters?: number;
  /**
   * Protocols of addresses that may be listed; others are refused with status 403.
   *
   * @default all but `unix`, which would have clients dial files of theirs
   */
  readonly protocols?: readonly Address["protocol"][];
  /**
   * Hosts that may be listed, as their addresses name them; one that begins with
   * a dot stands for all names under it. Others are refused with status 403.
   *
   * @default all
   */
  readonly hosts?: readonly string[];
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
 * Beyond the original, `X-Geerpc-Service` (or `?service=`) names one of many
 * lists; `X-Geerpc-Weight` and `X-Geerpc-Tags` say more about a server, and come
 * back in the order of the list where any server has them; `GET` with
 * `?wait=<ms>&version=<version>` is answered when the list is no longer the one
 * of that version, of which `X-Geerpc-Version` tells, or when the wait is over.
 *
 * @example Register and list
 * ```ts
 * import { Registry } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = new Registry();
 * const url = "http://registry/_geerpc_/registry";
 * await registry.fetch(
 *   new Request(url, {
 *     method: "POST",
 *     headers: { "x-geerpc-server": "tcp@10.0.0.1:9999" },
 *   }),
 * );
 * const list = await registry.fetch(new Request(url));
 * assertEquals(list.headers.get("x-geerpc-servers"), "tcp@10.0.0.1:9999");
 * ```
 */
export class Registry implements AsyncDisposable {
  /** Answers one request; bound, so that it can be handed to `Deno.serve`. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly #lists = new Map<string, RegistryList>();
  readonly #versions = new Map<string, number>();
  // A registry that starts again begins with other versions.
  readonly #epoch = crypto.randomUUID().slice(0, 8);
  readonly #timeout: number;
  readonly #token: string | undefined;
  readonly #maxServers: number;
  readonly #protocols: ReadonlySet<string>;
  readonly #hosts: readonly string[] | undefined;
  readonly #now: () => number;
  readonly #waiters: Waiters;
  #changes = 0;

  /**
   * Begins with an empty list.
   *
   * @param options Timeout, token and limits.
   * @throws {RangeError} when the timeout or a limit is out of range.
   */
  constructor(options: RegistryOptions = {}) {
    this.#timeout = checkMilliseconds("timeout", options.timeout ?? 300_000);
    this.#token = options.token;
    this.#maxServers = checkCount("maxServers", options.maxServers ?? 1000);
    this.#protocols = new Set(options.protocols ?? NETWORK_PROTOCOLS);
    this.#hosts = options.hosts;
    this.#now = options.now ?? (() => performance.now());
    this.#waiters = new Waiters(
      checkCount("maxWaiters", options.maxWaiters ?? 1000),
    );
    this.fetch = (request) => this.#answer(request);
  }

  /**
   * The living servers of a service, sorted.
   *
   * @param service The name of the service; the list without a name otherwise.
   * @returns their addresses.
   */
  servers(service = ""): string[] {
    return this.#endpoints(service).map(({ address }) => address);
  }

  /** Answers all who wait for a change, now and from now on. */
  close(): Promise<void> {
    this.#waiters.close();
    return Promise.resolve();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #answer(request: Request): Response | Promise<Response> {
    const { method, headers } = request;
    const { searchParams } = new URL(request.url);
    const service = headers.get(SERVICE_HEADER) ??
      searchParams.get("service") ?? "";
    if (!isServiceName(service)) return status(400);
    if (method === "GET" || method === "HEAD") {
      const wait = searchParams.get("wait");
      return wait === null
        ? this.#list(service)
        : this.#poll(service, wait, searchParams.get("version"), request);
    }
    if (method !== "POST" && method !== "DELETE") {
      return new Response(null, {
        status: 405,
        headers: { allow: "GET, HEAD, POST, DELETE" },
      });
    }
    if (!this.#mayWrite(headers.get("authorization"))) return status(401);
    const address = headers.get(SERVER_HEADER) ?? "";
    // 500 is what the original answers here, and what its servers know.
    if (address === "") return status(500);
    try {
      return status(this.#write(method, service, readEndpoint(headers)));
    } catch {
      return status(400);
    }
  }

  #list(service: string): Response {
    const endpoints = this.#endpoints(service);
    const addresses = endpoints.map(({ address }) => address);
    const headers = new Headers({ [SERVERS_HEADER]: addresses.join(",") });
    // Left out where they say nothing, as the original knows none of them.
    if (endpoints.some(({ weight }) => weight !== 1)) {
      headers.set(WEIGHT_HEADER, endpoints.map(({ weight }) => weight).join());
    }
    if (endpoints.some(({ tags }) => tags.length > 0)) {
      const tags = endpoints.map(({ tags }) => tags.join(" "));
      headers.set(TAGS_HEADER, tags.join(","));
    }
    return new Response(null, { headers });
  }

  /** Answers when the list is another one than the caller's, or the wait is over. */
  async #poll(
    service: string,
    wait: string,
    version: string | null,
    { signal }: Request,
  ): Promise<Response> {
    const ms = Number(wait);
    if (!(ms >= 0)) return status(400);
    const end = this.#now() + Math.min(ms, MAX_WAIT_MS);
    while (version === this.#version(service)) {
      const left = end - this.#now();
      if (left <= 0 || signal.aborted || this.#waiters.isClosed) break;
      if (this.#waiters.isFull) return status(503);
      const expiry = this.#lists.get(service)?.nextExpiry() ?? Infinity;
      const pause = Math.min(left, expiry - this.#now());
      await this.#waiters.wait(service, Math.max(1, pause), signal);
    }
    const response = this.#list(service);
    response.headers.set(VERSION_HEADER, this.#version(service));
    return response;
  }

  #write(
    method: "POST" | "DELETE",
    service: string,
    endpoint: Required<Endpoint>,
  ): number {
    const { address } = endpoint;
    if (!this.#isAllowed(address)) return 403;
    if (method === "DELETE") {
      if (this.#lists.get(service)?.remove(address)) this.#changed(service);
      return 200;
    }
    const isKnown = this.#lists.get(service)?.has(address) === true;
    if (!isKnown && this.#count() >= this.#maxServers) return 503;
    let list = this.#lists.get(service);
    if (list === undefined) {
      list = new RegistryList(this.#timeout);
      this.#lists.set(service, list);
    }
    if (list.put(endpoint, this.#now())) this.#changed(service);
    return 200;
  }

  #isAllowed(text: string): boolean {
    const address = parseAddress(text);
    if (!this.#protocols.has(address.protocol)) return false;
    const hosts = this.#hosts;
    if (hosts === undefined || !("hostname" in address)) return true;
    const { hostname } = address;
    return hosts.some((host) =>
      host === hostname || host.startsWith(".") && hostname.endsWith(host)
    );
  }

  #endpoints(service: string): Required<Endpoint>[] {
    this.#prune(service);
    return this.#lists.get(service)?.endpoints() ?? [];
  }

  /** Servers of all services, without those whose time is over. */
  #count(): number {
    let count = 0;
    for (const service of [...this.#lists.keys()]) {
      this.#prune(service);
      count += this.#lists.get(service)?.size ?? 0;
    }
    return count;
  }

  #prune(service: string): void {
    if (this.#lists.get(service)?.prune(this.#now())) this.#changed(service);
  }

  #changed(service: string): void {
    if (this.#lists.get(service)?.size === 0) {
      this.#lists.delete(service);
      this.#versions.delete(service);
    } else {
      this.#versions.set(service, ++this.#changes);
    }
    this.#waiters.wake(service);
  }

  #version(service: string): string {
    this.#prune(service);
    return `${this.#epoch}.${this.#versions.get(service) ?? 0}`;
  }

  #mayWrite(authorization: string | null): boolean {
    return this.#token === undefined ||
      equalsInConstantTime(authorization ?? "", `Bearer ${this.#token}`);
  }
}

const NETWORK_PROTOCOLS: readonly string[] = ["tcp", "tls", "http"];

function readEndpoint(headers: Headers): Required<Endpoint> {
  const tags = headers.get(TAGS_HEADER) ?? "";
  return checkEndpoint({
    address: headers.get(SERVER_HEADER) ?? "",
    weight: Number(headers.get(WEIGHT_HEADER) ?? 1),
    tags: tags === "" ? [] : tags.split(" "),
  });
}

function status(status: number): Response {
  return new Response(null, { status });
}

/** Compares without telling by its duration where the first difference lies. */
function equalsInConstantTime(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let i = 0; i < wanted.length; i++) {
    difference |= given.charCodeAt(i) ^ wanted.charCodeAt(i);
  }
  return difference === 0;
}
