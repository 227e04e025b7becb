// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";

/** Options of {@linkcode timeout}. */
export interface TimeoutOptions {
  /** Milliseconds until the answer must be there. */
  readonly ms: number;
  /**
   * What the client reads after that: 503, or 504 where the answer is awaited
   * from another server.
   *
   * @default {503}
   */
  readonly status?: 503 | 504;
}

/** The longest time a timer of the platform takes. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Gives the handlers inside it a deadline, in place of the engine's
 * `handlerTimeout`, which may be shorter or longer. When it passes, `c.signal`
 * aborts, an {@linkcode HttpError} goes out through the middleware around it,
 * and what the handler answers later is thrown away. Of several the shortest
 * counts. A body that is streamed may take longer.
 *
 * @param options The time, in ms, and the status.
 * @returns The middleware.
 * @throws {RangeError} When the time is not 1 to 2147483647 ms.
 *
 * @example Give up on a slow handler
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { timeout } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.get("/slow", timeout({ ms: 5 }), async (c) => {
 *   await new Promise((done) => c.signal.onabort = done);
 *   return c.string("too late");
 * });
 * assertEquals((await app.request("/slow")).status, 503);
 * ```
 */
export function timeout(options: TimeoutOptions): Middleware {
  const { ms, status = 503 } = options;
  if (!(ms >= 1 && ms <= MAX_MS)) {
    throw new RangeError(
      `Cannot limit the time: got ${ms} ms, want 1 to ${MAX_MS}`,
    );
  }
  return function timeout(c) {
    const usual = c.handlerTimeout;
    // This timer bounds the wait; after it the engine's own limit counts again.
    c.handlerTimeout = Infinity;
    const restore = () => {
      // Not where a deadline outside has done so: this work is too late then.
      if (c.handlerTimeout === Infinity) c.handlerTimeout = usual;
    };
    let answer: Response | Promise<Response>;
    try {
      answer = c.next();
    } catch (error) {
      restore();
      throw error;
    }
    if (answer instanceof Promise) {
      return inTime(answer, ms, c, status).finally(restore);
    }
    restore();
    return answer;
  };
}

function inTime(
  answer: Promise<Response>,
  ms: number,
  c: Context<AnyParams, object>,
  status: number,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const { lifetime } = c;
  const stop = () => clearTimeout(timer);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    const error = new HttpError(status);
    reject(error);
    lifetime.cancel(error);
  }, ms);
  // Nobody waits any longer: the client left, or the server closes.
  lifetime.signal.addEventListener("abort", stop, { once: true });
  const settle = () => {
    stop();
    lifetime.signal.removeEventListener("abort", stop);
  };
  answer.then((response) => {
    settle();
    resolve(response);
    if (isLate && lifetime.hasAnswer) response.body?.cancel().catch(() => {});
  }, (error) => {
    settle();
    reject(error);
  });
  return promise;
}
