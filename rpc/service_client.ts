// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "./call.ts";
import { endUnread } from "./stream/end_stream.ts";

/** What a typed client makes its calls with: a `Client` or an `XClient`. */
export interface Caller {
  /** Calls a method and waits for its reply. */
  call<Reply = unknown>(
    serviceMethod: string,
    args?: unknown,
    options?: CallOptions,
  ): Promise<Reply>;
}

/** The parameters of a remote method: the first one of the service's, then options. */
export type RemoteParameters<Method extends (...args: never[]) => unknown> =
  Parameters<Method> extends [] ? [args?: undefined, options?: CallOptions]
    : [args: Parameters<Method>[0], options?: CallOptions];

/**
 * What a remote method returns: a promise of the reply. Where that is a stream,
 * it can be iterated without waiting for the promise first.
 */
export type RemoteReply<Reply> = Reply extends AsyncIterable<infer Item>
  ? Promise<AsyncIterable<Item>> & AsyncIterable<Item>
  : Promise<Reply>;

/** What JavaScript itself asks of objects, and so no typed client calls. */
const RESERVED = ["then", "toJSON", "toString", "valueOf"];

/**
 * A service as its client sees it: the same methods, each a promise of the
 * reply; only `then`, `toJSON`, `toString` and `valueOf` are left to
 * `Client.call`. One flat mapped type, so that classes of hundreds of methods stay cheap.
 *
 * @typeParam Service The class or interface the server registered.
 */
export type ServiceClient<Service> = {
  readonly [
    Name in keyof Service as Service[Name] extends (...args: never[]) => unknown
      ? Exclude<Name, "then" | "toJSON" | "toString" | "valueOf">
      : never
  ]: Service[Name] extends (...args: never[]) => infer Reply ? (
      ...parameters: RemoteParameters<Service[Name]>
    ) => RemoteReply<Awaited<Reply>>
    : never;
};

/** Shared by all promises of replies; a closure for each would cost every call. */
function iterate(this: Promise<unknown>): AsyncGenerator<unknown> {
  const items = itemsOf(this);
  const leave = items.return.bind(items);
  items.return = (value) => {
    // A generator that has not begun would end without a word to the stream. What
    // is none is left alone.
    this.then((reply) => endUnread(reply as AsyncIterable<unknown>), () => {});
    return leave(value);
  };
  return items;
}

async function* itemsOf(reply: Promise<unknown>): AsyncGenerator<unknown> {
  // Only where the type says so, and what is no stream throws here.
  yield* (await reply) as AsyncIterable<unknown>;
}

// Every reply becomes one: whether it is a stream, only the server knows.
type Iterable = Promise<unknown> & { [Symbol.asyncIterator]: typeof iterate };
type Remote = (args?: unknown, options?: CallOptions) => Promise<unknown>;

/**
 * Makes the typed client of one service.
 *
 * @typeParam Service The class or interface the server registered.
 * @param caller Makes the calls.
 * @param name The name the service is registered under.
 * @returns an object that has every method name; a name the server does not
 * know rejects when called.
 */
export function serviceClient<Service>(
  caller: Caller,
  name: string,
): ServiceClient<Service> {
  // Without these, `await`, `JSON.stringify` and texts would make calls, whose
  // failure nobody waits for.
  const methods = new Map<string, Remote | undefined>(
    RESERVED.map((method) => [method, undefined]),
  );
  const proxy = new Proxy(Object.create(null), {
    get(_target, property) {
      if (typeof property === "symbol") return undefined;
      let method = methods.get(property);
      if (method === undefined && !methods.has(property)) {
        const serviceMethod = `${name}.${property}`;
        method = (args, options) => {
          const reply = caller.call(serviceMethod, args, options);
          (reply as Iterable)[Symbol.asyncIterator] = iterate;
          return reply;
        };
        methods.set(property, method);
      }
      return method;
    },
  });
  return proxy as ServiceClient<Service>; // Every name is there; the server decides.
}
