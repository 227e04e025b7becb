// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";
import { RpcError } from "./errors.ts";
import { isThenable, type Method } from "./method.ts";

/**
 * Finds out who calls: once for each call, before interceptors and validation.
 * What it returns is the `principal` of the context; by `undefined`, `null` or
 * `false`, or by whatever it throws, the call fails as `unauthenticated`; an
 * `RpcError` it throws reaches the caller as it is. A token is in `metadata.authorization`,
 * where the dialect carries metadata; others have only `peer`.
 */
export type Authenticate = (context: CallContext) => unknown;

/** Wraps a method so that it is called only for those who are known. */
export function authenticated(
  method: Method,
  authenticate: Authenticate,
): Method {
  return (args, context) => {
    const admit = (principal: unknown): unknown => {
      if (isNobody(principal)) throw unknown(context);
      context.principal = principal;
      return method(args, context);
    };
    const principal = ask(authenticate, context);
    if (!isThenable(principal)) return admit(principal);
    return Promise.resolve(principal).then(
      admit,
      (error) => Promise.reject(refusal(error, context)),
    );
  };
}

/** `false` is what a comparison of tokens says. */
function isNobody(principal: unknown): boolean {
  return principal === undefined || principal === null || principal === false;
}

function ask(authenticate: Authenticate, context: CallContext): unknown {
  try {
    return authenticate(context);
  } catch (error) {
    throw refusal(error, context);
  }
}

/** What went wrong inside is not for those who are not known. */
function refusal(error: unknown, context: CallContext): RpcError {
  return error instanceof RpcError ? error : unknown(context, error);
}

function unknown({ serviceMethod }: CallContext, cause?: unknown): RpcError {
  return new RpcError(
    "unauthenticated",
    `Cannot call "${serviceMethod}": the caller is not authenticated`,
    cause === undefined ? {} : { cause },
  );
}
