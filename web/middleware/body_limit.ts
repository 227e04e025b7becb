// Copyright 2026 the Gee authors. MIT license.
import type { BodyLimits } from "../body.ts";
import type { Middleware } from "../context.ts";

/** Options of {@linkcode bodyLimit}. */
export interface BodyLimitOptions {
  /**
   * Most bytes of a request body; more is answered 413.
   *
   * @default {the engine's `bodyLimit`}
   */
  readonly maxBytes?: number;
  /**
   * Milliseconds a client may take to send a body; then it reads 408.
   * `Infinity` for no limit.
   *
   * @default {the engine's `bodyTimeout`}
   */
  readonly timeout?: number;
}

/**
 * Allows the bodies of some routes more or less than the engine does. It must
 * run before the body is asked for; of several the innermost counts.
 *
 * @param options The limits.
 * @returns The middleware.
 * @throws {RangeError} When a limit is not a positive number.
 * @throws {TypeError} When there is none.
 *
 * @example A route for uploads
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { bodyLimit } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine({ bodyLimit: 10 });
 * app.post("/upload", bodyLimit({ maxBytes: 1000 }), async (c) =>
 *   c.json((await c.body.bytes()).length));
 * const body = "x".repeat(999);
 * const response = await app.request("/upload", { method: "POST", body });
 * assertEquals(await response.json(), 999);
 * ```
 */
export function bodyLimit(options: BodyLimitOptions): Middleware {
  const { maxBytes, timeout } = options;
  if (maxBytes === undefined && timeout === undefined) {
    throw new TypeError(
      "Cannot limit bodies: got neither maxBytes nor timeout",
    );
  }
  for (const [name, value] of Object.entries({ maxBytes, timeout })) {
    if (value === undefined || value > 0) continue;
    throw new RangeError(
      `Cannot limit bodies: got ${name} ${value}, want a positive number`,
    );
  }
  const limits: Partial<BodyLimits> = {
    ...(maxBytes === undefined ? {} : { bodyLimit: maxBytes }),
    ...(timeout === undefined ? {} : { bodyTimeout: timeout }),
  };
  return function bodyLimit(c) {
    c.limitBody(limits);
    return c.next();
  };
}
