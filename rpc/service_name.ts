// Copyright 2026 the Gee authors. MIT license.

import { RpcError } from "./errors.ts";

/** The service that a request asks about. */
export function serviceNameOf(
  request: { readonly service?: unknown } | undefined | null,
): string {
  const service = request?.service ?? "";
  if (typeof service === "string") return service;
  throw new RpcError(
    "invalid_argument",
    `Cannot look up a service: its name is of type ${typeof service}, a string is wanted`,
  );
}
