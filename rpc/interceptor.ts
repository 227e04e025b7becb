// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";
import type { Method } from "./method.ts";

/** A call on its way to its method. */
export interface InterceptedCall {
  /** What was called, as `Service.method`, spelled as it was declared. */
  readonly serviceMethod: string;
  /** The arguments as they came, before they are validated. */
  readonly args: unknown;
  /** What the method is told about its call. */
  readonly context: CallContext;
}

/**
 * What stands around methods: `next(call)` goes on inwards and returns the reply
 * or a promise of it; what is before it runs on the way in, what is behind it on
 * the way out. It may pass on other arguments, `next({ ...call, args })`, call
 * `next` again, or not at all. It returns the reply.
 */
export type Interceptor = (
  call: InterceptedCall,
  next: (call: InterceptedCall) => unknown,
) => unknown;

/**
 * Puts interceptors around a method, the first one outermost. Composed once: a
 * call makes one object and no function, however many there are.
 */
export function intercepted(
  method: Method,
  serviceMethod: string,
  interceptors: readonly Interceptor[],
): Method {
  if (interceptors.length === 0) return method;
  const chain = interceptors.reduceRight<(call: InterceptedCall) => unknown>(
    (next, interceptor) => (call) => interceptor(call, next),
    (call) => method(call.args, call.context),
  );
  return (args, context) => chain({ serviceMethod, args, context });
}
