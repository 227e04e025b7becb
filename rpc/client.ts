// Copyright 2026 the Gee authors. MIT license.

import { Call, type CallOptions, DEFAULT_TIMEOUT } from "./call.ts";
import { type CodecFactory, InvalidBody, type Message } from "./codec/codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { checkMilliseconds } from "./duration.ts";
import { LimitError, RemoteError, ShutdownError, WireError } from "./errors.ts";
import { CLIENT_LIMITS, type Limits, resolveLimits } from "./limits.ts";
import { encodeOption } from "./option.ts";
import { type ServiceClient, serviceClient } from "./service_client.ts";
import { Connection } from "./wire/connection.ts";
import { Slots } from "./wire/slots.ts";
import { type Deadline, TimerWheel } from "./wire/timer_wheel.ts";
import type { Transport } from "./wire/transport.ts";

/** Options of a `Client`. */
export interface ClientOptions extends Limits {
  /**
   * How messages are written.
   *
   * @default {jsonCodec}
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

interface Pending {
  readonly serviceMethod: string;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (reason: unknown) => void;
  deadline: Deadline | undefined;
  signal: AbortSignal | undefined;
  onAbort: (() => void) | undefined;
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
  readonly #pending = new Slots<Pending>();
  readonly #wheel = new TimerWheel();
  readonly #connection: Connection;
  readonly #limits: Required<Limits>;
  readonly #timeout: number;
  readonly #ended: Promise<void>;
  #shutdown: ShutdownError | undefined;
  #calls = 0;
  #errors = 0;
  #late = 0;

  /**
   * Begins to speak over the transport, which from then on belongs to the client.
   *
   * @param transport A connection to a server, such as a `Deno.Conn`.
   * @param options Codec, timeouts and limits.
   * @throws {RangeError} when a limit or a timeout is out of range.
   */
  constructor(transport: Transport, options: ClientOptions = {}) {
    const { codec = jsonCodec, timeout = DEFAULT_TIMEOUT, handleTimeout = 0 } =
      options;
    this.#limits = resolveLimits(options, CLIENT_LIMITS);
    this.#timeout = checkMilliseconds("timeout", timeout);
    checkMilliseconds("handleTimeout", handleTimeout);
    this.#connection = new Connection(transport, codec.create("client"), {
      receive: (message) => this.#receive(message),
      end: (reason) => this.#end(reason),
    }, this.#limits);
    if (!codec.isBare) {
      this.#connection.writer.writeBytes(
        encodeOption({
          codecType: codec.type,
          connectTimeout: 0,
          handleTimeout,
        }),
      );
    }
    this.#ended = this.#connection.run();
  }

  /** Whether calls can be made: the connection lives and `close` was not called. */
  get isAvailable(): boolean {
    return this.#shutdown === undefined;
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
   * @throws {LimitError} when too many calls or bytes are under way.
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
      this.#send(serviceMethod, args, options, resolve, reject);
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
    return Object.freeze({
      calls: this.#calls,
      errors: this.#errors,
      inFlight: this.#pending.size,
      late: this.#late,
    });
  }

  /** Ends the connection; calls under way reject with a `ShutdownError`. */
  async close(): Promise<void> {
    this.#connection.close(
      new ShutdownError("Cannot finish the call: the client was closed"),
    );
    await this.#ended;
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(
    serviceMethod: string,
    args: unknown,
    options: CallOptions | undefined,
    resolve: (reply: unknown) => void,
    reject: (reason: unknown) => void,
  ): void {
    const refusal = this.#refusal(serviceMethod, options?.signal);
    if (refusal !== undefined) {
      this.#errors++;
      return reject(refusal.reason);
    }
    const pending: Pending = {
      serviceMethod,
      resolve,
      reject,
      deadline: undefined,
      signal: undefined,
      onAbort: undefined,
    };
    const seq = this.#pending.put(pending);
    try {
      // First, as encoding the arguments may run code that ends this very call.
      this.#watch(seq, pending, options);
      this.#connection.send({ serviceMethod, seq, error: "", body: args });
      this.#calls++;
    } catch (error) {
      this.#fail(seq, error);
    }
  }

  /** Why a call cannot be sent now, if so. */
  #refusal(
    serviceMethod: string,
    signal?: AbortSignal,
  ): { reason: unknown } | undefined {
    if (this.#shutdown !== undefined) return { reason: this.#shutdown };
    if (signal?.aborted) return { reason: signal.reason };
    const { maxInFlight, maxBufferedBytes } = this.#limits;
    const limit = this.#pending.size >= maxInFlight
      ? `${maxInFlight} calls are under way`
      : this.#connection.writer.buffered >= maxBufferedBytes
      ? `${maxBufferedBytes} bytes wait to be sent`
      : undefined;
    if (limit === undefined) return undefined;
    return {
      reason: new LimitError(`Cannot call "${serviceMethod}": ${limit}`),
    };
  }

  #watch(seq: number, pending: Pending, options?: CallOptions): void {
    const timeout = options?.timeout === undefined
      ? this.#timeout
      : checkMilliseconds("timeout", options.timeout);
    if (timeout > 0) {
      pending.deadline = this.#wheel.set(timeout, () => {
        const message =
          `Cannot finish "${pending.serviceMethod}": no reply within ${timeout} ms`;
        this.#fail(seq, new DOMException(message, "TimeoutError"));
      });
    }
    const signal = options?.signal;
    if (signal === undefined) return;
    pending.signal = signal;
    pending.onAbort = () => this.#fail(seq, signal.reason);
    signal.addEventListener("abort", pending.onAbort, { once: true });
  }

  /** One reply has three fates: nobody waits any more, an error, a value. */
  #receive({ seq, error, body }: Message): void {
    const pending = this.#pending.take(seq);
    if (pending === undefined) {
      this.#late++;
      return;
    }
    this.#release(pending);
    if (error === "" && !(body instanceof InvalidBody)) {
      return pending.resolve(body);
    }
    this.#errors++;
    pending.reject(
      body instanceof InvalidBody && error === ""
        ? new WireError(
          `Cannot read the reply of "${pending.serviceMethod}": ${body.message}`,
        )
        : new RemoteError(pending.serviceMethod, error, "unknown"),
    );
  }

  #fail(seq: number, reason: unknown): void {
    const pending = this.#pending.take(seq);
    if (pending === undefined) return;
    this.#release(pending);
    this.#errors++;
    pending.reject(reason);
  }

  #release({ deadline, signal, onAbort }: Pending): void {
    if (deadline !== undefined) this.#wheel.clear(deadline);
    if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
  }

  #end(reason: unknown): void {
    this.#shutdown = reason instanceof ShutdownError
      ? reason
      : new ShutdownError("Cannot finish the call: the connection has ended", {
        cause: reason,
      });
    this.#wheel.close();
    for (const pending of this.#pending.takeAll()) {
      this.#release(pending);
      this.#errors++;
      pending.reject(this.#shutdown);
    }
  }
}
