// Copyright 2026 the Gee authors. MIT license.

import { BatchClock } from "./batch_clock.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Method } from "./method.ts";
import { didYouMean } from "./nearest_name.ts";
import { type MethodOptions, RegisteredMethod } from "./registered_method.ts";
import type { MethodSchema } from "./validate.ts";

/**
 * The names of the methods of an object.
 *
 * @typeParam Receiver The type of the object.
 */
export type MethodName<Receiver extends object> = object extends Receiver
  ? string
  : {
    [Name in keyof Receiver]: Receiver[Name] extends
      (...args: never[]) => unknown ? Name : never;
  }[keyof Receiver];

/**
 * What a method takes, or the items of the stream it takes.
 *
 * @typeParam Function The type of the method.
 */
export type ArgumentsOf<Function> = Function extends
  (args: infer Args, ...rest: never[]) => unknown
  ? Args extends AsyncIterable<infer Item> ? Item : Args
  : unknown;

/**
 * Options of `Server.register`.
 *
 * @typeParam Receiver The type of the object.
 */
export interface RegisterOptions<Receiver extends object = object> {
  /**
   * The name before the dot: letters, digits and "_".
   *
   * @default the name of the object's class
   */
  readonly name?: string;
  /**
   * The methods that are offered.
   *
   * @default all that can be offered
   */
  readonly methods?: readonly MethodName<Receiver>[];
  /**
   * Validators of arguments and replies, by method (Standard Schema: Zod,
   * Valibot, ArkType). What a validator of arguments makes must be what the
   * method takes; arguments that do not fit fail as `invalid_argument`.
   *
   * @default anything is let through
   */
  readonly schema?: {
    readonly [Name in MethodName<Receiver>]?: MethodSchema<
      ArgumentsOf<Name extends keyof Receiver ? Receiver[Name] : unknown>
    >;
  };
  /**
   * Timeouts and limits, by method.
   *
   * @default those of the server
   */
  readonly methodOptions?: {
    readonly [Name in MethodName<Receiver>]?: MethodOptions;
  };
  /**
   * What stands around these methods, inside of the server's interceptors, the
   * first one outermost.
   *
   * @default {[]}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Whether these methods answer without the server's `authenticate`.
   *
   * @default {false}
   */
  readonly anonymous?: boolean;
}

const NAME = /^[\p{L}][\p{L}\p{N}_]*$/u;

/** The methods of one registered object, found by reflection. */
export class Service {
  /** The name before the dot. */
  readonly name: string;
  readonly #methods = new Map<string, RegisteredMethod>();

  /**
   * @param receiver The object whose methods are offered.
   * @param options Its name, and what is said of its methods.
   * @param clock Shared by all methods of a server.
   * @throws {TypeError} when it has no usable name or no methods, or when the
   * options name a method that is not there.
   * @throws {RangeError} when a limit is out of range.
   */
  constructor(
    receiver: object,
    options: RegisterOptions = {},
    clock: BatchClock = new BatchClock(),
  ) {
    const prototype = Object.getPrototypeOf(receiver);
    const isPlain = prototype === Object.prototype || prototype === null;
    this.name = options.name ?? (isPlain ? "" : receiver.constructor.name);
    if (!NAME.test(this.name)) {
      throw new TypeError(
        `Cannot register service "${this.name}": a name of letters, digits and "_" is wanted`,
      );
    }
    const found = offered(receiver, isPlain ? receiver : prototype);
    this.#refuseUnknown(found, options);
    for (const name of options.methods ?? found.keys()) {
      const method = found.get(name);
      if (method !== undefined) this.#add(name, method, options, clock);
    }
    if (this.#methods.size === 0) {
      throw new TypeError(
        `Cannot register service "${this.name}": it has no methods`,
      );
    }
    this.#spellAsGo();
  }

  /** The names callers may use, sorted. */
  get methods(): string[] {
    return [...this.#methods.keys()].sort();
  }

  /** The methods, each once, under the names they were declared by. */
  get declared(): RegisteredMethod[] {
    return [...new Set(this.#methods.values())];
  }

  /** The method of a name. */
  method(name: string): RegisteredMethod | undefined {
    return this.#methods.get(name);
  }

  #refuseUnknown(
    found: ReadonlyMap<string, Method>,
    { methods = [], schema = {}, methodOptions = {} }: RegisterOptions,
  ): void {
    const named = [
      ...methods,
      ...Object.keys(schema),
      ...Object.keys(methodOptions),
    ];
    for (const name of named) {
      if (found.has(name)) continue;
      throw new TypeError(
        `Cannot register service "${this.name}": it has no method "${name}"${
          didYouMean(name, found.keys())
        }`,
      );
    }
  }

  #add(
    name: string,
    method: Method,
    { schema = {}, methodOptions = {}, ...rest }: RegisterOptions,
    clock: BatchClock,
  ): void {
    const registered = new RegisteredMethod(method, {
      serviceMethod: `${this.name}.${name}`,
      // A method may be called `constructor` or `toString`.
      options: own(methodOptions, name) ?? {},
      schema: own(schema, name) ?? {},
      interceptors: rest.interceptors ?? [],
      anonymous: rest.anonymous ?? false,
      clock,
    });
    this.#methods.set(name, registered);
  }

  /** Go exports what begins with a capital: its callers ask for "Arith.Sum". */
  #spellAsGo(): void {
    for (const [name, method] of [...this.#methods]) {
      const exported = name.charAt(0).toUpperCase() + name.slice(1);
      if (!this.#methods.has(exported)) this.#methods.set(exported, method);
    }
  }
}

function own<T>(
  record: Readonly<Record<string, T>>,
  name: string,
): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/**
 * Only what the class itself declares can be called: nothing inherited, no
 * accessors, no symbols, nothing that begins with "_". A Map has no
 * prototype, so `constructor` and `__proto__` are names like any other.
 */
function offered(receiver: object, holder: object): Map<string, Method> {
  const methods = new Map<string, Method>();
  const declared = Object.getOwnPropertyDescriptors(holder);
  for (const [name, { value }] of Object.entries(declared)) {
    if (typeof value !== "function" || !NAME.test(name)) continue;
    if (name === "constructor") continue;
    methods.set(name, (value as Method).bind(receiver)); // it is a function
  }
  return methods;
}
