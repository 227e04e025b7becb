// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "../abortable.ts";
import { checkMilliseconds, timeLimit } from "../duration.ts";
import { quietly } from "../quietly.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";
import { type Endpoint, readEndpoints } from "./endpoint.ts";
import { RefreshedList } from "./refreshed_list.ts";

/** A record of type SRV (RFC 2782). */
export interface SrvRecord {
  /** Servers of the lowest number are used first. */
  readonly priority: number;
  /** The share of the calls among servers of one priority. */
  readonly weight: number;
  /** The port. */
  readonly port: number;
  /** The host, with or without a dot at its end. */
  readonly target: string;
}

/** What a `DnsDiscovery` asks. */
export interface DnsResolver {
  /** The addresses of a host, of the versions 4 and 6; rejects when there are none. */
  resolveHost(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The SRV records of a service; rejects when there are none. */
  resolveService(
    name: string,
    signal: AbortSignal,
  ): Promise<readonly SrvRecord[]>;
}

/** Options of a `DnsDiscovery`. */
export interface DnsDiscoveryOptions {
  /**
   * The port of the servers, where the name is a host's.
   *
   * @default none: the name is a service's, and SRV records tell the ports
   */
  readonly port?: number;
  /**
   * How long a list counts as fresh, in ms; an older one is still used while the
   * next is asked for.
   *
   * @default {30000}
   */
  readonly freshness?: number;
  /**
   * How long an answer may take, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * Whom to ask.
   *
   * @default {Deno.resolveDns}
   */
  readonly resolver?: DnsResolver;
  /**
   * Told when a question failed while an older list goes on serving.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

// "A very small chance of being selected" is what RFC 2782 wants for weight 0.
const LEAST_WEIGHT = 0.01;

/**
 * Servers from the domain name system: the addresses of a host (A and AAAA), or
 * the SRV records of a service with their priorities and weights.
 *
 * Only the first list is waited for; it is refreshed in the background, and
 * stays while nobody answers or the name has no records.
 *
 * @example Records of a service
 * ```ts
 * import { DnsDiscovery } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const discovery = new DnsDiscovery("_gee._tcp.example.com", {
 *   resolver: { // in place of Deno.resolveDns
 *     resolveHost: () => Promise.resolve([]),
 *     resolveService: () =>
 *       Promise.resolve([
 *         { priority: 0, weight: 5, port: 9999, target: "one.example.com." },
 *       ]),
 *   },
 * });
 * const [server] = await discovery.getAll();
 * assertEquals(server?.address, "tcp@one.example.com:9999");
 * ```
 */
export class DnsDiscovery implements Discovery {
  readonly #name: string;
  readonly #port: number | undefined;
  readonly #timeout: number;
  readonly #resolver: DnsResolver;
  readonly #list: RefreshedList;

  /**
   * Names the host or the service; nothing is asked before the first `getAll`.
   *
   * @param name The name of a host (with `port`), or of a service, such as
   * `_gee._tcp.example.com`.
   * @param options Port, freshness, timeout and reporting.
   * @throws {RangeError} when the port or a time is out of range.
   */
  constructor(name: string, options: DnsDiscoveryOptions = {}) {
    const { port, freshness = 30_000, timeout = 5000 } = options;
    if (
      port !== undefined &&
      !(Number.isInteger(port) && port > 0 && port < 65_536)
    ) {
      throw new RangeError(
        `Cannot use port ${port}: a whole number from 1 to 65535 is wanted`,
      );
    }
    this.#name = name;
    this.#port = port;
    this.#timeout = checkMilliseconds("timeout", timeout);
    this.#resolver = options.resolver ?? DENO_RESOLVER;
    this.#list = new RefreshedList(() => this.#load(), {
      freshness: checkMilliseconds("freshness", freshness),
      onError: quietly(options.onError),
    });
  }

  /**
   * The servers of the last answer.
   *
   * @param options Ends the wait for the first answer.
   * @returns endpoints, at once where a list is known.
   */
  getAll(
    options: DiscoveryOptions = {},
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    return this.#list.get(options.signal);
  }

  /** Asks now, or joins the question that is on its way. */
  refresh(): Promise<void> {
    return this.#list.refresh();
  }

  async #load(): Promise<readonly Endpoint[]> {
    const signal = timeLimit(this.#timeout);
    // A resolver of one's own may not heed it.
    const found = await abortable(this.#ask(signal), signal);
    const endpoints = readEndpoints(found);
    // Rather the old list than none: an empty zone is an accident.
    if (endpoints.length === 0) {
      throw new Error(
        `Cannot discover servers: "${this.#name}" has no records`,
      );
    }
    return endpoints;
  }

  async #ask(signal: AbortSignal): Promise<readonly (string | Endpoint)[]> {
    if (this.#port === undefined) {
      const records = await this.#resolver.resolveService(this.#name, signal);
      return records.map(toEndpoint);
    }
    const hosts = await this.#resolver.resolveHost(this.#name, signal);
    return hosts.map((host) => toAddress(host, this.#port));
  }
}

function toEndpoint({ priority, weight, port, target }: SrvRecord): Endpoint {
  return {
    address: toAddress(target.replace(/\.$/, ""), port),
    weight: weight === 0 ? LEAST_WEIGHT : weight,
    priority,
  };
}

function toAddress(host: string, port: number | undefined): string {
  return `tcp@${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const DENO_RESOLVER: DnsResolver = {
  async resolveHost(name, signal) {
    const answers = await Promise.allSettled([
      Deno.resolveDns(name, "A", { signal }),
      Deno.resolveDns(name, "AAAA", { signal }),
    ]);
    const hosts = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? answer.value : []
    );
    // A host may well have addresses of one version only.
    const failure = answers.find(({ status }) => status === "rejected");
    if (hosts.length === 0 && failure?.status === "rejected") {
      throw failure.reason;
    }
    return hosts;
  },
  resolveService(name, signal) {
    return Deno.resolveDns(name, "SRV", { signal });
  },
};
