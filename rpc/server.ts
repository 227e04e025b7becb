// Copyright 2026 the Gee authors. MIT license.

import type { CodecFactory } from "./codec/codec.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { gobCodec, netRpcCodec } from "./codec/gob_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { jsonRpcCodec } from "./codec/json_rpc.ts";
import { checkMilliseconds } from "./duration.ts";
import { WireError } from "./errors.ts";
import {
  checkCount,
  type Limits,
  resolveLimits,
  SERVER_LIMITS,
} from "./limits.ts";
import { checkVersion, type Option } from "./option.ts";
import { ServerConnection } from "./server_connection.ts";
import { type ListenOptions, openListener } from "./listen.ts";
import { type RegisterOptions, Service } from "./service.ts";
import { Services } from "./services.ts";
import { readOption } from "./wire/handshake.ts";
import { type KeepAliveOptions, resolveKeepAlive } from "./wire/keep_alive.ts";
import { setNoDelay } from "./wire/no_delay.ts";
import { TimerWheel } from "./wire/timer_wheel.ts";
import { closeQuietly, type Transport } from "./wire/transport.ts";

/** Options of a `Server`; limits count for each connection. */
export interface ServerOptions extends Limits, KeepAliveOptions {
  /**
   * How long a call may be handled, in ms; 0 is no limit. A client may ask for
   * less in its option, not for more.
   *
   * @default {30000}
   */
  readonly handleTimeout?: number;
  /**
   * How long a new connection may take to send its option, in ms; 0 is no limit.
   *
   * @default {10000}
   */
  readonly handshakeTimeout?: number;
  /**
   * Connections at a time; further ones are closed at once.
   *
   * @default {10000}
   */
  readonly maxConnections?: number;
  /**
   * The codecs a client may choose.
   *
   * @default {[frameCodec, jsonCodec, gobCodec(), netRpcCodec(), jsonRpcCodec]}
   */
  readonly codecs?: readonly CodecFactory[];
  /**
   * Told why a connection was given up or could not be accepted.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/** Options of `Server.close`. */
export interface CloseOptions {
  /**
   * How long calls under way may take to end, in ms; 0 ends them at once.
   *
   * @default {5000}
   */
  readonly timeout?: number;
}

/** Counts of a server, at one moment. */
export interface ServerStats {
  /** Connections open. */
  readonly connections: number;
  /** Calls answered, well or not. */
  readonly calls: number;
  /** Calls answered with an error. */
  readonly errors: number;
  /** Calls being handled. */
  readonly inFlight: number;
}

/** A port or socket a server listens on. */
export interface ServerListener extends AsyncDisposable {
  /** Where it listens. */
  readonly addr: Deno.Addr;
  /** The same as `dial` and registries take it: `tcp@127.0.0.1:9999`. */
  readonly address: string;
  /** Resolves when no more connections are accepted. */
  readonly finished: Promise<void>;
  /** Closes the server, this listener and all others. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Offers the methods of objects to callers over TCP and Unix sockets.
 *
 * @example One service
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
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
 * await using client = await dial(listener.address);
 * assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
 * ```
 */
export class Server implements AsyncDisposable {
  readonly #services = new Services();
  readonly #connections = new Set<ServerConnection>();
  readonly #handshakes = new Set<Transport>();
  readonly #listeners = new Set<Deno.Listener>();
  readonly #wheel = new TimerWheel();
  readonly #limits: Required<Limits>;
  readonly #keepAlive: Required<KeepAliveOptions>;
  readonly #handleTimeout: number;
  readonly #handshakeTimeout: number;
  readonly #maxConnections: number;
  readonly #codecs: Map<string, CodecFactory>;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;
  #calls = 0;
  #errors = 0;

  /**
   * Makes a server without services that listens nowhere yet.
   *
   * @param options Timeouts, limits and codecs.
   * @throws {RangeError} when a limit or a timeout is out of range.
   */
  constructor(options: ServerOptions = {}) {
    const {
      codecs = [
        frameCodec,
        jsonCodec,
        gobCodec(),
        netRpcCodec(),
        jsonRpcCodec,
      ],
      maxConnections = 10_000,
      onError = () => {},
    } = options;
    this.#limits = resolveLimits(options, SERVER_LIMITS);
    this.#keepAlive = resolveKeepAlive(options);
    this.#handleTimeout = checkMilliseconds(
      "handleTimeout",
      options.handleTimeout ?? 30_000,
    );
    this.#handshakeTimeout = checkMilliseconds(
      "handshakeTimeout",
      options.handshakeTimeout ?? 10_000,
    );
    this.#maxConnections = checkCount("maxConnections", maxConnections);
    this.#codecs = new Map(codecs.map((codec) => [codec.type, codec]));
    this.#onError = onError;
  }

  /**
   * Offers the methods of an object: those its class declares, or the functions
   * of a plain object, which then needs a name. Accessors, symbols, inherited
   * methods and names that begin with "_" are not offered. A method `sum` also
   * answers to `Sum`, as Go callers spell it.
   *
   * A method takes the arguments and a `CallContext`, and returns the reply, a
   * promise of it, or throws; the caller sees the message of the error.
   *
   * @param receiver The object.
   * @param options A name other than that of its class.
   * @throws {TypeError} when there is no usable name, no method, or the name is taken.
   */
  register(receiver: object, options?: RegisterOptions): void {
    this.#services.add(new Service(receiver, options));
  }

  /** Services by name, each with the names of its methods, sorted. */
  services(): Record<string, string[]> {
    return this.#services.list();
  }

  /**
   * Listens and serves until closed.
   *
   * @param options Where to listen; a free port of 127.0.0.1 by default.
   * @returns the listener, with its address.
   * @throws {Deno.errors.AddrInUse} when the port is taken.
   */
  listen(options: ListenOptions = {}): ServerListener {
    this.#refuseWhenClosed();
    const { listener, address } = openListener(options);
    this.#listeners.add(listener);
    const finished = this.#accept(listener);
    return {
      addr: listener.addr,
      address,
      finished,
      close: (closing) => this.close(closing),
      [Symbol.asyncDispose]: () => this.close(),
    };
  }

  /**
   * Serves one connection that is already there, until it ends.
   *
   * @param transport The connection, which from then on belongs to the server.
   * @param peer Who calls, for the context of methods.
   */
  async serve(transport: Transport, peer?: Deno.Addr): Promise<void> {
    if (this.#isClosed) closeQuietly(transport);
    this.#refuseWhenClosed();
    const running = this.#serve(transport, peer);
    this.#running.add(running);
    await running.finally(() => this.#running.delete(running));
  }

  /** Counts of this moment. */
  stats(): ServerStats {
    let inFlight = 0;
    for (const connection of this.#connections) inFlight += connection.inFlight;
    return Object.freeze({
      connections: this.#connections.size,
      calls: this.#calls,
      errors: this.#errors,
      inFlight,
    });
  }

  /**
   * Stops listening, lets the calls under way end within a bound, and closes
   * all connections. A second close waits for the first.
   *
   * @param options The bound.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeout = checkMilliseconds("timeout", options.timeout ?? 5000);
    this.#isClosed = true;
    for (const listener of this.#listeners) stopListening(listener);
    this.#listeners.clear();
    for (const transport of this.#handshakes) closeQuietly(transport);
    if (timeout > 0) await this.#drain(timeout);
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#running);
    this.#wheel.close();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) {
      throw new TypeError("Cannot serve: the server is closed");
    }
  }

  /** Resolves when all calls have ended, or when the time is over. */
  async #drain(timeout: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeout);
    const drained = [...this.#connections].map((connection) =>
      connection.drain()
    );
    await Promise.race([promise, Promise.all(drained)]);
    clearTimeout(timer);
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    while (this.#listeners.has(listener)) {
      try {
        const conn = await listener.accept();
        if (this.#isClosed || this.#running.size >= this.#maxConnections) {
          conn.close();
          continue;
        }
        setNoDelay(conn);
        this.serve(conn, conn.remoteAddr).catch(this.#onError);
      } catch (error) {
        if (!this.#listeners.has(listener)) return;
        this.#onError(error);
        // Out of descriptors, most likely: trying again at once would spin.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async #serve(
    transport: Transport,
    peer: Deno.Addr | undefined,
  ): Promise<void> {
    try {
      const connection = await this.#handshake(transport, peer);
      this.#connections.add(connection);
      await connection.run();
      this.#connections.delete(connection);
    } catch (error) {
      closeQuietly(transport);
      if (!this.#isClosed) this.#onError(error);
    }
  }

  /** Reads the option, and no byte of the messages behind it is lost. */
  async #handshake(
    transport: Transport,
    peer: Deno.Addr | undefined,
  ): Promise<ServerConnection> {
    this.#handshakes.add(transport);
    try {
      const { codecType: type, option, early } = await readOption(
        transport,
        this.#wheel,
        this.#handshakeTimeout,
      );
      const codec = this.#codecs.get(type);
      if (codec === undefined) {
        throw new WireError(`Cannot serve codec "${type}": it is not offered`);
      }
      checkVersion(type, option);
      return new ServerConnection(
        transport,
        codec.create("server", this.#limits),
        {
          find: (serviceMethod) => this.#services.find(serviceMethod),
          onReply: (error) => this.#count(error),
          onError: this.#onError,
          wheel: this.#wheel,
        },
        {
          ...this.#keepAlive,
          handleTimeout: this.#effectiveTimeout(option),
          callTimeout: option?.callTimeout ?? 0,
          limits: this.#limits,
          peer,
          dialect: type,
          early,
        },
      );
    } finally {
      this.#handshakes.delete(transport);
    }
  }

  #effectiveTimeout(option: Option | undefined): number {
    const [asked, own] = [
      option?.handleTimeout || Infinity,
      this.#handleTimeout || Infinity,
    ];
    const least = Math.min(asked, own);
    return least === Infinity ? 0 : least;
  }

  #count(error: string): void {
    this.#calls++;
    if (error !== "") this.#errors++;
  }
}

function stopListening(listener: Deno.Listener): void {
  const { addr } = listener;
  listener.close();
  if (addr.transport !== "unix") return;
  try {
    // As Go does: a socket left behind would refuse the next listener.
    Deno.removeSync(addr.path);
  } catch { /* Somebody else has removed it, or may not be replaced. */ }
}
