// Copyright 2026 the Gee authors. MIT license.

import { keepUp } from "../keep_up.ts";
import { checkCount } from "../limits.ts";
import { quietly } from "../quietly.ts";
import { checkEndpoint, type Endpoint } from "./endpoint.ts";
import {
  EtcdGateway,
  type EtcdOptions,
  objectAt,
  toBase64,
} from "./etcd_gateway.ts";

/** Options of an `EtcdHeartbeat`. */
export interface EtcdHeartbeatOptions extends EtcdOptions {
  /**
   * How long the server stays listed when it is heard of no more, in whole
   * seconds; it is heard of three times in that.
   *
   * @default {15}
   */
  readonly ttl?: number;
}

/**
 * Keeps a server listed in etcd until closed, and takes it off then.
 *
 * The key (prefix and address) belongs to a lease that is kept alive. A lease
 * that etcd no longer knows, after an outage or a restart from an old state, is
 * granted anew and the key put again.
 *
 * @example A server of a cluster
 * ```ts
 * import { EtcdHeartbeat } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * // In place of an etcd: grants a lease, takes the key, revokes the lease.
 * const paths: string[] = [];
 * await using etcd = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   (request) => {
 *     paths.push(new URL(request.url).pathname);
 *     return Response.json({ ID: "7" });
 *   },
 * );
 *
 * const server = { address: "tcp@10.0.0.7:9999", weight: 2 };
 * const heartbeat = new EtcdHeartbeat(server, {
 *   endpoints: [`http://127.0.0.1:${etcd.addr.port}`],
 * });
 * await heartbeat.listed;
 * await heartbeat.close();
 * assertEquals(paths, ["/v3/lease/grant", "/v3/kv/put", "/v3/lease/revoke"]);
 * ```
 */
export class EtcdHeartbeat implements AsyncDisposable {
  /** Resolves when the server is listed for the first time, or on `close`. */
  readonly listed: Promise<void>;
  readonly #gateway: EtcdGateway;
  readonly #key: string;
  readonly #value: string;
  readonly #ttl: number;
  readonly #onError: (error: unknown) => void;
  readonly #onListed: () => void;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #lease: string | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Lists the server.
   *
   * @param server The server's address as others dial it, or more about it.
   * @param options Where etcd is, how long the lease is, and reporting.
   * @throws {SyntaxError} when the address is none, or a tag.
   * @throws {TypeError} when an endpoint is no URL.
   * @throws {RangeError} when a time or the weight is out of range.
   */
  constructor(server: string | Endpoint, options: EtcdHeartbeatOptions = {}) {
    const endpoint = checkEndpoint(server);
    const { prefix = "/gee/rpc/", ttl = 15 } = options;
    this.#gateway = new EtcdGateway(options);
    this.#key = encode(prefix + endpoint.address);
    this.#value = encode(JSON.stringify(endpoint));
    this.#ttl = checkCount("ttl", ttl);
    this.#onError = quietly(options.onError);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.listed = promise;
    this.#onListed = resolve;
    this.#running = keepUp((signal) => this.#beat(signal), {
      period: this.#ttl * 1000 / 3,
      signal: this.#closing.signal,
      onError: this.#onError,
    });
  }

  /** Ends the lease, and with it the listing, where that can be done. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #beat(signal: AbortSignal): Promise<void> {
    if (this.#lease !== undefined && await this.#isAlive(this.#lease, signal)) {
      return;
    }
    this.#lease = undefined;
    const { ID: lease } = await this.#gateway.call("lease/grant", {
      TTL: `${this.#ttl}`,
    }, signal);
    if (typeof lease !== "string") {
      throw new Error(
        "Cannot list the server in etcd: a lease has no ID",
      );
    }
    // Known before the key is: `close` may come in between.
    this.#lease = lease;
    try {
      await this.#gateway.call("kv/put", {
        key: this.#key,
        value: this.#value,
        lease,
      }, signal);
    } catch (error) {
      // A lease alone lists nothing: the next beat begins anew.
      if (!signal.aborted) this.#lease = undefined;
      throw error;
    }
    this.#onListed();
  }

  /** A keepalive of a lease that is gone is answered all the same, without a TTL. */
  async #isAlive(lease: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#gateway.call("lease/keepalive", {
      ID: lease,
    }, signal);
    return Number(objectAt(answer, "result").TTL ?? 0) > 0;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#onListed();
    if (this.#lease === undefined) return;
    await this.#gateway.call("lease/revoke", { ID: this.#lease })
      .catch(this.#onError);
  }
}

function encode(text: string): string {
  return toBase64(new TextEncoder().encode(text));
}
