// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";

/** Options of {@linkcode recovery}. */
export interface RecoveryOptions {
  /** Called with each error, before the answer to it is made. */
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
  return function recovery(c) {
    const rescue = (error: unknown) => {
      options.report?.(error, c);
      return c.rescue(error);
    };
    try {
      const answer = c.next();
      return answer instanceof Promise ? answer.catch(rescue) : answer;
    } catch (error) {
      return rescue(error);
    }
  };
}
