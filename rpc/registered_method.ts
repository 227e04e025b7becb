// Copyright 2026 the Gee authors. MIT license.

import { type Authenticate, authenticated } from "./authenticate.ts";
import type { BatchClock } from "./batch_clock.ts";
import { checkMilliseconds } from "./duration.ts";
import { intercepted, type Interceptor } from "./interceptor.ts";
import type { Method } from "./method.ts";
import { MethodCounter } from "./method_counter.ts";
import { throttled, type ThrottleOptions } from "./throttle/throttle.ts";
import { type MethodSchema, validated } from "./validate.ts";

/** Options of one method. */
export interface MethodOptions extends ThrottleOptions {
  /**
   * How long a call may be handled, in ms, of a stream the time without an item;
   * 0 is no limit. A caller may ask for less, not for more.
   *
   * @default {handleTimeout of the server}
   */
  readonly timeout?: number;
  /**
   * Whether a call may be repeated without harm; clients learn it by reflection.
   *
   * @default {false}
   */
  readonly idempotent?: boolean;
}

/** How a method was registered. */
export interface Registration {
  /** What it is called by, as `Service.method`. */
  readonly serviceMethod: string;
  /** What it says of itself. */
  readonly options: MethodOptions;
  /** Its validators. */
  readonly schema: MethodSchema;
  /** The interceptors of its service. */
  readonly interceptors: readonly Interceptor[];
  /** Whether it is called without `authenticate`. */
  readonly anonymous: boolean;
  /** The clock of its counter. */
  readonly clock: BatchClock;
}

/** What a server puts around all its methods. */
export interface Surroundings {
  /** The interceptors of the server, the first one outermost. */
  readonly interceptors: readonly Interceptor[];
  /** Finds out who calls. */
  readonly authenticate: Authenticate | undefined;
  /** Makes spans, when telemetry is on. */
  readonly trace:
    | ((method: Method, serviceMethod: string) => Method)
    | undefined;
}

/**
 * A method with all that stands around it, from the outside in: its span,
 * `authenticate`, interceptors of the server and of the service, limits,
 * validation. What is not wanted is not there, so that a plain method is called
 * as it is.
 */
export class RegisteredMethod {
  /** What it is called by, as `Service.method`. */
  readonly serviceMethod: string;
  /** What it says of itself. */
  readonly options: MethodOptions;
  /** Its validators. */
  readonly schema: MethodSchema;
  /** How long a call may be handled, in ms; undefined leaves it to the server. */
  readonly timeout: number | undefined;
  /** Whether it is an async generator. */
  readonly isGenerator: boolean;
  /** What becomes of its calls. */
  readonly counter: MethodCounter;
  /** Calls it. */
  run: Method;
  readonly #interceptors: readonly Interceptor[];
  readonly #anonymous: boolean;
  readonly #inner: Method;

  /**
   * @param method The method, bound to its object.
   * @param registration How it was registered.
   * @throws {RangeError} when one of its options is out of range.
   */
  constructor(method: Method, registration: Registration) {
    const { serviceMethod, options, schema, clock } = registration;
    const { timeout } = options;
    this.timeout = timeout === undefined
      ? undefined
      : checkMilliseconds("timeout", timeout);
    this.serviceMethod = serviceMethod;
    this.options = options;
    this.schema = schema;
    this.isGenerator = Object.prototype.toString.call(method) ===
      "[object AsyncGeneratorFunction]";
    this.counter = new MethodCounter(clock);
    this.#interceptors = registration.interceptors;
    this.#anonymous = registration.anonymous;
    this.#inner = throttled(validated(method, serviceMethod, schema), options);
    this.run = this.#inner;
    this.surround({
      interceptors: [],
      authenticate: undefined,
      trace: undefined,
    });
  }

  /** Puts the server's part around it, in place of what was there. */
  surround({ interceptors, authenticate, trace }: Surroundings): void {
    const all = [...interceptors, ...this.#interceptors];
    let run = intercepted(this.#inner, this.serviceMethod, all);
    if (authenticate !== undefined && !this.#anonymous) {
      run = authenticated(run, authenticate);
    }
    this.run = trace === undefined ? run : trace(run, this.serviceMethod);
  }
}
