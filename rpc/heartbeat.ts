// Copyright 2026 the Gee authors. MIT license.

import { checkEndpoint } from "./discovery/endpoint.ts";
import { checkMilliseconds, timeLimit } from "./duration.ts";
import { keepUp } from "./keep_up.ts";
import { quietly } from "./quietly.ts";
import {
  isServiceName,
  SERVER_HEADER,
  SERVICE_HEADER,
  TAGS_HEADER,
  WEIGHT_HEADER,
} from "./registry_wire.ts";

/** Options of a `Heartbeat`. */
export interface HeartbeatOptions {
  /**
   * Time between heartbeats, in ms, from 1; less than the registry's timeout.
   *
   * @default {240000} (4 minutes: a registry forgets after 5)
   */
  readonly period?: number;
  /**
   * How long the registry may take to answer, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /** The registry's token for writers. */
  readonly token?: string;
  /**
   * The service whose list the server is on.
   *
   * @default the list without a name, the only one of the original
   */
  readonly service?: string;
  /**
   * The server's share of the calls beside the others', above 0.
   *
   * @default {1}
   */
  readonly weight?: number;
  /**
   * Words about the server, such as `zone=a`.
   *
   * @default none
   */
  readonly tags?: readonly string[];
  /**
   * Told about each heartbeat that failed; the next try follows all the same.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Keeps a server listed in one or several registries until closed, and takes it
 * off then.
 *
 * A failed heartbeat (an answer that is not 2xx counts as one) is tried again
 * after half a second, then at doubling intervals up to the period, each with
 * jitter, so that many servers do not come back to a registry at once.
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
export class Heartbeat implements AsyncDisposable {
  /** Resolves when the server is listed for the first time, anywhere, or on `close`. */
  readonly listed: Promise<void>;
  readonly #registries: readonly string[];
  readonly #address: string;
  readonly #timeout: number;
  readonly #headers: Record<string, string>;
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #onListed: () => void;
  readonly #running: Promise<unknown>;
  #closed: Promise<void> | undefined;

  /**
   * Sends the first heartbeats.
   *
   * @param registry The URL of the registry, or of each that keeps a copy of the list.
   * @param address The server's address as others dial it: `tcp@host:port`.
   * @param options Period, timeout, token, what to say of the server, and reporting.
   * @throws {SyntaxError} when the address is none, or a tag or the service's name.
   * @throws {TypeError} when a URL is malformed, or there is none.
   * @throws {RangeError} when a time or the weight is out of range.
   */
  constructor(
    registry: string | URL | readonly (string | URL)[],
    address: string,
    options: HeartbeatOptions = {},
  ) {
    this.#headers = headersOf(address, options);
    this.#registries = [registry].flat().map((url) => new URL(url).href);
    if (this.#registries.length === 0) {
      throw new TypeError("Cannot list the server: no registry is given");
    }
    this.#address = address;
    const period = checkMilliseconds("period", options.period ?? 240_000);
    // Without a wait in between, heartbeats would be a flood.
    if (period < 1) {
      throw new RangeError(
        `Cannot use period ${period}: it must be at least 1 millisecond`,
      );
    }
    this.#timeout = checkMilliseconds("timeout", options.timeout ?? 5000);
    this.#onError = quietly(options.onError);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.listed = promise;
    this.#onListed = resolve;
    const { signal } = this.#closing;
    const onError = this.#onError;
    this.#running = Promise.all(
      this.#registries.map((url) =>
        keepUp((signal) => this.#beat(url, signal), { period, signal, onError })
      ),
    );
  }

  /** Ends the heartbeats and takes the server off the list, where that can be done. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #beat(registry: string, signal: AbortSignal): Promise<void> {
    await this.#send(registry, "POST", signal);
    this.#onListed();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#onListed();
    await Promise.all(
      this.#registries.map((url) =>
        this.#send(url, "DELETE").catch(this.#onError)
      ),
    );
  }

  async #send(
    registry: string,
    method: "POST" | "DELETE",
    signal?: AbortSignal,
  ): Promise<void> {
    const response = await fetch(registry, {
      method,
      headers: this.#headers,
      signal: timeLimit(this.#timeout, signal),
      redirect: "error",
    });
    await response.body?.cancel();
    if (response.ok) return;
    throw new Error(
      `Cannot send a heartbeat for "${this.#address}": the registry answered ${response.status}`,
    );
  }
}

/** What every heartbeat says; nothing beyond the original's unless asked for. */
function headersOf(
  address: string,
  options: HeartbeatOptions,
): Record<string, string> {
  const { token, service = "", weight = 1, tags = [] } = options;
  checkEndpoint({ address, weight, tags });
  if (!isServiceName(service)) {
    throw new SyntaxError(
      `Cannot use service ${
        JSON.stringify(service)
      }: at most 128 letters, digits and "_.-" are wanted`,
    );
  }
  const headers: Record<string, string> = { [SERVER_HEADER]: address };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (service !== "") headers[SERVICE_HEADER] = service;
  if (weight !== 1) headers[WEIGHT_HEADER] = `${weight}`;
  if (tags.length > 0) headers[TAGS_HEADER] = tags.join(" ");
  return headers;
}
