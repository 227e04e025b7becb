// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import { createSelector } from "./balance/create_selector.ts";
import { type CallOptions, DEFAULT_TIMEOUT } from "./call.ts";
import type { Discovery } from "./discovery/discovery.ts";
import type { EndpointList } from "./discovery/endpoint.ts";
import { checkMilliseconds, timeLimit } from "./duration.ts";
import { NoServersError, ShutdownError } from "./errors.ts";
import { allFailed, callAll, callAny, checkShared } from "./fan_out.ts";
import type { PooledServer } from "./pooled_server.ts";
import { CallPolicy } from "./resilience/call_policy.ts";
import { CircuitBreaker } from "./resilience/circuit_breaker.ts";
import { OutlierDetector } from "./resilience/outlier_detector.ts";
import { RetryBudget } from "./resilience/retry_budget.ts";
import { Subset } from "./resilience/subset.ts";
import { ServerPool } from "./server_pool.ts";
import {
  type RemoteParameters,
  type ServiceClient,
  serviceClient,
} from "./service_client.ts";
import type {
  BroadcastOptions,
  BroadcastResult,
  FailPolicy,
  XClientOptions,
  XClientStats,
} from "./x_client_options.ts";

/**
 * A service as a broadcast sees it: the same methods, each a promise of what
 * every server answered.
 *
 * @typeParam Service The class or interface the servers registered.
 */
export type ServiceBroadcast<Service> = {
  readonly [
    Name in keyof Service as Service[Name] extends (...args: never[]) => unknown
      ? Name
      : never
  ]: Service[Name] extends (...args: never[]) => infer Reply ? (
      ...parameters: RemoteParameters<Service[Name]>
    ) => Promise<BroadcastResult<Awaited<Reply>>[]>
    : never;
};

/**
 * Calls services that several servers offer.
 *
 * It asks its discovery for the servers, lets its selector choose one, and keeps
 * one connection to each, dialed on first use and again after it was lost. A
 * server that cannot be reached is passed over for the next one, and for a while
 * by further calls as long as there are others: nothing was sent yet, so no
 * method runs twice. A call that was sent is repeated only where its method is
 * said to be idempotent.
 *
 * @example Two servers, in turn
 * ```ts
 * import { FixedDiscovery, Server, XClient } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Who {
 *   constructor(readonly answer: string) {}
 *   am() {
 *     return this.answer;
 *   }
 * }
 * const [one, two] = [new Server(), new Server()];
 * one.register(new Who("one"));
 * two.register(new Who("two"));
 * await using first = one.listen();
 * await using second = two.listen();
 *
 * await using client = new XClient(
 *   new FixedDiscovery([first.address, second.address]),
 *   { selector: "roundRobin", idempotent: ["Who.am"] },
 * );
 * const who = client.service<Who>("Who");
 * assertEquals([await who.am(), await who.am()].sort(), ["one", "two"]);
 *
 * const all = await client.service<Who>("Who", "broadcast").am();
 * assertEquals(all.length, 2);
 * ```
 */
export class XClient implements AsyncDisposable {
  readonly #discovery: Discovery;
  readonly #timeout: number;
  readonly #pool: ServerPool;
  readonly #policy: CallPolicy;
  readonly #closing = new AbortController();

  /**
   * Makes a client that dials servers on first use.
   *
   * @param discovery What knows the servers.
   * @param options Selector, policy and limits, and what `dial` takes.
   * @throws {TypeError} when there is no such selector or policy.
   * @throws {RangeError} when a number is out of range.
   */
  constructor(discovery: Discovery, options: XClientOptions = {}) {
    this.#discovery = discovery;
    this.#timeout = checkMilliseconds(
      "timeout",
      options.timeout ?? DEFAULT_TIMEOUT,
    );
    const closing = this.#closing.signal;
    this.#pool = createPool(options, this.#timeout, closing);
    const { selector = "random", policy = "failover", hedgeAfter = "p95" } =
      options;
    this.#policy = new CallPolicy({
      pool: this.#pool,
      selector: typeof selector === "string"
        ? createSelector(selector)
        : selector,
      policy: checkPolicy(policy),
      idempotent: new Set(options.idempotent ?? []),
      retries: checkRetries(options.retries ?? 2),
      budget: new RetryBudget(options.retryBudget),
      hedgeAfter: hedgeAfter === "p95"
        ? hedgeAfter
        : checkMilliseconds("hedgeAfter", hedgeAfter),
      timeout: this.#timeout,
      closing,
      now,
    });
  }

  /**
   * Calls a method on one of the servers.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal, timeout and hash key of this call.
   * @returns the reply.
   * @throws {NoServersError} when the discovery knows no server.
   * @throws {ConnectError} when none of them can be reached.
   * @throws whatever `Client.call` rejects with.
   */
  async call<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Reply> {
    const servers = this.#servers(options);
    if (!("then" in servers)) {
      return await this.#policy.call<Reply>(serviceMethod, args, options);
    }
    const start = now();
    await servers;
    const left = this.#left(options, start);
    return await this.#policy.call<Reply>(serviceMethod, args, left);
  }

  /**
   * A typed client of one service, over all servers that offer it.
   *
   * @typeParam Service The class or interface the servers registered.
   * @param name The name it is registered under.
   * @param by What its methods do: `call` or `fork`.
   * @returns an object with the methods of the service.
   */
  service<Service>(name: string, by?: "call" | "fork"): ServiceClient<Service>;
  /**
   * A typed client of one service on all servers at once.
   *
   * @typeParam Service The class or interface the servers registered.
   * @param name The name it is registered under.
   * @param by What its methods do: `broadcast` or `inform`.
   * @returns an object with the methods of the service.
   */
  service<Service>(
    name: string,
    by: "broadcast" | "inform",
  ): ServiceBroadcast<Service>;
  service<Service>(
    name: string,
    by: "call" | "fork" | "broadcast" | "inform" = "call",
  ): ServiceClient<Service> | ServiceBroadcast<Service> {
    const caller = {
      // What a method returns is the caller's word, here as in `call`.
      call: <Reply>(method: string, args?: unknown, options?: CallOptions) =>
        this[by](method, args, options) as Promise<Reply>,
    };
    return serviceClient<Service>(caller, name);
  }

  /**
   * Calls a method on every server at once and waits for all of them.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of the calls.
   * @returns what each server answered, in the order of the discovery's list.
   * @throws {NoServersError} when the discovery knows no server and `allowNone` is not set.
   * @throws {TypeError} when the arguments are a stream.
   * @throws {AggregateError} when every server failed.
   */
  async broadcast<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options: BroadcastOptions = {},
  ): Promise<BroadcastResult<Reply>[]> {
    checkShared(serviceMethod, args);
    const start = now();
    const servers = await this.#servers(options);
    const left = this.#left(options, start);
    if (servers.length === 0 && !options.allowNone) throw nobody("broadcast");
    const results = await callAll<Reply>(servers, serviceMethod, args, left);
    const errors = results.flatMap((result) =>
      "error" in result ? [result.error] : []
    );
    if (errors.length > 0 && errors.length === results.length) {
      options.signal?.throwIfAborted();
      throw allFailed(serviceMethod, errors);
    }
    return results;
  }

  /**
   * Tells every server something: like `broadcast`, but nobody listening and
   * nobody succeeding are no errors.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of the calls.
   * @returns what each server answered, in the order of the discovery's list.
   * @throws {TypeError} when the arguments are a stream.
   */
  async inform<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<BroadcastResult<Reply>[]> {
    checkShared(serviceMethod, args);
    const start = now();
    const servers = await this.#servers(options);
    const left = this.#left(options, start);
    return await callAll<Reply>(servers, serviceMethod, args, left);
  }

  /**
   * Calls a method on every server at once and takes the first success; the other
   * calls are aborted. For methods that may run on all of them.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of the calls.
   * @returns the first reply.
   * @throws {NoServersError} when the discovery knows no server.
   * @throws {TypeError} when the arguments are a stream.
   * @throws {AggregateError} when every server failed.
   */
  async fork<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options: CallOptions = {},
  ): Promise<Reply> {
    checkShared(serviceMethod, args);
    const start = now();
    const servers = await this.#servers(options);
    const left = this.#left(options, start);
    if (servers.length === 0) throw nobody("fork");
    return await callAny<Reply>(servers, serviceMethod, args, left);
  }

  /** Counts of this moment. */
  stats(): XClientStats {
    const servers = this.#pool.servers.map((server) =>
      Object.freeze({
        address: server.address,
        pending: server.pending,
        latency: server.latency,
        circuit: server.breaker.state,
        isEjected: server.isEjected,
      })
    );
    return Object.freeze({
      ...this.#policy.counts,
      servers: Object.freeze(servers),
    });
  }

  /** Closes all connections; calls under way reject. */
  async close(): Promise<void> {
    this.#closing.abort(
      new ShutdownError("Cannot call: the client was closed"),
    );
    await this.#pool.close();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The servers of this moment, without a wait where the discovery needs none. */
  #servers(
    options: CallOptions,
  ): readonly PooledServer[] | Promise<readonly PooledServer[]> {
    const closing = this.#closing.signal;
    closing.throwIfAborted();
    const { signal, timeout = this.#timeout } = options;
    const list = this.#discovery.getAll(signal === undefined ? {} : { signal });
    if (!("then" in list)) return this.#pool.update(list);
    return this.#awaited(list, timeLimit(timeout, signal, closing));
  }

  /** The same with the time that is left since the start. */
  #left(options: CallOptions, start: number): CallOptions {
    const { timeout = this.#timeout } = options;
    if (timeout === 0) return options;
    return {
      ...options,
      timeout: Math.max(1, Math.ceil(timeout - (now() - start))),
    };
  }

  async #awaited(
    list: Promise<EndpointList>,
    limit: AbortSignal,
  ): Promise<readonly PooledServer[]> {
    const known = await abortable(list, limit);
    this.#closing.signal.throwIfAborted();
    return this.#pool.update(known);
  }
}

const now = () => performance.now();

function createPool(
  options: XClientOptions,
  timeout: number,
  closing: AbortSignal,
): ServerPool {
  const { subset, outliers = {}, breaker, drainTimeout = 30_000 } = options;
  // Made once for its checks: a server's is made when it is first listed.
  new CircuitBreaker(breaker);
  // A lost server is another choice here, not one to wait for.
  const dial = { ...options, reconnect: false, signal: closing };
  return new ServerPool({
    dial,
    timeout,
    drainTimeout: checkMilliseconds("drainTimeout", drainTimeout),
    breaker: () => new CircuitBreaker(breaker),
    outliers: outliers === false ? undefined : new OutlierDetector(outliers),
    now,
  }, {
    tags: options.tags ?? [],
    subset: subset === undefined
      ? undefined
      : new Subset(typeof subset === "number" ? { size: subset } : subset),
  });
}

function nobody(action: string): NoServersError {
  return new NoServersError(`Cannot ${action}: no servers are available`);
}

const POLICIES = ["failover", "failfast", "failtry", "failbackup"];

function checkPolicy(policy: FailPolicy): FailPolicy {
  if (POLICIES.includes(policy)) return policy;
  throw new TypeError(
    `Cannot use policy "${policy}": one of "${
      POLICIES.join('", "')
    }" is wanted`,
  );
}

function checkRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0) return retries;
  throw new RangeError(
    `Cannot use retries ${retries}: a whole number from 0 is wanted`,
  );
}
