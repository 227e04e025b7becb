// Copyright 2026 the Gee authors. MIT license.

import { statusOf } from "../code.ts";
import { MAX_MILLISECONDS } from "../duration.ts";
import { RpcError } from "../errors.ts";
import type { InvokeOptions } from "../invoker.ts";
import type { Metadata } from "../metadata.ts";
import { isAsyncIterable } from "../stream/outgoing_stream.ts";
import {
  bytesResponse,
  errorBody,
  errorResponse,
  jsonResponse,
} from "./error_response.ts";
import { HttpError } from "./http_error.ts";
import { type FetchInfo, peerOf } from "./http_options.ts";
import { readBody } from "./read_body.ts";
import { streamResponse } from "./stream_response.ts";

/** Calls a method, as `Server.invoke` does. */
export type Invoke = (
  serviceMethod: string,
  args: unknown,
  options: InvokeOptions,
) => Promise<unknown>;

/** Options of calls over HTTP. */
export interface CallDoorOptions {
  /** Calls a method. */
  readonly invoke: Invoke;
  /** Headers that become metadata, beside those that always do. */
  readonly metadataHeaders: readonly string[];
  /** Most bytes of a body. */
  readonly maxBodyBytes: number;
  /** How long a body may take, in ms; 0 is no limit. */
  readonly bodyTimeout: number;
}

const PREFIX = "x-rpc-";
const TIMEOUT = "x-rpc-timeout";
/** The same as Connect spells it. */
const CONNECT_TIMEOUT = "connect-timeout-ms";
const NAME = /^[a-z0-9._-]+$/;
const JSON_TYPE = /^application\/json(?:\s*;|$)/i;

/** What nobody reads any more, but a log may write. */
const LEFT = new RpcError("canceled", "The client has left");

/** Turns `POST /Service.method` into calls. */
export class CallDoor {
  readonly #options: CallDoorOptions;
  readonly #copied: ReadonlySet<string>;

  /**
   * @param options Who calls methods, and the limits.
   */
  constructor(options: CallDoorOptions) {
    this.#options = options;
    this.#copied = new Set([
      "authorization",
      "traceparent",
      "tracestate",
      ...options.metadataHeaders.map((name) => name.toLowerCase()),
    ]);
  }

  /** Answers with the reply or why there is none; never rejects. */
  async answer(
    request: Request,
    serviceMethod: string,
    info: FetchInfo,
  ): Promise<Response> {
    const peer = peerOf(info);
    try {
      const args = await this.#arguments(request);
      const reply = await this.#options.invoke(serviceMethod, args, {
        ...(peer !== undefined && { peer }),
        dialect: "http",
        metadata: this.#metadata(request.headers),
        signal: request.signal,
        timeout: timeoutOf(request.headers),
      });
      return replyResponse(reply, request);
    } catch (error) {
      if (error instanceof HttpError) {
        return errorResponse(error.status, error.message);
      }
      const hasLeft = request.signal.aborted;
      return failureResponse(hasLeft ? LEFT : error);
    }
  }

  async #arguments(request: Request): Promise<unknown> {
    const { headers } = request;
    // What a form or a script of a foreign page may send unasked has other types.
    if (!JSON_TYPE.test(headers.get("content-type") ?? "")) {
      throw new HttpError(
        `Cannot read the arguments: got ${
          JSON.stringify(headers.get("content-type"))
        }, content-type "application/json" is wanted`,
        415,
      );
    }
    if (headers.has("content-encoding")) {
      throw new HttpError(
        "Cannot read the arguments: they have a content-encoding",
        415,
      );
    }
    const { maxBodyBytes, bodyTimeout } = this.#options;
    const body = await readBody(request, maxBodyBytes, bodyTimeout);
    if (body.length === 0) return undefined;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
      throw new HttpError("Cannot read the arguments: they are not JSON", 400);
    }
  }

  #metadata(headers: Headers): Metadata {
    // Without a prototype: "__proto__" is a name like others.
    const metadata = Object.create(null) as Record<string, string>;
    for (const [header, value] of headers) {
      const isPrefixed = header.startsWith(PREFIX) && header !== TIMEOUT;
      const name = isPrefixed ? header.slice(PREFIX.length) : header;
      // Who calls is said by one header alone.
      if (isPrefixed && this.#copied.has(name)) continue;
      if (isPrefixed || this.#copied.has(name)) {
        if (NAME.test(name)) metadata[name] = value;
      }
    }
    return metadata;
  }
}

function timeoutOf(headers: Headers): number {
  const text = headers.get(TIMEOUT) ?? headers.get(CONNECT_TIMEOUT) ?? "0";
  const ms = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (ms <= MAX_MILLISECONDS) return ms;
  throw new HttpError(
    `Cannot use timeout ${
      JSON.stringify(text)
    }: 0 to ${MAX_MILLISECONDS} milliseconds are wanted`,
    400,
  );
}

function replyResponse(reply: unknown, request: Request): Response {
  if (isAsyncIterable(reply)) return streamResponse(reply, request);
  if (reply instanceof Uint8Array) {
    return bytesResponse(200, new Uint8Array(reply), {
      "content-type": "application/octet-stream",
    });
  }
  return jsonResponse(200, JSON.stringify(reply) ?? "null");
}

function failureResponse(error: unknown): Response {
  const body = errorBody(error);
  return jsonResponse(
    statusOf(body.code),
    JSON.stringify(body),
    body.code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {},
  );
}
