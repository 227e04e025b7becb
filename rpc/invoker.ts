// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import { formatGoDuration } from "./duration.ts";
import { RpcError } from "./errors.ts";
import { CLOSING, codeOfText, failureOf } from "./failure.ts";
import { Handling } from "./handling.ts";
import type { Metadata } from "./metadata.ts";
import { isStream } from "./method.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import type { Host } from "./server_connection.ts";
import type { Deadline } from "./wire/timer_wheel.ts";

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

  /** Calls under way. */
  get inFlight(): number {
    return this.#invocations.size;
  }

  /**
   * Calls a method.
   *
   * @returns the reply; of a stream, which is under way until it ends, the stream.
   */
  invoke(
    serviceMethod: string,
    args: unknown,
    options: InvokeOptions,
  ): Promise<unknown> {
    const method = this.#host.find(serviceMethod);
    const refusal = this.#refusal(method);
    if (refusal !== undefined) this.#host.onReply(refusal.code);
    // The first of the two is there when the method is a text.
    if (refusal !== undefined || typeof method === "string") {
      return Promise.reject(refusal);
    }
    const { handleTimeout } = this.#options;
    const { peer, dialect = "local", metadata, timeout = 0 } = options;
    const caller = { peer, dialect, handleTimeout };
    const handling = new Handling(serviceMethod, 0, caller, metadata, timeout);
    const invocation = new Invocation(handling, this.#host, (ended) => {
      this.#invocations.delete(ended);
      this.#wake();
    });
    this.#invocations.add(invocation);
    return invocation.run(method, args, options.signal);
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

/** One call: it ends once, by what comes first. */
class Invocation {
  readonly #handling: Handling;
  readonly #host: Host;
  readonly #onEnd: (self: Invocation) => void;
  #timer: Deadline | undefined;
  #stopListening = () => {};
  #isOver = false;
  #error: unknown;
  #rejectWait: (error: unknown) => void = () => {};

  constructor(
    handling: Handling,
    host: Host,
    onEnd: (self: Invocation) => void,
  ) {
    this.#handling = handling;
    this.#host = host;
    this.#onEnd = onEnd;
  }

  async run(
    method: RegisteredMethod,
    args: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    this.#handling.begin(method);
    this.#listen(signal);
    this.#restartTimer();
    try {
      // Given up before it began: the method is not to know of it.
      if (this.#isOver) throw this.#error;
      const reply = await this.#orAborted(method.run(args, this.#handling));
      if (isStream(reply)) return this.#stream(reply);
      this.#end(undefined);
      return reply;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Ends it for the caller by an error, for the method by the reason of its signal. */
  abort(error: unknown, code: Code, reason = error): void {
    this.#error = error;
    this.#rejectWait(error);
    this.#handling.abort(reason);
    this.#end(code);
  }

  async *#stream(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      while (true) {
        const { done, value } = await this.#orAborted(iterator.next());
        if (done) return this.#end(undefined);
        this.#restartTimer();
        yield value;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      // Not over yet: the reader has left.
      const reason = new DOMException("The reader has left", "AbortError");
      if (!this.#isOver) this.abort(reason, "canceled");
      // Not awaited: a method that hangs would keep its reader.
      iterator.return?.().then(undefined, () => {});
    }
  }

  /** What is waited for, or the end of it all; a race would keep every item of a stream. */
  #orAborted<T>(value: T): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      this.#rejectWait = reject;
      if (this.#isOver) reject(this.#error);
      Promise.resolve(value).then(resolve, reject);
    });
  }

  #failure(error: unknown): unknown {
    // What aborted it is thrown as it is: the reason of the caller's signal.
    if (this.#isOver) return error;
    const { code, message, details } = failureOf(error);
    this.#end(code);
    return code === "unknown"
      ? new RpcError(code, message, { details, cause: error })
      : error;
  }

  #listen(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const giveUp = () => this.abort(signal.reason, "canceled");
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", giveUp);
  }

  /** For a stream the limit is on the time without an item. */
  #restartTimer(): void {
    const { timeout } = this.#handling;
    this.#stopTimer();
    if (this.#isOver || timeout === 0) return;
    this.#timer = this.#host.wheel.set(timeout, () => {
      const text = `rpc server: request handle timeout: expect within ${
        formatGoDuration(timeout)
      }`;
      const error = new RpcError("deadline_exceeded", text);
      const reason = new DOMException(text, "TimeoutError");
      this.abort(error, "deadline_exceeded", reason);
    });
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#host.wheel.clear(this.#timer);
    this.#timer = undefined;
  }

  #end(code: Code | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer();
    this.#stopListening();
    this.#handling.end(code);
    this.#host.onReply(code);
    this.#onEnd(this);
  }
}
