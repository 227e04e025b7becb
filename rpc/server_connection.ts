// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import { type Codec, InvalidBody, type Message } from "./codec/codec.ts";
import { formatGoDuration } from "./duration.ts";
import { LimitError, RpcError, WireError } from "./errors.ts";
import {
  CLOSING,
  codeOfText,
  type Failure,
  failureOfMethod,
  withoutDetails,
} from "./failure.ts";
import { type Caller, Handling } from "./handling.ts";
import { Handlings } from "./handlings.ts";
import type { Limits } from "./limits.ts";
import { isThenable } from "./method.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import { endUnread } from "./stream/end_stream.ts";
import { IncomingStream } from "./stream/incoming_stream.ts";
import { isAsyncIterable, OutgoingStream } from "./stream/outgoing_stream.ts";
import { Connection } from "./wire/connection.ts";
import type { KeepAliveOptions } from "./wire/keep_alive.ts";
import type { TimerWheel } from "./wire/timer_wheel.ts";
import type { Transport } from "./wire/transport.ts";

/** Characters that are left of a text of an error that is too long. */
const CUT_TEXT = 100;

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
export interface ServedOptions extends Caller, KeepAliveOptions {
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
  readonly #handlings: Handlings;
  readonly #ended = Promise.withResolvers<void>();
  #isDraining = false;
  /** Calls with a stream that came since answers last found room. */
  #unread = 0;

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
    this.#connection = new Connection(transport, codec, {
      receive: (message) => this.#receive(message),
      end: (reason) => this.#end(reason),
      pause: () => this.#pause(),
    }, options);
    this.#handlings = new Handlings(
      host.wheel,
      this.#connection.isFramed,
      (handling, wasOpen) => this.#expire(handling, wasOpen),
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

  /**
   * Takes no further calls, lets those under way end and their replies leave. A
   * caller that can be told is waited for: what it has sent before it heard is
   * answered too, and when it waits for nothing more it ends the connection.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#connection.signal("goaway");
    while (this.#handlings.size > 0) await this.#handlings.progress();
    await this.#connection.writer.drained();
    if (this.#connection.isFramed) await this.#ended.promise;
  }

  /** Ends the connection now; handlers under way get their signal aborted. */
  close(reason?: unknown): void {
    this.#connection.close(reason);
  }

  #receive(message: Message): void {
    if (message.kind !== undefined) return this.#control(message);
    const { serviceMethod, seq, body, extra } = message;
    if (this.#handlings.get(seq) !== undefined) {
      const text = `Cannot take call ${seq}: one of that number is under way`;
      return this.close(new WireError(text));
    }
    if (extra?.isStream && this.#isFlooded()) {
      const text = `Cannot take call ${seq}: the peer reads no answers`;
      return this.close(new WireError(text));
    }
    if (this.#isDraining) return this.#fail(message, CLOSING);
    const method = this.#host.find(serviceMethod);
    if (typeof method === "string") {
      const code = codeOfText(method);
      return this.#fail(message, { message: method, code });
    }
    const { metadata, timeout } = extra ?? {};
    const handling = new Handling(
      serviceMethod,
      seq,
      this.#options,
      metadata,
      timeout,
    );
    handling.begin(method);
    const refusal = this.#refusal(message);
    if (refusal !== undefined) return this.#fail(handling, refusal);
    this.#run(
      method,
      handling,
      extra?.isStream ? this.#incoming(handling) : body,
    );
  }

  /** Calls with a stream overtake the others, and so wait for no answer to leave. */
  #isFlooded(): boolean {
    const { maxBufferedBytes, maxInFlight } = this.#options.limits;
    const isFull = this.#connection.writer.buffered >= maxBufferedBytes;
    this.#unread = isFull ? this.#unread + 1 : 0;
    return this.#unread > maxInFlight;
  }

  /** Why a method is not called that is there. */
  #refusal({ body, extra }: Message): Failure | undefined {
    if (body instanceof InvalidBody) {
      const message = `rpc server: read body err: ${body.message}`;
      return { message, code: "invalid_argument" };
    }
    return extra?.isStream ? this.#tooManyStreams() : undefined;
  }

  #run(method: RegisteredMethod, handling: Handling, args: unknown): void {
    let reply: unknown;
    let later: Promise<unknown> | undefined;
    let isStream = false;
    try {
      reply = method.run(args, handling);
      // Inside, since looking at a hostile object can throw, too.
      if (isThenable(reply)) later = Promise.resolve(reply);
      else isStream = isAsyncIterable(reply);
    } catch (error) {
      return this.#fail(handling, failureOfMethod(error));
    }
    // What returns at once is answered at once, into the buffer of this very read.
    if (later === undefined && !isStream) return this.#reply(handling, reply);
    this.#handlings.add(handling);
    if (later === undefined) return this.#settled(handling, reply);
    later.then(
      (value) => this.#settled(handling, value),
      (error) =>
        this.#handlings.delete(handling) &&
        this.#fail(handling, failureOfMethod(error)),
    );
  }

  /** The method has a result: a value ends the call, a stream begins. */
  #settled(handling: Handling, value: unknown): void {
    let isStream: boolean;
    try {
      isStream = isAsyncIterable(value);
    } catch (error) {
      return this.#handlings.delete(handling)
        ? this.#fail(handling, failureOfMethod(error))
        : undefined;
    }
    if (isStream) {
      return this.#stream(handling, value as AsyncIterable<unknown>); // just looked at
    }
    if (this.#handlings.delete(handling)) this.#reply(handling, value);
  }

  #stream(handling: Handling, items: AsyncIterable<unknown>): void {
    const { seq, called: serviceMethod } = handling;
    const refusal = this.#streamRefusal(handling);
    if (refusal !== undefined || handling.isAnswered) {
      endUnread(items);
      const wasOpen = this.#handlings.delete(handling);
      return wasOpen && refusal ? this.#fail(handling, refusal) : undefined;
    }
    this.#handlings.beginStream(handling);
    const outgoing = new OutgoingStream(items, {
      item: (item) => {
        this.#handlings.renew(handling);
        return this.#connection.sendItem(seq, item);
      },
      end: (failure) => {
        if (!this.#handlings.delete(handling)) return;
        this.#endStream(handling, failure && failureOfMethod(failure.error));
      },
      pause: () => this.#writerRoom() ?? this.#connection.rest(),
    });
    handling.outgoing = outgoing;
    this.#connection.send({
      serviceMethod,
      seq,
      error: "",
      body: undefined,
      extra: { isStream: true },
    });
    // Only now is the method done: what was given up counts until its iterable ends.
    this.#handlings.renew(handling);
    outgoing.run().then(() => this.#handlings.delete(handling));
  }

  #streamRefusal(handling: Handling): Failure | undefined {
    if (this.#connection.isFramed) {
      return handling.isStream ? undefined : this.#tooManyStreams();
    }
    const { serviceMethod } = handling;
    return {
      message:
        `rpc server: "${serviceMethod}" answers with a stream, which only frames carry`,
      code: "unimplemented",
    };
  }

  #tooManyStreams(): Failure | undefined {
    const { maxStreams } = this.#options.limits;
    if (this.#handlings.streams < maxStreams) return undefined;
    const message =
      `rpc server: ${maxStreams} calls with streams are under way`;
    return { message, code: "resource_exhausted" };
  }

  #endStream(handling: Handling, failure: Failure | undefined): void {
    const message = {
      serviceMethod: "",
      seq: handling.seq,
      kind: "end",
      error: failure?.message ?? "",
      body: undefined,
    } as const;
    this.#sendFailure(message, failure);
    this.#count(handling, failure?.code);
  }

  #incoming(handling: Handling): IncomingStream {
    const { seq } = handling;
    const incoming = new IncomingStream({
      onTake: (bytes) => this.#connection.signal("window", seq, bytes),
      onStop: () => {
        if (!handling.isAnswered) this.#connection.signal("cancel", seq);
      },
    });
    return handling.incoming = incoming;
  }

  /** What a caller says about a call under way; one that has ended is none. */
  #control({ kind, seq, body, size = 0, error, extra }: Message): void {
    const handling = this.#handlings.get(seq);
    if (handling === undefined) return;
    if (kind === "cancel") {
      this.#handlings.giveUp(
        handling,
        new DOMException("The caller has given the call up", "AbortError"),
      );
    } else if (kind === "window") {
      if (typeof body === "number" && body > 0) handling.outgoing?.grant(body);
    } else if (kind === "end") {
      const { code = "unknown", details } = extra ?? {};
      const failure = error === ""
        ? undefined
        : { reason: new RpcError(code, error, { details }) };
      handling.incoming?.end(failure);
    } else if (kind === "data") this.#item(handling, body, size);
  }

  #item(handling: Handling, item: unknown, size: number): void {
    this.#handlings.renew(handling);
    const { incoming, seq } = handling;
    if (item instanceof InvalidBody) {
      incoming?.end({
        reason: new WireError(`Cannot read an item: ${item.message}`),
      });
    } else if (incoming?.push(item, size) === false) {
      this.close(
        new WireError(
          `Cannot take the items of call ${seq}: they exceed the window`,
        ),
      );
    }
  }

  #expire(handling: Handling, wasOpen: boolean): void {
    const text = `rpc server: request handle timeout: expect within ${
      formatGoDuration(handling.handleTimeout)
    }`;
    const isStream = handling.outgoing !== undefined;
    handling.abort(new DOMException(text, "TimeoutError"));
    if (!wasOpen) return;
    const failure: Failure = { message: text, code: "deadline_exceeded" };
    if (isStream) this.#endStream(handling, failure);
    else this.#fail(handling, failure);
  }

  #reply(handling: Handling, body: unknown): void {
    const { called: serviceMethod, seq } = handling;
    try {
      this.#connection.send({ serviceMethod, seq, error: "", body });
      this.#count(handling, undefined);
    } catch (error) {
      this.#fail(handling, failureOfMethod(error));
    }
  }

  #fail(call: Message | Handling, failure: Failure): void {
    const { seq } = call;
    const serviceMethod = call instanceof Handling
      ? call.called
      : call.serviceMethod;
    const error = failure.message;
    this.#sendFailure({ serviceMethod, seq, error, body: {} }, failure);
    this.#count(call, failure.code);
  }

  #count(call: Message | Handling, code: Code | undefined): void {
    if (call instanceof Handling) call.end(code);
    this.#host.onReply(code);
  }

  #sendFailure(message: Message, failure: Failure | undefined): void {
    try {
      this.#connection.send({ ...message, extra: failure });
    } catch (cause) {
      // The details have no form in JSON, or all is too long; a short message is sent always.
      const isLong = cause instanceof LimitError;
      this.#connection.send({
        ...message,
        error: isLong ? message.error.slice(0, CUT_TEXT) : message.error,
        extra: failure && withoutDetails(failure),
      });
    }
  }

  /** Nothing more is taken while enough is to be done or to be written. */
  #pause(): Promise<void> | undefined {
    return this.#writerRoom() ??
      (this.#handlings.calls < this.#options.limits.maxInFlight
        ? undefined
        : this.#handlings.progress());
  }

  #writerRoom(): Promise<void> | undefined {
    const { writer } = this.#connection;
    return writer.buffered < this.#options.limits.maxBufferedBytes
      ? undefined
      : writer.drained();
  }

  #end(reason: unknown): void {
    this.#ended.resolve();
    this.#handlings.clear(
      reason ?? new DOMException("The connection has ended", "AbortError"),
    );
    if (reason !== undefined) this.#host.onError(reason);
  }
}
