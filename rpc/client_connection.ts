// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "./call.ts";
import {
  type CodecFactory,
  type Extra,
  InvalidBody,
  type Message,
} from "./codec/codec.ts";
import { LimitError, RemoteError, ShutdownError, WireError } from "./errors.ts";
import { codeOfText } from "./failure.ts";
import type { Limits } from "./limits.ts";
import { checkMetadata } from "./metadata.ts";
import { encodeOption, FRAMES_VERSION } from "./option.ts";
import { PendingCall } from "./pending_call.ts";
import { IncomingStream } from "./stream/incoming_stream.ts";
import { isAsyncIterable, OutgoingStream } from "./stream/outgoing_stream.ts";
import { Connection } from "./wire/connection.ts";
import type { KeepAliveOptions } from "./wire/keep_alive.ts";
import { Slots } from "./wire/slots.ts";
import { TimerWheel } from "./wire/timer_wheel.ts";
import type { Transport } from "./wire/transport.ts";

/** What all connections of one client have in common. */
export interface ClientSettings extends Required<KeepAliveOptions> {
  /** How messages are written. */
  readonly codec: CodecFactory;
  /** How long a call waits unless it says otherwise, in ms; 0 is for ever. */
  readonly timeout: number;
  /** How long the server may take to handle a call, in ms; 0 leaves it to the server. */
  readonly handleTimeout: number;
  /** What one connection may take up. */
  readonly limits: Required<Limits>;
}

/** What a client has counted, over all its connections. */
export interface Counts {
  /** Calls sent. */
  calls: number;
  /** Calls that ended with an error. */
  errors: number;
  /** Replies that nobody waited for any more. */
  late: number;
}

/** One connection on the caller's side: sends calls and settles each exactly once. */
export class ClientConnection {
  readonly #pending = new Slots<PendingCall>();
  readonly #wheel = new TimerWheel();
  readonly #connection: Connection;
  readonly #settings: ClientSettings;
  readonly #counts: Counts;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  #shutdown: ShutdownError | undefined;
  /** Why no further calls are taken, if so. */
  #leaving: string | undefined;
  #hasHeard = false;
  /** Since when calls have timed out and nothing at all has come. */
  #quietSince: number | undefined;

  /**
   * Begins to speak.
   *
   * @param transport The bytes' way in and out, which from then on belongs to it.
   * @param settings What all connections of the client have in common.
   * @param counts What is counted over all of them.
   */
  constructor(transport: Transport, settings: ClientSettings, counts: Counts) {
    this.#settings = settings;
    this.#counts = counts;
    const { codec, limits } = settings;
    const receiver = {
      receive: (message: Message) => this.#receive(message),
      end: (reason: unknown) => this.#end(reason),
    };
    this.#connection = new Connection(
      transport,
      codec.create("client", limits),
      receiver,
      settings,
    );
    if (!codec.isBare) this.#connection.writer.writeBytes(this.#option());
    this.ended = this.#connection.run();
  }

  /** Whether calls can be made. */
  get isAvailable(): boolean {
    return this.#shutdown === undefined && this.#leaving === undefined;
  }

  /** Calls under way. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Sends a call that has waited for so many ms, or rejects it. */
  send(
    serviceMethod: string,
    args: unknown,
    options: CallOptions | undefined,
    resolve: (reply: unknown) => void,
    reject: (reason: unknown) => void,
    spent = 0,
  ): void {
    const refusal = this.#refusal(serviceMethod, options?.signal);
    if (refusal !== undefined) {
      this.#counts.errors++;
      return reject(refusal.reason);
    }
    const pending = new PendingCall(
      serviceMethod,
      options?.timeout ?? this.#settings.timeout,
      this.#wheel,
      resolve,
      reject,
    );
    const seq = this.#pending.put(pending);
    try {
      // First, as encoding the arguments may run code that ends this very call.
      pending.watch(
        (reason) => this.#fail(seq, reason),
        options?.signal,
        spent,
      );
      const isStream = isAsyncIterable(args);
      const extra = this.#extra(options, isStream);
      if (isStream) this.#prepare(seq, pending, args);
      this.#connection.send({
        serviceMethod,
        seq,
        error: "",
        body: args,
        extra,
      });
      this.#counts.calls++;
      pending.outgoing?.run();
      // It was ended while its arguments were encoded: this time behind them.
      if (this.#pending.get(seq) !== pending) {
        this.#connection.signal("cancel", seq);
      }
    } catch (error) {
      this.#fail(seq, error, false);
    }
  }

  /** Ends the connection; calls under way reject. */
  async close(reason: ShutdownError): Promise<void> {
    this.#connection.close(reason);
    await this.ended;
  }

  #option(): Uint8Array {
    const { codec, timeout, handleTimeout } = this.#settings;
    return encodeOption({
      codecType: codec.type,
      connectTimeout: 0,
      handleTimeout,
      ...(this.#connection.isFramed &&
        { version: FRAMES_VERSION, callTimeout: timeout }),
    });
  }

  /** What goes beside the arguments; nothing for most calls, which then share a frame. */
  #extra(
    options: CallOptions | undefined,
    isStream: boolean,
  ): Extra | undefined {
    const { metadata, timeout } = options ?? {};
    if (metadata === undefined && timeout === undefined && !isStream) {
      return undefined;
    }
    if (!this.#connection.isFramed && (isStream || metadata !== undefined)) {
      throw new TypeError(
        `Cannot send ${
          isStream ? "a stream" : "metadata"
        } in codec "${this.#settings.codec.type}": only frames carry it`,
      );
    }
    if (metadata !== undefined) checkMetadata(metadata);
    return { metadata, timeout, isStream };
  }

  /** Why a call cannot be sent now, if so. */
  #refusal(
    serviceMethod: string,
    signal?: AbortSignal,
  ): { reason: unknown } | undefined {
    if (this.#shutdown !== undefined) return { reason: this.#shutdown };
    if (signal?.aborted) return { reason: signal.reason };
    if (typeof serviceMethod !== "string") {
      // From JavaScript; the server would end the connection for it.
      const text =
        `Cannot call a method: its name is of type ${typeof serviceMethod}, a string is wanted`;
      return { reason: new TypeError(text) };
    }
    if (this.#leaving !== undefined) {
      const text = `Cannot call "${serviceMethod}": ${this.#leaving}`;
      return { reason: new ShutdownError(text) };
    }
    const { maxInFlight, maxBufferedBytes } = this.#settings.limits;
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

  /** The stream of a call's arguments: while it goes on, no answer is due. */
  #prepare(
    seq: number,
    pending: PendingCall,
    items: AsyncIterable<unknown>,
  ): void {
    const { writer } = this.#connection;
    pending.outgoing = new OutgoingStream(items, {
      item: (item) => {
        const size = this.#connection.sendItem(seq, item);
        if (pending.incoming === undefined) pending.setDeadline();
        return size;
      },
      end: (failure) => {
        if (this.#pending.get(seq) !== pending) return;
        // What makes the items has failed: that is how the call ends here.
        if (failure !== undefined) return this.#fail(seq, failure.error);
        this.#connection.signal("end", seq);
      },
      pause: () =>
        writer.buffered < this.#settings.limits.maxBufferedBytes
          ? this.#connection.rest()
          : writer.drained(),
    });
  }

  #receive(message: Message): void {
    this.#hasHeard = true;
    this.#quietSince = undefined;
    if (message.kind !== undefined) return this.#control(message);
    if (message.extra?.isStream) return this.#begin(message.seq);
    this.#settle(message);
  }

  /** One reply has three fates: nobody waits any more, an error, a value. */
  #settle({ seq, error, body, extra }: Message): void {
    const pending = this.#pending.take(seq);
    if (pending === undefined) {
      this.#counts.late++;
      return;
    }
    this.#release(pending);
    if (error === "" && !(body instanceof InvalidBody)) {
      return pending.resolve(body);
    }
    this.#counts.errors++;
    pending.reject(
      body instanceof InvalidBody && error === ""
        ? new WireError(
          `Cannot read the reply of "${pending.serviceMethod}": ${body.message}`,
        )
        : remoteError(pending, error, extra),
    );
  }

  /** The reply is a stream: the call goes on until that ends. */
  #begin(seq: number): void {
    const pending = this.#pending.get(seq);
    if (pending === undefined || pending.incoming !== undefined) {
      this.#counts.late++;
      return;
    }
    pending.clearDeadline();
    pending.incoming = new IncomingStream({
      onTake: (bytes) => this.#connection.signal("window", seq, bytes),
      onStop: (failure) => this.#leave(seq, failure),
    }, { wheel: this.#wheel, timeout: pending.timeout });
    pending.resolve(pending.incoming);
  }

  /** What a server says about a call under way; one that has ended is none. */
  #control({ kind, seq, body, size = 0, error, extra }: Message): void {
    if (kind === "goaway") return this.#leaveFor("the server is closing");
    const pending = this.#pending.get(seq);
    if (pending === undefined) return;
    const { incoming, outgoing } = pending;
    if (kind === "window" && typeof body === "number" && body > 0) {
      outgoing?.grant(body);
    } else if (kind === "cancel") outgoing?.stop();
    else if (kind === "data") this.#item(seq, pending, body, size);
    else if (kind === "end" && incoming !== undefined) {
      this.#pending.take(seq);
      if (error !== "") this.#counts.errors++;
      incoming.end(
        error === "" ? undefined : {
          reason: remoteError(pending, error, extra),
        },
      );
      this.#release(pending);
    }
  }

  #item(seq: number, pending: PendingCall, item: unknown, size: number): void {
    const { incoming, serviceMethod } = pending;
    if (item instanceof InvalidBody) {
      const text = `Cannot read an item of "${serviceMethod}": ${item.message}`;
      return this.#fail(seq, new WireError(text));
    }
    if (incoming?.push(item, size) !== false) return;
    const text =
      `Cannot take the items of "${serviceMethod}": they exceed the window`;
    this.#connection.close(new WireError(text));
  }

  /** The reader of a reply wants no more of it, or has waited too long. */
  #leave(seq: number, failure?: { readonly reason: unknown }): void {
    if (failure !== undefined) return this.#fail(seq, failure.reason);
    const pending = this.#pending.take(seq);
    if (pending === undefined) return;
    this.#connection.signal("cancel", seq);
    this.#release(pending);
  }

  /** Ends a call on this side; the server is told where it can be. */
  #fail(seq: number, reason: unknown, isSent = true): void {
    const pending = this.#pending.take(seq);
    if (pending === undefined) return;
    this.#counts.errors++;
    pending.end(reason);
    if (isSent) this.#connection.signal("cancel", seq);
    this.#doubt(reason);
    this.#endWhenLeft();
  }

  /**
   * A peer that cannot be asked for a sign of life, of whom nothing has come while
   * calls timed out, may be gone: others go to another connection.
   */
  #doubt(reason: unknown): void {
    const { keepAlive, keepAliveTimeout } = this.#settings;
    if (this.#connection.isFramed || keepAlive === 0) return;
    if (!(reason instanceof DOMException && reason.name === "TimeoutError")) {
      return;
    }
    const now = performance.now();
    this.#quietSince ??= now;
    if (now - this.#quietSince < keepAliveTimeout) return;
    this.#leaveFor(
      `the peer gave no sign of life for ${keepAliveTimeout} ms`,
    );
  }

  #release(pending: PendingCall): void {
    pending.release();
    this.#endWhenLeft();
  }

  /** Takes no further calls; the connection ends when those under way have. */
  #leaveFor(why: string): void {
    this.#leaving ??= why;
    this.#endWhenLeft();
  }

  #endWhenLeft(): void {
    if (this.#leaving === undefined || this.#pending.size > 0) return;
    this.#connection.close(
      new ShutdownError(`Cannot finish the call: ${this.#leaving}`),
    );
  }

  #end(reason: unknown): void {
    this.#shutdown = reason instanceof ShutdownError
      ? reason
      : new ShutdownError(this.#farewell(), { cause: reason });
    this.#wheel.close();
    for (const pending of this.#pending.takeAll()) {
      this.#counts.errors++;
      pending.end(this.#shutdown);
    }
  }

  #farewell(): string {
    const text = "Cannot finish the call: the connection has ended";
    // What the original does with a codec that it does not know is to hang up.
    return this.#hasHeard || !this.#connection.isFramed
      ? text
      : `${text} before the server said anything; one that does not know frames needs { codec: jsonCodec } or { codec: gobCodec() }`;
  }
}

function remoteError(
  { serviceMethod }: PendingCall,
  text: string,
  extra: Extra | undefined,
): RemoteError {
  const { code = codeOfText(text), details } = extra ?? {};
  return new RemoteError(serviceMethod, text, code, details);
}
