// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { HttpError } from "../http_error.ts";

/** Options of {@linkcode logger}. */
export interface LoggerOptions {
  /**
   * Takes a line, without its line break.
   *
   * @default {console.log}
   */
  readonly log?: (line: string) => void;
  /**
   * Milliseconds from some fixed moment on.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/**
 * Writes a line for each request when its answer is made: status, method,
 * target and time, as in `[200] GET /hello?x=1 in 0.3ms`. An error behind a
 * 5xx follows with its stack, indented. A stranger cannot write lines of his
 * own: control characters come out as escapes.
 *
 * @param options Where to write.
 * @returns The middleware; use it first.
 *
 * @example Keep the lines
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { logger } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const app = new Engine();
 * app.use(logger({ log: (line) => lines.push(line), now: () => 0 }));
 * await app.request("/nowhere?x=1");
 * assertEquals(lines, ["[404] GET /nowhere?x=1 in 0.0ms"]);
 * ```
 */
export function logger(options: LoggerOptions = {}): Middleware {
  // deno-lint-ignore gee/no-console -- the one default sink of the framework
  const { log = console.log, now = () => performance.now() } = options;
  const write = (
    c: Context<AnyParams, object>,
    start: number,
    status: number,
    error: unknown,
  ) => {
    const ms = (now() - start).toFixed(1);
    const target = c.request.url.replace(/^[^/]*\/\/[^/]*/, "");
    log(`[${status}] ${c.method} ${visible(target)} in ${ms}ms`);
    if (error !== undefined && status >= 500) log(indented(error));
  };
  return function logger(c) {
    const start = now();
    const fail = (error: unknown) => {
      const status = error instanceof HttpError ? error.status : 500;
      write(c, start, status, error);
      throw error;
    };
    const done = (response: Response) => {
      write(c, start, response.status, c.error);
      return response;
    };
    let answer: Response | Promise<Response>;
    try {
      answer = c.next();
    } catch (error) {
      return fail(error);
    }
    return answer instanceof Promise ? answer.then(done, fail) : done(answer);
  };
}

/** One line, whatever the text holds. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function indented(error: unknown): string {
  const text = error instanceof Error
    ? error.stack ?? String(error)
    : String(error);
  return text.split(/\r?\n/).map((line) => `    ${visible(line)}`).join("\n");
}
