// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import { type Codec, InvalidBody, type Message } from "./codec/codec.ts";
import { formatGoDuration } from "./duration.ts";
import { CLOSING, codeOfText, type Failure, failureOf } from "./failure.ts";
import { type Caller, Handling } from "./handling.ts";
import type { Limits } from "./limits.ts";
import { isThenable } from "./method.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import { Connection } from "./wire/connection.ts";
import type { TimerWheel } from "./wire/timer_wheel.ts";
import type { Transport } from "./wire/transport.ts";

/** What a served connection needs of its server. */
export interface Host {
  /** Finds a method, or the text of the error reply. */
  find(serviceMethod: string): RegisteredMethod | string;
  /** Told of every reply why the call failed; undefined for a success. */
  onReply(code: Code | undefined): void;
  /** Told why a connection failed. */
  onError(error: unknown): void;
  /** Carries the handle timeouts of all connections. */
  readonly wheel: TimerWheel;
}

/** Options of one served connection. */
export interface ServedOptions extends Caller {
  /** What the connection may take up. */
  readonly limits: Required<Limits>;
  /** Bytes read with the option. */
  readonly early: Uint8Array;
}

/** One connection on the server's side: takes requests, runs them, replies. */
export class ServerConnection {
  readonly #connection: Connection;
  readonly #host: Host;
  readonly #options: ServedOptions;
  readonly #handlings = new Set<Handling>();
  #isDraining = false;
  #waiters: (() => void)[] = [];

  /**
   * @param transport The bytes' way in and out.
   * @param codec The codec that the option chose.
   * @param host The server.
   * @param options Limits, timeout and what is known of the peer.
   */
  constructor(
    transport: Transport,
    codec: Codec,
    host: Host,
    options: ServedOptions,
  ) {
    this.#host = host;
    this.#options = options;
    this.#connection = new Connection(
      transport,
      codec,
      {
        receive: (message) => this.#receive(message),
        end: (reason) => this.#end(reason),
        pause: () => this.#pause(),
      },
      options.limits,
      options.early,
    );
  }

  /** Calls being handled. */
  get inFlight(): number {
    return this.#handlings.size;
  }

  /** Serves until the connection ends; never rejects. */
  run(): Promise<void> {
    return this.#connection.run();
  }

  /** Takes no further calls, lets those under way end and their replies leave. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    while (this.#handlings.size > 0) await this.#progress();
    await this.#connection.writer.drained();
  }

  /** Ends the connection now; handlers under way get their signal aborted. */
  close(reason?: unknown): void {
    this.#connection.close(reason);
  }

  #receive(message: Message): void {
    const { serviceMethod, seq, body } = message;
    if (this.#isDraining) return this.#fail(message, CLOSING);
    const method = this.#host.find(serviceMethod);
    if (typeof method === "string") {
      return this.#fail(message, {
        message: method,
        code: codeOfText(method),
      });
    }
    const handling = new Handling(serviceMethod, seq, this.#options);
    handling.begin(method);
    if (body instanceof InvalidBody) {
      const text = `rpc server: read body err: ${body.message}`;
      return this.#fail(handling, { message: text, code: "invalid_argument" });
    }
    let reply: unknown;
    let later: Promise<unknown> | undefined;
    try {
      reply = method.run(body, handling);
      // Inside, since looking at a hostile object can throw, too.
      if (isThenable(reply)) later = Promise.resolve(reply);
    } catch (error) {
      return this.#fail(handling, failureOf(error));
    }
    // What returns at once is answered at once, into the buffer of this very read.
    if (later === undefined) return this.#reply(handling, reply);
    this.#track(handling);
    later.then(
      (value) => this.#untrack(handling) && this.#reply(handling, value),
      (error) =>
        this.#untrack(handling) &&
        this.#fail(handling, failureOf(error)),
    );
  }

  #track(handling: Handling): void {
    this.#handlings.add(handling);
    const { timeout } = handling;
    if (timeout === 0) return;
    handling.timer = this.#host.wheel.set(timeout, () => {
      if (!this.#untrack(handling)) return;
      const text = `rpc server: request handle timeout: expect within ${
        formatGoDuration(timeout)
      }`;
      handling.abort(new DOMException(text, "TimeoutError"));
      this.#fail(handling, { message: text, code: "deadline_exceeded" });
    });
  }

  /** False when the call was answered before: a late result is never sent. */
  #untrack(handling: Handling): boolean {
    if (!this.#handlings.delete(handling)) return false;
    if (handling.timer !== undefined) {
      this.#host.wheel.clear(handling.timer);
    }
    this.#wake();
    return true;
  }

  #reply(handling: Handling, body: unknown): void {
    const { serviceMethod, seq } = handling;
    try {
      this.#connection.send({ serviceMethod, seq, error: "", body });
    } catch (error) {
      return this.#fail(handling, failureOf(error));
    }
    handling.end(undefined);
    this.#host.onReply(undefined);
  }

  #fail(call: Message | Handling, { message: error, code }: Failure): void {
    const { serviceMethod, seq } = call;
    this.#connection.send({ serviceMethod, seq, error, body: {} });
    if (call instanceof Handling) call.end(code);
    this.#host.onReply(code);
  }

  /** Nothing more is taken while enough is to be done or to be written. */
  #pause(): Promise<void> | undefined {
    const { maxInFlight, maxBufferedBytes } = this.#options.limits;
    if (this.#connection.writer.buffered >= maxBufferedBytes) {
      return this.#connection.writer.drained();
    }
    return this.#handlings.size < maxInFlight ? undefined : this.#progress();
  }

  /** Resolves when the next call has ended, or the connection. */
  #progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #end(reason: unknown): void {
    const why = reason ??
      new DOMException("The connection has ended", "AbortError");
    for (const handling of [...this.#handlings]) {
      this.#untrack(handling);
      handling.abort(why);
      handling.end("canceled");
    }
    this.#wake();
    if (reason !== undefined) this.#host.onError(reason);
  }
}
