// Copyright 2026 the Gee authors. MIT license.

import { timeLimit } from "../duration.ts";
import { quietly } from "../quietly.ts";
import { BackOff } from "../resilience/back_off.ts";
import { sleep } from "../sleep.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";
import { type Endpoint, readEndpoints } from "./endpoint.ts";
import {
  EtcdGateway,
  type EtcdOptions,
  type Json,
  objectAt,
  objectsAt,
  textAt,
  toBase64,
} from "./etcd_gateway.ts";
import { LatestList } from "./latest_list.ts";

// A watch that was cut without a word says nothing any more, so none lasts longer.
const WATCH_MS = 60_000;
const MAX_SERVERS = 10_000;

/**
 * Servers from etcd 3.4 and later: lists what is under a prefix, then watches it
 * from the next revision on, so that changes are known at once.
 *
 * The value of a key is the JSON of an endpoint, as `EtcdHeartbeat` writes it, or
 * an address alone. A watch that was lost, that lasted a minute, or whose
 * revision was compacted is followed by a new list; while etcd is down the last
 * list stays. It must be closed.
 *
 * @example Servers of a cluster
 * ```ts
 * import { EtcdDiscovery, XClient } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * await using discovery = new EtcdDiscovery({
 *   endpoints: ["http://10.0.0.1:2379", "http://10.0.0.2:2379"],
 * });
 * await using client = new XClient(discovery, { selector: "p2c" });
 * assertEquals(client.stats().calls, 0); // the first one asks etcd
 * ```
 */
export class EtcdDiscovery implements Discovery, AsyncDisposable {
  readonly #gateway: EtcdGateway;
  readonly #prefix: Uint8Array;
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #latest = new LatestList();
  // By key, as deletions tell no more.
  readonly #values = new Map<string, string>();
  #running: Promise<void> | undefined;

  /**
   * Names the cluster; nothing is asked before the first `getAll`.
   *
   * @param options Where etcd is, the prefix, and reporting.
   * @throws {TypeError} when an endpoint is no URL, or the prefix is empty.
   * @throws {RangeError} when the timeout is out of range.
   */
  constructor(options: EtcdOptions = {}) {
    this.#gateway = new EtcdGateway(options);
    const { prefix = "/gee/rpc/" } = options;
    if (prefix === "") {
      throw new TypeError("Cannot discover servers: the prefix is empty");
    }
    this.#prefix = new TextEncoder().encode(prefix);
    this.#onError = quietly(options.onError);
  }

  /**
   * The servers of this moment.
   *
   * @param options Ends the wait for the first list.
   * @returns endpoints, none twice, at once where a list is known; what is no
   * endpoint was left out.
   */
  getAll(
    options: DiscoveryOptions = {},
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    const list = this.#latest.get(options.signal);
    this.#running ??= this.#run();
    return list;
  }

  /** Ends the watch; the last list stays. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#latest.end(
      new Error("Cannot discover servers: the discovery was closed"),
    );
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff({ base: 100, max: 5000 });
    for (let failures = 0; !signal.aborted;) {
      try {
        const revision = await this.#list(signal);
        failures = 0;
        await this.#watch(revision + 1n, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#latest.fail(error);
        this.#onError(error);
        failures++;
      }
      // Also after a watch that ended well: what cuts it may do so at once again.
      await sleep(backOff.pause(Math.max(1, failures)), signal);
    }
  }

  /** Reads all servers; returns the revision they are of. */
  async #list(signal: AbortSignal): Promise<bigint> {
    const answer = await this.#gateway.call("kv/range", {
      ...this.#range(),
      limit: MAX_SERVERS,
    }, signal);
    this.#values.clear();
    for (const entry of objectsAt(answer, "kvs")) this.#put(entry);
    this.#publish();
    return BigInt(String(objectAt(answer, "header").revision));
  }

  /** Follows the changes; returns when a new list is wanted. */
  async #watch(revision: bigint, signal: AbortSignal): Promise<void> {
    const limit = timeLimit(WATCH_MS, signal);
    const request = {
      "create_request": { ...this.#range(), "start_revision": `${revision}` },
    };
    try {
      for await (
        const line of this.#gateway.stream("watch", request, limit)
      ) {
        const result = objectAt(line, "result");
        const events = objectsAt(result, "events");
        for (const event of events) this.#apply(event);
        if (events.length > 0) this.#publish();
        // Compacted: what came between is lost, and the list tells it.
        if (result.canceled === true) return;
      }
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
    }
  }

  #apply(event: Json): void {
    const entry = objectAt(event, "kv");
    if (event.type !== "DELETE") return this.#put(entry);
    const key = textAt(entry, "key");
    if (key !== undefined) this.#values.delete(key);
  }

  #put(entry: Json): void {
    const key = textAt(entry, "key");
    const value = textAt(entry, "value");
    if (key === undefined || value === undefined) return;
    if (this.#values.size < MAX_SERVERS || this.#values.has(key)) {
      this.#values.set(key, value);
    }
  }

  #publish(): void {
    this.#latest.set(readEndpoints([...this.#values.values()].map(readValue)));
  }

  /** All keys that begin with the prefix. */
  #range(): { readonly key: string; readonly range_end: string } {
    const end = this.#prefix.slice();
    // UTF-8 has no byte 255, so there is always a next one.
    end[end.length - 1]!++;
    return { key: toBase64(this.#prefix), range_end: toBase64(end) };
  }
}

/** The JSON of an endpoint, or an address alone. */
function readValue(value: string): unknown {
  if (!value.startsWith("{")) return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
