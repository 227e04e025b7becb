// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "./duration.ts";
import { RpcError } from "./errors.ts";
import { CLOSING, codeOfText } from "./failure.ts";
import { Handling } from "./handling.ts";
import { Invocation } from "./invocation.ts";
import type { Metadata } from "./metadata.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import type { Host } from "./server_connection.ts";

/** Options of `Server.invoke`. */
export interface InvokeOptions {
  /** Who calls, for `context.peer`. */
  readonly peer?: Deno.Addr;
  /**
   * How the caller speaks, for `context.dialect`.
   *
   * @default {"local"}
   */
  readonly dialect?: string;
  /**
   * What came beside the arguments.
   *
   * @default none
   */
  readonly metadata?: Metadata;
  /** Gives the call up; the method's `context.signal` aborts. */
  readonly signal?: AbortSignal;
  /**
   * How long the caller waits at most, in ms; 0 is no limit but the server's.
   *
   * @default {0}
   */
  readonly timeout?: number;
}

/** What an invoker is given by its server. */
export interface InvokerOptions {
  /** How long a call may be handled, in ms; 0 is no limit. */
  readonly handleTimeout: number;
  /** How many calls may be under way. */
  readonly maxInFlight: number;
}

/** Calls methods for those who are not at the other end of a connection. */
export class Invoker {
  readonly #host: Host;
  readonly #options: InvokerOptions;
  readonly #invocations = new Set<Invocation>();
  #isDraining = false;
  #whenIdle: (() => void)[] = [];

  /**
   * @param host The server.
   * @param options Its limits.
   */
  constructor(host: Host, options: InvokerOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Calls under way; one that was given up counts until its method has settled, or its time is over. */
  get inFlight(): number {
    return this.#invocations.size;
  }

  /**
   * Calls a method.
   *
   * @returns the reply; of a stream, which is under way until it ends, the stream.
   * @throws {RangeError} when the timeout is out of range.
   */
  async invoke(
    serviceMethod: string,
    args: unknown,
    options: InvokeOptions,
  ): Promise<unknown> {
    const method = this.#host.find(serviceMethod);
    const refusal = this.#refusal(method);
    if (refusal !== undefined) this.#host.onReply(refusal.code);
    // The first of the two is there when the method is a text.
    if (refusal !== undefined || typeof method === "string") throw refusal;
    const { handleTimeout } = this.#options;
    const { peer, dialect = "local", metadata } = options;
    const timeout = checkMilliseconds("timeout", options.timeout ?? 0);
    const caller = { peer, dialect, handleTimeout };
    const handling = new Handling(serviceMethod, 0, caller, metadata, timeout);
    const invocation = new Invocation(handling, this.#host, (left) => {
      this.#invocations.delete(left);
      this.#wake();
    });
    this.#invocations.add(invocation);
    return await invocation.run(method, args, options.signal);
  }

  /** Takes no further calls and lets those under way end. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#invocations.size === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Ends all calls under way. */
  close(): void {
    this.#isDraining = true;
    const error = new RpcError(
      "unavailable",
      "Cannot reply: the server closes",
    );
    for (const invocation of [...this.#invocations]) {
      invocation.abort(error, "unavailable");
      invocation.leave();
    }
  }

  #refusal(method: RegisteredMethod | string): RpcError | undefined {
    if (this.#isDraining) {
      return new RpcError(CLOSING.code, CLOSING.message);
    }
    if (typeof method === "string") {
      return new RpcError(codeOfText(method), method);
    }
    const { maxInFlight } = this.#options;
    if (this.#invocations.size < maxInFlight) return undefined;
    return new RpcError(
      "resource_exhausted",
      `Cannot call "${method.serviceMethod}": ${maxInFlight} calls are under way`,
    );
  }

  #wake(): void {
    if (this.#invocations.size > 0) return;
    const waiters = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiters) resolve();
  }
}
