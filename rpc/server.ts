// Copyright 2026 the Gee authors. MIT license.

import { BatchClock } from "./batch_clock.ts";
import { Connections, type Origin } from "./connections.ts";
import { checkMilliseconds } from "./duration.ts";
import { Health, HealthBook } from "./health.ts";
import { makeHttpDoor } from "./http/make_http_door.ts";
import type { HttpAnswer } from "./http/http_answer.ts";
import type { HttpDoor } from "./http/http_door.ts";
import type { Interceptor } from "./interceptor.ts";
import { type InvokeOptions, Invoker } from "./invoker.ts";
import { checkCount } from "./limits.ts";
import type { ListenOptions } from "./listen.ts";
import { Listening } from "./listening.ts";
import { openRpc, type OpenRpcDocument, type OpenRpcInfo } from "./open_rpc.ts";
import { quietly } from "./quietly.ts";
import { Reflection } from "./reflection.ts";
import type { Surroundings } from "./registered_method.ts";
import type { Host } from "./server_connection.ts";
import type {
  CloseOptions,
  ServerListener,
  ServerOptions,
} from "./server_options.ts";
import { ReplyCounter, type ServerStats } from "./server_stats.ts";
import { type RegisterOptions, Service } from "./service.ts";
import { resolveServer } from "./server_settings.ts";
import { Services } from "./services.ts";
import { spanWrapper } from "./telemetry.ts";
import { openWebSocket, type WebSocketDoorOptions } from "./web_socket_door.ts";
import { TimerWheel } from "./wire/timer_wheel.ts";
import { closeQuietly, type Transport } from "./wire/transport.ts";

export type {
  CloseOptions,
  ServerListener,
  ServerOptions,
} from "./server_options.ts";
export type { ConnectionStats, ServerStats } from "./server_stats.ts";

/**
 * Offers the methods of objects to callers over TCP, TLS, Unix sockets, HTTP and
 * WebSockets.
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
  /**
   * Answers one request of HTTP as the port does, CONNECT apart; bound, for
   * `Deno.serve`, or for `engine.mount(prefix, server.fetch)` of an engine that
   * takes the prefix away. `POST /Service.method` with arguments as
   * `application/json` is answered with the reply as JSON.
   */
  readonly fetch: HttpAnswer;
  readonly #services: Services;
  readonly #surroundings: Surroundings;
  readonly #interceptors: Interceptor[] = [];
  readonly #clock = new BatchClock();
  readonly #health: HealthBook;
  readonly #invoker: Invoker;
  readonly #replies = new ReplyCounter();
  readonly #wheel = new TimerWheel();
  readonly #connections: Connections;
  readonly #listening: Listening;
  readonly #door: HttpDoor;
  readonly #maxConnections: number;
  readonly #onError: (error: unknown) => void;
  #isClosed = false;

  /**
   * Makes a server without services that listens nowhere yet.
   *
   * @param options Timeouts, limits and codecs.
   * @throws {RangeError} when a limit or a timeout is out of range.
   */
  constructor(options: ServerOptions = {}) {
    this.#onError = quietly(options.onError);
    this.#surroundings = {
      interceptors: this.#interceptors,
      authenticate: options.authenticate,
      trace: spanWrapper(),
    };
    this.#services = new Services(this.#surroundings);
    this.#health = new HealthBook(() => Object.keys(this.#services.list()));
    const settings = resolveServer(options);
    const host = this.#host();
    this.#door = makeHttpDoor(this, host, options, settings);
    this.fetch = this.#door.fetch;
    this.#connections = new Connections(host, settings, this.fetch);
    this.#invoker = new Invoker(host, {
      handleTimeout: settings.handleTimeout,
      maxInFlight: settings.limits.maxInFlight,
    });
    const { maxConnections = 10_000 } = options;
    this.#maxConnections = checkCount("maxConnections", maxConnections);
    this.#listening = this.#listen();
    this.#offer(options);
  }

  /**
   * Offers the methods of an object: those its class declares, or the functions
   * of a plain object, which then needs a name. Accessors, symbols, inherited
   * methods, fields, statics and names that begin with "_" are not offered; what
   * only TypeScript calls `private` is. A method `sum` also answers to `Sum`, as Go
   * callers spell it; contexts have its declared name.
   *
   * A method takes the arguments and a `CallContext`, and returns the reply, a
   * promise of it, or throws; the caller sees the message of the error, and the
   * code of an `RpcError`.
   *
   * @typeParam Receiver The type of the object.
   * @param receiver The object.
   * @param options A name other than that of its class, validators, limits.
   * @throws {TypeError} when there is no usable name, no method, the name is
   * taken, or the options speak of a method that is not there.
   * @throws {RangeError} when a limit is out of range.
   */
  register<Receiver extends object>(
    receiver: Receiver,
    options?: RegisterOptions<NoInfer<Receiver>>,
  ): void {
    // Which names there are is looked at now; types of arguments are gone.
    const untyped = options as RegisterOptions | undefined;
    this.#services.add(new Service(receiver, untyped, this.#clock));
    this.#health.changed();
  }

  /**
   * Puts an interceptor around all methods, those registered before and after,
   * inside of the ones that are there. It is passed once `authenticate` knows the
   * caller, before limits and validation.
   *
   * @param interceptor What is called instead of the method.
   */
  use(interceptor: Interceptor): void {
    this.#interceptors.push(interceptor);
    this.#services.surround(this.#surroundings);
  }

  /**
   * Calls a method as a client would, without a connection: with the same
   * authentication, interceptors, limits, timeouts, drain and counts. For other
   * doors, such as HTTP; at most `maxInFlight` such calls are under way.
   *
   * @param serviceMethod What is called, as `Service.method`.
   * @param args The arguments.
   * @param options Who calls, and how long it may take.
   * @returns the reply; where it is a stream, the call ends with the stream.
   * @throws {RpcError} what the method threw, with code `unknown` if it was
   * something else, or why it could not be called.
   * @throws the reason of the signal.
   */
  invoke(
    serviceMethod: string,
    args?: unknown,
    options: InvokeOptions = {},
  ): Promise<unknown> {
    return this.#invoker.invoke(serviceMethod, args, options);
  }

  /**
   * Says whether a service can be called; nothing is refused by it.
   *
   * @param service The name of the service; "" is the server as a whole.
   * @param status What `Health.check` and `Health.watch` reply from now on.
   * @throws {TypeError} when there is no such service.
   */
  setHealth(service: string, status: "SERVING" | "NOT_SERVING"): void {
    this.#health.set(service, status);
  }

  /**
   * Describes what can be called as an OpenRPC document, with the JSON Schemas
   * of validators that make one (Standard JSON Schema).
   *
   * @param info Title and version of the document.
   */
  schema(info?: OpenRpcInfo): OpenRpcDocument {
    return openRpc(this.#services, info);
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
    return this.#listening.open(options);
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
    await this.#connections.serve(transport, { peer });
  }

  /**
   * Answers a request that opens a WebSocket, behind `Deno.serve`: from then on a
   * client of `dial("ws://…")` is served on it, in a browser too. Pages of other
   * sites are refused, and requests for a name that is not among `http.hosts`.
   *
   * @param request The request.
   * @param options Whom to let in.
   * @returns what opens it, or the refusal: 400, 403, 421, 426 or 503.
   */
  webSocket(request: Request, options: WebSocketDoorOptions = {}): Response {
    return this.#door.refusal(request) ?? openWebSocket(request, options, {
      isOpen: () => this.#isOpen(),
      enter: (transport, peer) =>
        this.#enter(transport, { peer, dialect: "websocket" }),
    });
  }

  /** Counts of this moment. */
  stats(): ServerStats {
    const peers = this.#connections.stats();
    const methods = [...this.#services].flatMap(({ declared }) => declared)
      .map(({ serviceMethod, counter }) =>
        [serviceMethod, counter.stats()] as const
      )
      .sort(([a], [b]) => a < b ? -1 : 1);
    return Object.freeze({
      connections: peers.length,
      calls: this.#replies.calls,
      errors: this.#replies.errors,
      inFlight: this.#connections.inFlight + this.#invoker.inFlight,
      methods: Object.freeze(Object.fromEntries(methods)),
      peers: Object.freeze(peers),
    });
  }

  /**
   * Says that nothing is served any more (`Health`), stops listening, lets the
   * calls under way end within a bound, and closes all connections. Callers that
   * speak frames are told and then waited for: a call that was on its way is turned
   * away with code `unavailable`, not lost. A second close waits for the first.
   *
   * @param options The bound.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeout = checkMilliseconds("timeout", options.timeout ?? 5000);
    this.#isClosed = true;
    this.#health.goDown();
    const stopped = this.#listening.stop();
    this.#door.close();
    if (timeout > 0) await this.#drain(timeout);
    this.#invoker.close();
    await this.#connections.close();
    await stopped;
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
    await Promise.race([
      promise,
      Promise.all([this.#connections.drain(), this.#invoker.drain()]),
    ]);
    clearTimeout(timer);
  }

  /** Whether another connection may come. */
  #isOpen(): boolean {
    return !this.#isClosed && this.#connections.size < this.#maxConnections;
  }

  #enter(transport: Transport, origin: Origin): void {
    this.#connections.serve(transport, origin).catch(this.#onError);
  }

  #listen(): Listening {
    return new Listening({
      isOpen: () => this.#isOpen(),
      enter: (conn) => {
        this.#enter(conn, { peer: conn.remoteAddr });
      },
      onError: this.#onError,
      close: (options) => this.close(options),
    });
  }

  /** What those who call methods need of this server. */
  #host(): Host {
    return {
      find: (serviceMethod) => this.#services.find(serviceMethod),
      onReply: (code) => this.#replies.count(code),
      onError: this.#onError,
      wheel: this.#wheel,
    };
  }

  /** Offers what is a service of the server's own. */
  #offer({ health = false, reflection = false }: ServerOptions): void {
    if (health) {
      this.register(new Health(this.#health), {
        anonymous: true,
        // Who watches may hear nothing for days.
        methodOptions: {
          check: { idempotent: true },
          watch: { idempotent: true, timeout: 0 },
        },
      });
    }
    if (reflection) this.register(new Reflection(this.#services));
  }
}
