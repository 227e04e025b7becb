// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "./call.ts";

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
 * A service as its client sees it: the same methods, each a promise of the
 * reply. One flat mapped type, so that classes of hundreds of methods stay cheap.
 *
 * @typeParam Service The class or interface the server registered.
 */
export type ServiceClient<Service> = {
  readonly [
    Name in keyof Service as Service[Name] extends (...args: never[]) => unknown
      ? Name
      : never
  ]: Service[Name] extends (...args: never[]) => infer Reply ? (
      ...parameters: RemoteParameters<Service[Name]>
    ) => Promise<Awaited<Reply>>
    : never;
};

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
  const methods = new Map<string, Remote>();
  const proxy = new Proxy(Object.create(null), {
    get(_target, property) {
      // Without this, `await` would take the proxy for a promise and call it.
      if (typeof property === "symbol" || property === "then") return undefined;
      let method = methods.get(property);
      if (method === undefined) {
        const serviceMethod = `${name}.${property}`;
        method = (args, options) => caller.call(serviceMethod, args, options);
        methods.set(property, method);
      }
      return method;
    },
  });
  return proxy as ServiceClient<Service>; // Every name is there; the server decides.
}
