// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import { formatGoDuration } from "./duration.ts";
import { RpcError } from "./errors.ts";
import { failureOf } from "./failure.ts";
import type { Handling } from "./handling.ts";
import { endIterator, endUnread } from "./stream/end_stream.ts";
import { isAsyncIterable } from "./stream/outgoing_stream.ts";
import type { RegisteredMethod } from "./registered_method.ts";
import type { Host } from "./server_connection.ts";
import type { Deadline } from "./wire/timer_wheel.ts";

/**
 * One call without a connection. It is over once, by what comes first: its reply,
 * its caller's signal, its time, or the server's end. Its caller hears of it then;
 * it has left when its method is done too, so that calls which are begun and given
 * up again do not run in any number.
 */
export class Invocation {
  readonly #handling: Handling;
  readonly #host: Host;
  readonly #onLeave: (self: Invocation) => void;
  #timer: Deadline | undefined;
  #stopListening = () => {};
  #isOver = false;
  #hasLeft = false;
  #error: unknown;
  #rejectWait: ((error: unknown) => void) | undefined;
  #iterator: AsyncIterator<unknown> | undefined;

  /**
   * @param handling What the method is told.
   * @param host The server.
   * @param onLeave Told once, when it has left.
   */
  constructor(
    handling: Handling,
    host: Host,
    onLeave: (self: Invocation) => void,
  ) {
    this.#handling = handling;
    this.#host = host;
    this.#onLeave = onLeave;
  }

  /** Calls the method. */
  async run(
    method: RegisteredMethod,
    args: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    this.#handling.begin(method);
    this.#listen(signal);
    // Given up before it began: the method is not to know of it.
    if (this.#isOver) throw this.#error;
    this.#setTimer(this.#handling.timeout, () => this.#expire());
    try {
      const reply = await this.#wait(() => method.run(args, this.#handling));
      if (isAsyncIterable(reply)) return this.#begun(reply);
      this.#end(undefined);
      return reply;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Ends it for the caller by an error, for the method by the reason of its signal. */
  abort(error: unknown, code: Code, reason = error): void {
    if (this.#isOver) return;
    this.#error = error;
    this.#handling.abort(reason);
    this.#end(code);
    this.#rejectWait?.(error);
    endIterator(this.#iterator);
  }

  /** Forgets the method, whatever it still does. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#stopTimer();
    this.#onLeave(this);
  }

  /** A stream that ends by `return` at once: before its first item, and while one is waited for. */
  #begun(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = items[Symbol.asyncIterator]();
    this.#iterator = iterator;
    const stream = this.#stream(iterator);
    const leave = stream.return.bind(stream);
    stream.return = (value) => {
      this.#leaveStream();
      return leave(value);
    };
    return stream;
  }

  async *#stream(iterator: AsyncIterator<unknown>): AsyncGenerator<unknown> {
    try {
      while (true) {
        const { done, value } = await this.#wait(() => iterator.next());
        if (done) return this.#end(undefined);
        // The limit is on the time without an item.
        this.#setTimer(this.#handling.timeout, () => this.#expire());
        yield value;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#leaveStream();
    }
  }

  /** Without effect after the end. */
  #leaveStream(): void {
    const reason = new DOMException("The reader has left", "AbortError");
    this.abort(reason, "canceled");
  }

  /** What the method does, or an earlier end; a race would keep every item of a stream. */
  #wait<T>(work: () => T | PromiseLike<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#isOver) {
      reject(this.#error);
      return promise;
    }
    this.#rejectWait = reject;
    new Promise<T>((begin) => begin(work())).then((value) => {
      // A stream that comes too late.
      if (this.#isOver && isAsyncIterable(value)) endUnread(value);
      this.#hasWorked();
      resolve(value);
    }, (error) => {
      this.#hasWorked();
      reject(error);
    });
    return promise;
  }

  #hasWorked(): void {
    this.#rejectWait = undefined;
    if (this.#isOver) this.leave();
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

  #expire(): void {
    const { timeout, handleTimeout } = this.#handling;
    const text = `rpc server: request handle timeout: expect within ${
      formatGoDuration(timeout)
    }`;
    const error = new RpcError("deadline_exceeded", text);
    const reason = new DOMException(text, "TimeoutError");
    this.abort(error, "deadline_exceeded", reason);
    if (timeout === handleTimeout) this.leave();
  }

  #setTimer(ms: number, onExpire: () => void): void {
    this.#stopTimer();
    if (ms > 0) this.#timer = this.#host.wheel.set(ms, onExpire);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#host.wheel.clear(this.#timer);
    this.#timer = undefined;
  }

  #end(code: Code | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#handling.end(code);
    this.#host.onReply(code);
    const isRunning = this.#rejectWait !== undefined;
    if (!isRunning) return this.leave();
    this.#setTimer(this.#handling.handleTimeout, () => this.leave());
  }
}
