// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "./context.ts";
import type { AnyParams } from "./incoming.ts";

type Answer = Response | Promise<Response>;

/**
 * Runs the rest of the chain, then `done` with its answer, or `fail` with what
 * it threw. Nothing becomes a promise that was none.
 */
export function follow(
  c: Context<AnyParams, object>,
  done: (response: Response) => Answer,
  fail: (error: unknown) => Answer = rethrow,
): Answer {
  let answer: Answer;
  try {
    answer = c.next();
  } catch (error) {
    return fail(error);
  }
  return answer instanceof Promise ? answer.then(done, fail) : done(answer);
}

function rethrow(error: unknown): never {
  throw error;
}
