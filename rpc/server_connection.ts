// Copyright 2026 the Gee authors. MIT license.

import { type Codec, InvalidBody, type Message } from "./codec/codec.ts";
import { formatGoDuration } from "./duration.ts";
import type { Limits } from "./limits.ts";
import { Handling } from "./handling.ts";
import type { Method } from "./service.ts";
import { Connection } from "./wire/connection.ts";
import type { TimerWheel } from "./wire/timer_wheel.ts";
import type { Transport } from "./wire/transport.ts";

/** What a served connection needs of its server. */
export interface Host {
  /** Finds a method, or the text of the error reply. */
  find(serviceMethod: string): Method | string;
  /** Told the error text of every reply; empty for a success. */
  onReply(error: string): void;
  /** Told why a connection failed. */
  onError(error: unknown): void;
  /** Carries the handle timeouts of all connections. */
  readonly wheel: TimerWheel;
}

/** Options of one served connection. */
export interface ServedOptions {
  /** How long a call may be handled, in ms; 0 is no limit. */
  readonly handleTimeout: number;
  /** What the connection may take up. */
  readonly limits: Required<Limits>;
  /** Who calls, where known. */
  readonly peer: Deno.Addr | undefined;
  /** The name of the codec. */
  readonly dialect: string;
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
    if (this.#isDraining) {
      return this.#fail(message, "rpc server: the server is closing");
    }
    const method = this.#host.find(serviceMethod);
    if (typeof method === "string") return this.#fail(message, method);
    if (body instanceof InvalidBody) {
      return this.#fail(message, `rpc server: read body err: ${body.message}`);
    }
    const handling = new Handling(serviceMethod, seq, this.#options);
    let reply: unknown;
    let later: Promise<unknown> | undefined;
    try {
      reply = method(body, handling);
      // Inside, since looking at a hostile object can throw, too.
      if (isThenable(reply)) later = Promise.resolve(reply);
    } catch (error) {
      return this.#fail(message, describe(error));
    }
    // What returns at once is answered at once, into the buffer of this very read.
    if (later === undefined) return this.#reply(handling, reply);
    this.#track(handling);
    later.then(
      (value) => this.#untrack(handling) && this.#reply(handling, value),
      (error) =>
        this.#untrack(handling) && this.#fail(handling, describe(error)),
    );
  }

  #track(handling: Handling): void {
    this.#handlings.add(handling);
    const { handleTimeout } = this.#options;
    if (handleTimeout === 0) return;
    handling.timer = this.#host.wheel.set(handleTimeout, () => {
      if (!this.#untrack(handling)) return;
      const text = `rpc server: request handle timeout: expect within ${
        formatGoDuration(handleTimeout)
      }`;
      handling.abort(new DOMException(text, "TimeoutError"));
      this.#fail(handling, text);
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

  #reply({ serviceMethod, seq }: Handling, body: unknown): void {
    try {
      this.#connection.send({ serviceMethod, seq, error: "", body });
      this.#host.onReply("");
    } catch (error) {
      this.#fail({ serviceMethod, seq }, describe(error));
    }
  }

  #fail(
    { serviceMethod, seq }: Pick<Message, "serviceMethod" | "seq">,
    error: string,
  ): void {
    this.#connection.send({ serviceMethod, seq, error, body: {} });
    this.#host.onReply(error);
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
    }
    this.#wake();
    if (reason !== undefined) this.#host.onError(reason);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/** The text a caller sees: the message alone, stacks stay here. */
function describe(error: unknown): string {
  let text = "";
  try {
    text = String(error instanceof Error ? error.message : error);
  } catch { /* What was thrown has no text. */ }
  // An empty text would read as success.
  return text === "" ? "rpc server: the method failed without a message" : text;
}
