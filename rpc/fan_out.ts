// Copyright 2026 the Gee authors. MIT license.

import type { CallOptions } from "./call.ts";
import type { PooledServer } from "./pooled_server.ts";
import { begin, fastest } from "./resilience/hedge.ts";
import { isAsyncIterable } from "./stream/outgoing_stream.ts";
import type { BroadcastResult } from "./x_client_options.ts";

/**
 * Refuses arguments that only one server could get.
 *
 * @throws {TypeError} when they are a stream.
 */
export function checkShared(serviceMethod: string, args: unknown): void {
  if (!isAsyncIterable(args)) return;
  throw new TypeError(
    `Cannot call "${serviceMethod}" on several servers: the arguments are a stream, which can be read once`,
  );
}

/** Calls a method on every server at once; resolves with what each answered, and never rejects. */
export function callAll<Reply>(
  servers: readonly PooledServer[],
  serviceMethod: string,
  args: unknown,
  options: CallOptions,
): Promise<BroadcastResult<Reply>[]> {
  return Promise.all(servers.map(async (server) => {
    const { address } = server;
    const start = performance.now();
    try {
      const reply = await server.call<Reply>(serviceMethod, args, options);
      return { server: address, duration: performance.now() - start, reply };
    } catch (error) {
      return { server: address, duration: performance.now() - start, error };
    }
  }));
}

/** Calls a method on every server at once; the first success counts, the other calls are aborted. */
export async function callAny<Reply>(
  servers: readonly PooledServer[],
  serviceMethod: string,
  args: unknown,
  options: CallOptions,
): Promise<Reply> {
  try {
    return await fastest(
      servers.map((server) =>
        begin(
          (signal) =>
            server.call<Reply>(serviceMethod, args, { ...options, signal }),
          options.signal,
        )
      ),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error instanceof AggregateError
      ? allFailed(serviceMethod, error.errors)
      : error;
  }
}

/** What a call to several servers rejects with when none succeeded. */
export function allFailed(
  serviceMethod: string,
  errors: readonly unknown[],
): AggregateError {
  const [first] = errors;
  const why = first instanceof Error ? first.message : String(first);
  return new AggregateError(
    errors,
    `Cannot call "${serviceMethod}": all ${errors.length} servers failed, the first: ${why}`,
  );
}
