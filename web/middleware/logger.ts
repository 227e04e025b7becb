// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { counted } from "./counted_body.ts";
import { finalHeader } from "./final_headers.ts";
import { follow } from "../follow.ts";
import { LogBook, type LoggerOptions, type Size } from "./log_book.ts";
import { wholeBody } from "./whole_body.ts";

/**
 * Writes a line for each request when its answer is made: status, method, path,
 * bytes where they are known, time, address, and what `requestId` gave it, as in
 * `[200] GET /hello 5B in 0.3ms from 10.0.0.1 id 7f3a`. The stack of the error
 * behind a 5xx comes with it.
 *
 * Headers and bodies are never written, and a stranger cannot write lines of
 * his own: control characters come out as escapes. Clients that leave before
 * their answer (499) get three lines a minute; the rest is summed up with the
 * next line after that.
 *
 * @param options What to write, and where.
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
 * await app.request("/nowhere?token=secret");
 * assertEquals(lines, ["[404] GET /nowhere in 0.0ms"]);
 * ```
 */
export function logger(options: LoggerOptions = {}): Middleware {
  const { countBytes = false, now = () => performance.now() } = options;
  const book = new LogBook(options);
  return function logger(c) {
    const start = now();
    // Settles once: the engine may answer before the chain has.
    let isWritten = false;
    const write = (status: number, error?: unknown, size: Size = {}) => {
      if (isWritten) return;
      isWritten = true;
      book.write(c, { status, error, ms: now() - start, ...size });
    };
    const onEnd = () => {
      const { hasAnswer, signal } = c.lifetime;
      // Not where a `timeout` only told the handler to stop.
      if (hasAnswer) write(statusOf(signal.reason), signal.reason);
    };
    const done = (response: Response) => {
      const bytes = knownBytes(c, response);
      if (!countBytes || bytes !== undefined) {
        write(response.status, c.error, { bytes });
        return response;
      }
      return count(response, (size) => write(response.status, c.error, size));
    };
    const answer = follow(c, done, (error) => {
      write(statusOf(error), error);
      throw error;
    });
    if (!(answer instanceof Promise)) return answer;
    const { signal } = c.lifetime;
    signal.addEventListener("abort", onEnd);
    return answer.finally(() => signal.removeEventListener("abort", onEnd));
  };
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

function knownBytes(
  c: Context<AnyParams, object>,
  response: Response,
): number | undefined {
  const { status } = response;
  const isBare = status < 200 || status === 204 || status === 304;
  if (isBare || c.method === "HEAD") return 0;
  const length = finalHeader("content-length", c, response);
  return length === null ? undefined : Number(length);
}

/** Counts a body: at once where it is there, else while it is sent. */
async function count(
  answer: Response,
  onEnd: (size: Size) => void,
): Promise<Response> {
  const { response, bytes } = await wholeBody(answer, 1 << 16);
  if (bytes === undefined) {
    return counted(response, (bytes, isCut) => onEnd({ bytes, isCut }));
  }
  onEnd({ bytes: bytes.length });
  return response;
}
