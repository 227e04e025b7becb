// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import type { CallContext } from "./context.ts";
import { shorterLimit } from "./duration.ts";
import { type Metadata, NO_METADATA } from "./metadata.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import type { IncomingStream } from "./stream/incoming_stream.ts";
import type { OutgoingStream } from "./stream/outgoing_stream.ts";
import type { Deadline } from "./wire/timer_wheel.ts";

/** What all calls of one connection have in common. */
export interface Caller {
  /** Who calls, where known. */
  readonly peer: Deno.Addr | undefined;
  /** How the caller speaks. */
  readonly dialect: string;
  /** How long a call may be handled, in ms, unless its method says else; 0 is no limit. */
  readonly handleTimeout: number;
  /** How long a call may be handled as the caller's option has it, in ms; 0 is no limit. */
  readonly optionTimeout?: number;
  /** How long the caller waits unless a call says otherwise, in ms; 0 is for ever. */
  readonly callTimeout?: number;
}

/** A call whose handler has not settled yet; what costs is made when first read. */
export class Handling implements CallContext {
  /** What was called, as the caller spells it, for the reply. */
  readonly called: string;
  readonly seq: number;
  readonly metadata: Metadata;
  principal: unknown = undefined;
  /** How long the caller waits, in ms; 0 is for ever. */
  readonly callTimeout: number;
  /** Ends the handling, where that has a limit. */
  timer: Deadline | undefined;
  /** Whether the caller has its answer, or wants none: nothing is sent any more. */
  isAnswered = false;
  /** Why it fails, should it be given up. */
  lossCode: Code = "canceled";
  /** Whether it counts as one with a stream. */
  isStream = false;
  /** The arguments, where they are a stream. */
  incoming: IncomingStream | undefined;
  /** The reply, where it is a stream. */
  outgoing: OutgoingStream | undefined;
  readonly #caller: Caller;
  #controller: AbortController | undefined;
  #reason: unknown;
  #deadline: number | undefined;
  #method: RegisteredMethod | undefined;
  #started = 0;
  #isEnded = false;

  /**
   * @param called What was called, as the caller spells it.
   * @param seq The number of the call on its connection.
   * @param caller Who calls, and how long it may take.
   * @param metadata What came beside the arguments.
   * @param callTimeout How long the caller waits, in ms; 0 is for ever.
   */
  constructor(
    called: string,
    seq: number,
    caller: Caller,
    metadata: Metadata = NO_METADATA,
    callTimeout: number = caller.callTimeout ?? 0,
  ) {
    this.called = called;
    this.seq = seq;
    this.#caller = caller;
    this.metadata = metadata;
    this.callTimeout = callTimeout;
  }

  /** Says which method handles it, from now on. */
  begin(method: RegisteredMethod): void {
    this.#method = method;
    this.#started = method.counter.begin();
  }

  /** Says that it is over, and why it failed, if it did; what is said later does not count. */
  end(code: Code | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#method?.counter.end(this.#started, code);
    // What the method has left behind may read on, and nothing comes any more.
    this.incoming?.end({
      reason: new DOMException("The call was answered", "AbortError"),
    });
  }

  /** How long it may be handled, in ms; 0 is no limit. */
  get handleTimeout(): number {
    const { handleTimeout, optionTimeout = 0 } = this.#caller;
    return shorterLimit(optionTimeout, this.#method?.timeout ?? handleTimeout);
  }

  /** The smaller one of both times, in ms; 0 is no limit. */
  get timeout(): number {
    return shorterLimit(this.handleTimeout, this.callTimeout);
  }

  /** As it was declared: rules that go by names must not be passed by another spelling. */
  get serviceMethod(): string {
    return this.#method?.serviceMethod ?? this.called;
  }

  get peer(): Deno.Addr | undefined {
    return this.#caller.peer;
  }

  get dialect(): string {
    return this.#caller.dialect;
  }

  get traceparent(): string | undefined {
    return this.metadata.traceparent;
  }

  get deadline(): number | undefined {
    const { timeout } = this;
    if (timeout === 0) return undefined;
    // Read late it lies later: only `signal` is exact.
    return this.#deadline ??= Date.now() + timeout;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Tells the method that nobody waits any more, and ends its streams. */
  abort(reason: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.incoming?.end({ reason });
    this.outgoing?.stop();
  }
}
