// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import type { CallContext } from "./context.ts";
import { shorterLimit } from "./duration.ts";
import { type Metadata, NO_METADATA } from "./metadata.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import type { Deadline } from "./wire/timer_wheel.ts";

/** What all calls of one connection have in common. */
export interface Caller {
  /** Who calls, where known. */
  readonly peer: Deno.Addr | undefined;
  /** How the caller speaks. */
  readonly dialect: string;
  /** How long a call may be handled, in ms, unless its method says else; 0 is no limit. */
  readonly handleTimeout: number;
  /** How long the caller waits at most, in ms; 0 is no limit. */
  readonly askedTimeout: number;
}

/** A call whose handler has not settled yet; what costs is made when first read. */
export class Handling implements CallContext {
  readonly serviceMethod: string;
  readonly seq: number;
  readonly metadata: Metadata;
  principal: unknown = undefined;
  /** Ends the handling, where that has a limit. */
  timer: Deadline | undefined;
  readonly #caller: Caller;
  #controller: AbortController | undefined;
  #reason: unknown;
  #deadline: number | undefined;
  #method: RegisteredMethod | undefined;
  #started = 0;

  /**
   * @param serviceMethod What was called.
   * @param seq The number of the call on its connection.
   * @param caller Who calls, and how long it may take.
   * @param metadata What came beside the arguments.
   */
  constructor(
    serviceMethod: string,
    seq: number,
    caller: Caller,
    metadata: Metadata = NO_METADATA,
  ) {
    this.serviceMethod = serviceMethod;
    this.seq = seq;
    this.#caller = caller;
    this.metadata = metadata;
  }

  /** Says which method handles it, from now on. */
  begin(method: RegisteredMethod): void {
    this.#method = method;
    this.#started = method.counter.begin();
  }

  /** Says that it is over, and why it failed, if it did; for one that had begun. */
  end(code: Code | undefined): void {
    this.#method?.counter.end(this.#started, code);
    this.#method = undefined;
  }

  /** How long it may be handled, in ms; 0 is no limit. */
  get timeout(): number {
    const { handleTimeout, askedTimeout } = this.#caller;
    return shorterLimit(askedTimeout, this.#method?.timeout ?? handleTimeout);
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
    if (timeout === 0) return this.#deadline;
    // Read late it lies later: only `signal` is exact.
    return this.#deadline ??= Date.now() + timeout;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
