// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "../code.ts";
import { failureOf } from "../failure.ts";

const CODE_OF_STATUS: Readonly<Record<number, Code>> = {
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  405: "unimplemented",
  413: "resource_exhausted",
  421: "permission_denied",
  429: "resource_exhausted",
  431: "resource_exhausted",
  501: "unimplemented",
  505: "unimplemented",
};

/** What an error looks like as JSON. */
export interface ErrorBody {
  /** Why, for programs. */
  readonly code: Code;
  /** Why, for people. */
  readonly message: string;
  /** More about it, for programs. */
  readonly details?: unknown;
}

/** A response of JSON, its length told. */
export function jsonResponse(
  status: number,
  json: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return bytesResponse(status, new TextEncoder().encode(json), {
    "content-type": "application/json",
    ...headers,
  });
}

/** A response of bytes, their length told. */
export function bytesResponse(
  status: number,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(bytes, {
    status,
    headers: {
      "content-length": String(bytes.length),
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/** The response to a request that is refused before it is a call. */
export function errorResponse(
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Response {
  const code = CODE_OF_STATUS[status] ?? "invalid_argument";
  return jsonResponse(status, JSON.stringify({ code, message }), headers);
}

/** An error as JSON; without its details, when these have no form there. */
export function errorBody(error: unknown): ErrorBody {
  const { code, message, details } = failureOf(error);
  try {
    if (JSON.stringify(details) !== undefined) {
      return { code, message, details };
    }
  } catch { /* What the message says is enough. */ }
  return { code, message };
}
