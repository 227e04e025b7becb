// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import { Call, type CallOptions, DEFAULT_TIMEOUT } from "./call.ts";
import { ClientConnection, type ClientSettings } from "./client_connection.ts";
import type { CodecFactory } from "./codec/codec.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { checkMilliseconds, timeLimit } from "./duration.ts";
import { ConnectError, ShutdownError } from "./errors.ts";
import { CLIENT_LIMITS, type Limits, resolveLimits } from "./limits.ts";
import { Redialer } from "./redial.ts";
import { type ServiceClient, serviceClient } from "./service_client.ts";
import { type KeepAliveOptions, resolveKeepAlive } from "./wire/keep_alive.ts";
import { closeQuietly, type Transport } from "./wire/transport.ts";

/** Options of a `Client`. */
export interface ClientOptions extends Limits, KeepAliveOptions {
  /**
   * How messages are written.
   *
   * @default {frameCodec}
   */
  readonly codec?: CodecFactory;
  /**
   * How long a call waits for its reply unless it says otherwise, in ms; 0
   * waits for ever.
   *
   * @default {30000}
   */
  readonly timeout?: number;
  /**
   * How long the server may take to handle one call, in ms; sent in the option.
   * 0 leaves it to the server.
   *
   * @default {0}
   */
  readonly handleTimeout?: number;
  /**
   * Makes another connection when a call wants one and the last one has ended;
   * `dial` sets it. A call that was sent is never sent again.
   *
   * @default the client ends with its connection
   */
  readonly redial?: (signal: AbortSignal) => Promise<Transport>;
}

/** Counts of a client, at one moment. */
export interface ClientStats {
  /** Calls sent. */
  readonly calls: number;
  /** Calls that ended with an error of any kind. */
  readonly errors: number;
  /** Calls waiting for their reply. */
  readonly inFlight: number;
  /** Replies that came after their call had ended, read and dropped. */
  readonly late: number;
}

/**
 * Calls the services of one server over one connection.
 *
 * Any number of calls may be under way at once; they share the connection and
 * their replies come in any order. Every call settles exactly once: by its
 * reply, its signal, its timeout, or the end of the connection.
 *
 * `dial` makes one; the constructor takes a connection that is already there.
 *
 * @example Calls over a connection of one's own
 * ```ts
 * import { Client, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Arith {
 *   sum({ a, b }: { a: number; b: number }) {
 *     return a + b;
 *   }
 * }
 * const server = new Server();
 * server.register(new Arith());
 * await using listener = server.listen();
 *
 * const { hostname, port } = listener.addr as Deno.NetAddr;
 * const conn = await Deno.connect({ hostname, port });
 * await using client = new Client(conn);
 * assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
 * ```
 */
export class Client implements AsyncDisposable {
  readonly #settings: ClientSettings;
  readonly #counts = { calls: 0, errors: 0, late: 0 };
  readonly #redialer: Redialer<ClientConnection> | undefined;
  /** Those that have not ended: the one in use, and others whose server goes away. */
  readonly #connections = new Set<ClientConnection>();
  #current: ClientConnection;
  #closed: ShutdownError | undefined;

  /**
   * Begins to speak over the transport, which from then on belongs to the client.
   *
   * @param transport A connection to a server, such as a `Deno.Conn`.
   * @param options Codec, timeouts and limits.
   * @throws {RangeError} when a limit or a timeout is out of range.
   */
  constructor(transport: Transport, options: ClientOptions = {}) {
    const { codec = frameCodec, redial } = options;
    const { timeout = DEFAULT_TIMEOUT, handleTimeout = 0 } = options;
    this.#settings = {
      ...resolveKeepAlive(options),
      codec,
      timeout: checkMilliseconds("timeout", timeout),
      handleTimeout: checkMilliseconds("handleTimeout", handleTimeout),
      limits: resolveLimits(options, CLIENT_LIMITS),
    };
    this.#redialer = redial && new Redialer(async (signal) => {
      const transport = await redial(signal);
      if (signal.aborted) closeQuietly(transport);
      signal.throwIfAborted();
      return this.#current = this.#use(transport);
    });
    this.#current = this.#use(transport);
  }

  /** Whether calls can be made: `close` was not called, and the connection lives or is made again. */
  get isAvailable(): boolean {
    return this.#closed === undefined &&
      (this.#redialer !== undefined || this.#current.isAvailable);
  }

  /**
   * Calls a method and waits for its reply.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of this call.
   * @returns the reply; `null` from a method that returns nothing.
   * @throws {RemoteError} when the method failed or does not exist.
   * @throws {ShutdownError} when the connection ended first.
   * @throws {ConnectError} when no new connection came about.
   * @throws {LimitError} when too many calls or bytes are under way, or the arguments too long.
   * @throws {TypeError} when the codec cannot encode the arguments.
   * @throws {DOMException} named "TimeoutError" when the timeout passed.
   */
  call<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options?: CallOptions,
  ): Promise<Reply> {
    // The server's word for it: `Reply` is what the caller says the method returns.
    return new Promise<unknown>((resolve, reject) => {
      if (this.#redialer === undefined || this.#current.isAvailable) {
        this.#current.send(serviceMethod, args, options, resolve, reject);
      } else {
        this.#sendLater(this.#redialer, serviceMethod, args, options)
          .then(resolve, reject);
      }
    }) as Promise<Reply>;
  }

  /**
   * Begins a call and returns at once.
   *
   * @typeParam Reply What the method returns; not checked at run time.
   * @param serviceMethod What to call, as `Service.method`.
   * @param args The arguments, one value that the codec can encode.
   * @param options Signal and timeout of this call.
   * @returns the call; its `done` resolves when it has ended and never rejects.
   *
   * @example Do something else meanwhile
   * ```ts
   * import { dial, Server } from "@gee/std/rpc";
   * import { assertEquals } from "@std/assert";
   *
   * class Echo {
   *   say(text: string) {
   *     return text;
   *   }
   * }
   * const server = new Server();
   * server.register(new Echo());
   * await using listener = server.listen();
   * await using client = await dial(listener.address);
   *
   * const call = client.go("Echo.say", "hi");
   * assertEquals((await call.done).reply, "hi");
   * ```
   */
  go<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options?: CallOptions,
  ): Call<Reply> {
    return new Call(
      serviceMethod,
      args,
      this.call<Reply>(serviceMethod, args, options),
    );
  }

  /**
   * A typed client of one service: `service<Arith>("Arith").sum({ a: 1, b: 2 })`.
   *
   * @typeParam Service The class or interface the server registered.
   * @param name The name it is registered under.
   * @returns an object with the methods of the service.
   */
  service<Service>(name: string): ServiceClient<Service> {
    return serviceClient<Service>(this, name);
  }

  /** Counts of this moment. */
  stats(): ClientStats {
    let inFlight = 0;
    for (const connection of this.#connections) inFlight += connection.inFlight;
    const { calls, errors, late } = this.#counts;
    return Object.freeze({ calls, errors, inFlight, late });
  }

  /** Ends the connection; calls under way reject with a `ShutdownError`. */
  async close(): Promise<void> {
    const text = "Cannot finish the call: the client was closed";
    this.#closed ??= new ShutdownError(text);
    this.#redialer?.close(this.#closed);
    await Promise.all(
      [...this.#connections].map((connection) =>
        connection.close(new ShutdownError(text))
      ),
    );
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #use(transport: Transport): ClientConnection {
    const connection = new ClientConnection(
      transport,
      this.#settings,
      this.#counts,
    );
    this.#connections.add(connection);
    connection.ended.then(() => this.#connections.delete(connection));
    return connection;
  }

  /** Sends a call over a new connection; its time runs from now on. */
  async #sendLater(
    redialer: Redialer<ClientConnection>,
    serviceMethod: string,
    args: unknown,
    options: CallOptions = {},
  ): Promise<unknown> {
    const start = performance.now();
    let connection: ClientConnection;
    try {
      connection = await this.#connected(redialer, serviceMethod, options);
    } catch (error) {
      this.#counts.errors++;
      throw error;
    }
    return await new Promise((resolve, reject) => {
      const spent = performance.now() - start;
      connection.send(serviceMethod, args, options, resolve, reject, spent);
    });
  }

  async #connected(
    redialer: Redialer<ClientConnection>,
    serviceMethod: string,
    { timeout = this.#settings.timeout, signal }: CallOptions,
  ): Promise<ClientConnection> {
    const limit = timeLimit(checkMilliseconds("timeout", timeout), signal);
    limit.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const connection = await abortable(redialer.connect(), limit);
    if (this.#closed !== undefined) throw this.#closed;
    if (connection.isAvailable) return connection;
    // A server that closes may still be connected to; nothing was sent there.
    throw new ConnectError(
      `Cannot call "${serviceMethod}": the new connection has ended`,
    );
  }
}
