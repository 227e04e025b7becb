// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { follow } from "../follow.ts";

/** Options of {@linkcode recovery}. */
export interface RecoveryOptions {
  /**
   * Called with each error, before the answer to it is made; not where only
   * the client left (499). What it throws is passed over.
   */
  readonly report?: (error: unknown, c: Context<AnyParams, object>) => void;
}

/**
 * Turns what is thrown inside it into an answer, so that the middleware around
 * it goes on as usual. An engine without it answers in the same way, but only
 * after every middleware was left by the error.
 *
 * @param options Whom to tell.
 * @returns The middleware; use it after the logger, which shows the error.
 *
 * @example Report and answer
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { recovery } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const errors: unknown[] = [];
 * const app = new Engine();
 * app.use(recovery({ report: (error) => errors.push(error) }));
 * app.get("/panic", () => {
 *   throw new RangeError("Index out of range");
 * });
 * const response = await app.request("/panic");
 * assertEquals(response.status, 500);
 * assertEquals(await response.json(), { message: "Internal Server Error" });
 * assertEquals(errors.length, 1);
 * ```
 */
export function recovery(options: RecoveryOptions = {}): Middleware {
  const { report } = options;
  return function recovery(c) {
    return follow(c, (response) => response, (error) => {
      const hasLeft = error instanceof HttpError && error.status === 499;
      if (report !== undefined && !hasLeft) {
        try {
          report(error, c);
        } catch {
          // The client is owed the answer to the first error.
        }
      }
      return c.rescue(error);
    });
  };
}
