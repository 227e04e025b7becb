// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds, timeLimit } from "../duration.ts";
import { quietly } from "../quietly.ts";
import {
  isServiceName,
  SERVERS_HEADER,
  SERVICE_HEADER,
  TAGS_HEADER,
  VERSION_HEADER,
  WEIGHT_HEADER,
} from "../registry_wire.ts";
import { BackOff } from "../resilience/back_off.ts";
import { sleep } from "../sleep.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";
import { type Endpoint, readEndpoints } from "./endpoint.ts";
import { RefreshedList } from "./refreshed_list.ts";

/** Options of a `RegistryDiscovery`. */
export interface RegistryDiscoveryOptions {
  /**
   * How long a list counts as fresh, in ms; an older one is still used while the
   * next is fetched.
   *
   * @default {10000}
   */
  readonly freshness?: number;
  /**
   * How long a registry may take to answer, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The service whose servers are wanted.
   *
   * @default the list without a name, the only one of the original
   */
  readonly service?: string;
  /**
   * Whether changes are waited for, by one request that is always under way, so
   * that they are known at once; such a discovery must be closed.
   *
   * @default {false}
   */
  readonly push?: boolean;
  /**
   * Told when the registries failed while an older list goes on serving.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

// Under the limits that proxies have by custom.
const WAIT_MS = 25_000;
// Registries behind one URL, each with versions of its own, answer at once.
const MIN_PAUSE_MS = 50;

/**
 * Servers from a Gee registry over HTTP (`GeeRegistryDiscovery` of the original),
 * or from several that keep copies of one list: they are asked in turn, the one
 * that answered last first.
 *
 * Only the first list is waited for. A list that has grown old is served at once
 * and refreshed in the background, by one request at a time; when the registry
 * is down, the last list stays.
 *
 * @example A server in a list
 * ```ts
 * import { Heartbeat, Registry, RegistryDiscovery } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = new Registry();
 * await using web = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   registry.fetch,
 * );
 * const url = `http://127.0.0.1:${web.addr.port}/_geerpc_/registry`;
 *
 * const service = "Arith";
 * await using heartbeat = new Heartbeat(url, "tcp@10.0.0.1:9999", { service });
 * await heartbeat.listed;
 *
 * const discovery = new RegistryDiscovery(url, { service });
 * const [server] = await discovery.getAll();
 * assertEquals(server?.address, "tcp@10.0.0.1:9999");
 * ```
 */
export class RegistryDiscovery implements Discovery, AsyncDisposable {
  readonly #registries: readonly string[];
  readonly #freshness: number;
  readonly #timeout: number;
  readonly #headers: Record<string, string>;
  readonly #isPushed: boolean;
  readonly #onError: (error: unknown) => void;
  readonly #list: RefreshedList;
  readonly #closing = new AbortController();
  #current = 0;
  #version: string | undefined;
  #following: Promise<void> | undefined;

  /**
   * Names the registries; nothing is asked before the first `getAll`.
   *
   * @param registry The URL of the registry, or of each that keeps a copy.
   * @param options Freshness, timeout, service and reporting.
   * @throws {TypeError} when a URL is malformed, or there is none.
   * @throws {RangeError} when a time is out of range.
   * @throws {SyntaxError} when the service's name is none.
   */
  constructor(
    registry: string | URL | readonly (string | URL)[],
    options: RegistryDiscoveryOptions = {},
  ) {
    this.#registries = [registry].flat().map((url) => new URL(url).href);
    if (this.#registries.length === 0) {
      throw new TypeError("Cannot discover servers: no registry is given");
    }
    const { freshness = 10_000, timeout = 5000, service = "" } = options;
    if (!isServiceName(service)) {
      throw new SyntaxError(
        `Cannot use service ${
          JSON.stringify(service)
        }: at most 128 letters, digits and "_.-" are wanted`,
      );
    }
    this.#headers = service === "" ? {} : { [SERVICE_HEADER]: service };
    this.#freshness = checkMilliseconds("freshness", freshness);
    this.#timeout = checkMilliseconds("timeout", timeout);
    this.#isPushed = options.push ?? false;
    const onError = quietly(options.onError);
    this.#onError = onError;
    this.#list = new RefreshedList(() => this.#load(), {
      // What is pushed is never old.
      freshness: this.#isPushed ? Infinity : this.#freshness,
      onError,
    });
  }

  /**
   * The servers of the last list.
   *
   * @param options Ends the wait for the first list.
   * @returns endpoints, none twice, at once where a list is known; what is no
   * address was left out.
   */
  getAll(
    options: DiscoveryOptions = {},
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    const list = this.#list.get(options.signal);
    if (this.#isPushed && !(list instanceof Promise)) {
      this.#following ??= this.#follow();
    }
    return list;
  }

  /** Asks a registry now, or joins the request that is on its way. */
  refresh(): Promise<void> {
    return this.#list.refresh();
  }

  /** Ends the wait for changes; the last list stays. */
  async close(): Promise<void> {
    this.#closing.abort(
      new Error("Cannot discover servers: the discovery was closed"),
    );
    await this.#following;
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits for one list after the other. */
  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff({ base: 500, max: this.#freshness });
    for (let failures = 0; !signal.aborted;) {
      let pause = 0;
      try {
        this.#list.set(await this.#load(WAIT_MS));
        failures = 0;
        // The original and its kin do not know how to wait.
        if (this.#version === undefined) pause = this.#freshness;
      } catch (error) {
        if (signal.aborted) return;
        this.#onError(error);
        pause = backOff.pause(++failures);
      }
      await sleep(Math.max(pause, MIN_PAUSE_MS), signal);
    }
  }

  /** The list of the first registry that answers. */
  async #load(wait = 0): Promise<readonly Endpoint[]> {
    const errors: unknown[] = [];
    for (const _ of this.#registries) {
      try {
        return await this.#ask(wait);
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        errors.push(error);
        this.#current = (this.#current + 1) % this.#registries.length;
      }
    }
    if (errors.length === 1) throw errors[0];
    throw new AggregateError(
      errors,
      "Cannot refresh servers: no registry answered",
    );
  }

  async #ask(wait: number): Promise<readonly Endpoint[]> {
    const url = new URL(this.#registries[this.#current]!); // within its bounds
    if (this.#isPushed) {
      url.searchParams.set("wait", `${wait}`);
      url.searchParams.set("version", this.#version ?? "");
    }
    const timeout = this.#timeout === 0 ? 0 : this.#timeout + wait;
    const response = await fetch(url, {
      headers: this.#headers,
      signal: timeLimit(timeout, this.#closing.signal),
      redirect: "error",
    });
    await response.body?.cancel();
    if (!response.ok) {
      throw new Error(
        `Cannot refresh servers: the registry answered ${response.status}`,
      );
    }
    const endpoints = readList(response.headers);
    this.#version = response.headers.get(VERSION_HEADER) ?? undefined;
    return endpoints;
  }
}

/** The servers of an answer, with weights and tags where it has them. */
function readList(headers: Headers): readonly Endpoint[] {
  const list = headers.get(SERVERS_HEADER);
  // A registry always sends it; something else must not empty the list.
  if (list === null) {
    throw new Error(
      `Cannot refresh servers: the answer has no "${SERVERS_HEADER}" header`,
    );
  }
  const weights = headers.get(WEIGHT_HEADER)?.split(",") ?? [];
  const tags = headers.get(TAGS_HEADER)?.split(",") ?? [];
  return readEndpoints(
    list.split(",").map((server, i) => ({
      address: server.trim(),
      weight: Number(weights[i] ?? 1),
      tags: tags[i]?.trim().split(" ").filter((tag) => tag !== "") ?? [],
    })),
  );
}
