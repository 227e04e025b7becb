// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import { CoolDown } from "./balance/cool_down.ts";
import { RandomSelector } from "./balance/random.ts";
import { RoundRobinSelector } from "./balance/round_robin.ts";
import type { Selector } from "./balance/selector.ts";
import { type CallOptions, DEFAULT_TIMEOUT } from "./call.ts";
import type { Client } from "./client.ts";
import { dial, type DialOptions } from "./dial.ts";
import type { Discovery } from "./discovery/discovery.ts";
import { timeLimit } from "./duration.ts";
import { ConnectError, NoServersError, ShutdownError } from "./errors.ts";
import { type ServiceClient, serviceClient } from "./service_client.ts";

/** Options of an `XClient`. */
export interface XClientOptions
  extends Omit<DialOptions, "signal" | "reconnect"> {
  /**
   * Which server a call goes to: "random", "roundRobin", or a selector of one's own.
   *
   * @default {"random"}
   */
  readonly selector?: "random" | "roundRobin" | Selector;
}

/** Options of `XClient.broadcast`. */
export interface BroadcastOptions extends CallOptions {
  /**
   * Whether a broadcast to no server at all is a success.
   *
   * @default {false}
   */
  readonly allowNone?: boolean;
}

/** What one server answered to a broadcast. */
export type BroadcastResult<Reply> =
  & {
    /** Which server it is. */
    readonly server: string;
    /** How long it took to answer, in ms. */
    readonly duration: number;
  }
  & ({ readonly reply: Reply } | { readonly error: unknown });

/**
 * Calls services that several servers offer.
 *
 * It asks its discovery for the servers, lets its selector choose one, and keeps
 * one connection to each, dialed on first use and again after it was lost. A
 * server that cannot be reached is passed over for the next one, and for up to a
 * second by further calls as long as there are others: nothing was sent yet, so
 * no method runs twice. A call that was sent is never repeated.
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
 *   { selector: "roundRobin" },
 * );
 * const who = client.service<Who>("Who");
 * assertEquals([await who.am(), await who.am()].sort(), ["one", "two"]);
 * ```
 */
export class XClient implements AsyncDisposable {
  readonly #discovery: Discovery;
  readonly #selector: Selector;
  readonly #options: DialOptions;
  readonly #clients = new Map<string, Client>();
  readonly #dialing = new Map<string, Promise<Client>>();
  readonly #coolDown = new CoolDown();
  readonly #closing = new AbortController();
  #listed: readonly string[] = [];

  /**
   * Makes a client that dials servers on first use.
   *
   * @param discovery What knows the servers.
   * @param options The selector, and what `dial` takes.
   */
  constructor(discovery: Discovery, options: XClientOptions = {}) {
    const { selector = "random", ...dialOptions } = options;
    this.#discovery = discovery;
    this.#selector = selector === "random"
      ? new RandomSelector()
      : selector === "roundRobin"
      ? new RoundRobinSelector()
      : selector;
    // A lost server is another choice here, not one to wait for.
    this.#options = {
      ...dialOptions,
      reconnect: false,
      signal: this.#closing.signal,
    };
  }

  /**
   * Calls a method on one of the servers.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of this call.
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
    let servers = await this.#servers(options);
    if (servers.length === 0) {
      throw new NoServersError("Cannot call: no servers are available");
    }
    for (let tries = servers.length;; tries--) {
      const ready = this.#coolDown.ready(
        servers,
        (server) => this.#dialing.has(server),
      );
      const server = this.#selector.pick(ready);
      try {
        options = this.#limited(server, options);
        const client = await this.#client(server, options.signal);
        return await client.call<Reply>(serviceMethod, args, options);
      } catch (error) {
        const isUnreached = error instanceof ConnectError;
        if (!isUnreached || tries === 1) throw error;
        servers = servers.filter((other) => other !== server);
      }
    }
  }

  /**
   * A typed client of one service, over all servers that offer it.
   *
   * @typeParam Service The class or interface the servers registered.
   * @param name The name it is registered under.
   * @returns an object with the methods of the service.
   */
  service<Service>(name: string): ServiceClient<Service> {
    return serviceClient<Service>(this, name);
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
   */
  async broadcast<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options: BroadcastOptions = {},
  ): Promise<BroadcastResult<Reply>[]> {
    const servers = await this.#servers(options);
    if (servers.length === 0 && !options.allowNone) {
      throw new NoServersError("Cannot broadcast: no servers are available");
    }
    return await Promise.all(servers.map(async (server) => {
      const start = performance.now();
      try {
        const limited = this.#limited(server, options);
        const client = await this.#client(server, limited.signal);
        const reply = await client.call<Reply>(serviceMethod, args, limited);
        return { server, duration: performance.now() - start, reply };
      } catch (error) {
        return { server, duration: performance.now() - start, error };
      }
    }));
  }

  /** Closes all connections; calls under way reject. */
  async close(): Promise<void> {
    this.#closing.abort(
      new ShutdownError("Cannot call: the client was closed"),
    );
    // A dial under way ends by the signal, or has just made one more client.
    await Promise.allSettled(this.#dialing.values());
    await Promise.all(
      [...this.#clients.values()].map((client) => client.close()),
    );
    this.#clients.clear();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #servers({ signal }: CallOptions): Promise<readonly string[]> {
    this.#closing.signal.throwIfAborted();
    const servers = await this.#discovery.getAll(
      signal === undefined ? {} : { signal },
    );
    this.#forget(servers);
    return servers;
  }

  /** The options of a call; where its server must be dialed first, with one time limit for both. */
  #limited(server: string, options: CallOptions): CallOptions {
    if (this.#clients.get(server)?.isAvailable) return options;
    const timeout = options.timeout ?? this.#options.timeout ?? DEFAULT_TIMEOUT;
    return { signal: timeLimit(timeout, options.signal), timeout: 0 };
  }

  /** The connection to a server: the living one, or one dial that all callers share. */
  async #client(server: string, signal?: AbortSignal): Promise<Client> {
    this.#closing.signal.throwIfAborted();
    const known = this.#clients.get(server);
    if (known?.isAvailable) return known;
    let dialing = this.#dialing.get(server);
    if (dialing === undefined) {
      dialing = dial(server, this.#options)
        .then((client) => {
          this.#clients.set(server, client);
          this.#coolDown.clear(server);
          return client;
        }, (error) => {
          this.#coolDown.fail(server);
          throw error;
        })
        .finally(() => this.#dialing.delete(server));
      this.#dialing.set(server, dialing);
    }
    return await abortable(dialing, signal);
  }

  /** Closes connections to servers that are no longer listed, once their calls have ended. */
  #forget(servers: readonly string[]): void {
    // Most calls see the same list as the one before.
    if (servers === this.#listed && this.#clients.size <= servers.length) {
      return;
    }
    this.#listed = servers;
    this.#coolDown.keep(servers);
    for (const [server, client] of this.#clients) {
      if (servers.includes(server) || client.stats().inFlight > 0) continue;
      this.#clients.delete(server);
      client.close();
    }
  }
}
