// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";
import { type Metadata, NO_METADATA } from "./metadata.ts";
import type { Deadline } from "./wire/timer_wheel.ts";

/** What all calls of one connection have in common. */
export interface Caller {
  /** Who calls, where known. */
  readonly peer: Deno.Addr | undefined;
  /** How the caller speaks. */
  readonly dialect: string;
  /** How long a call may be handled, in ms; 0 is no limit. */
  readonly handleTimeout: number;
}

/** A call whose handler has not settled yet; what costs is made when first read. */
export class Handling implements CallContext {
  readonly serviceMethod: string;
  readonly seq: number;
  readonly metadata: Metadata;
  /** Ends the handling, where that has a limit. */
  timer: Deadline | undefined;
  readonly #caller: Caller;
  #controller: AbortController | undefined;
  #reason: unknown;
  #deadline: number | undefined;

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
    const { handleTimeout } = this.#caller;
    if (handleTimeout === 0) return undefined;
    // Read late it lies later: only `signal` is exact.
    return this.#deadline ??= Date.now() + handleTimeout;
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
