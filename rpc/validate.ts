// Copyright 2026 the Gee authors. MIT license.

import { RpcError } from "./errors.ts";
import { isThenable, type Method } from "./method.ts";
import type {
  StandardIssue,
  StandardResult,
  StandardSchema,
} from "./standard_schema.ts";
import { isAsyncIterable } from "./stream/outgoing_stream.ts";

/**
 * Validators of one method; of a stream each item is validated.
 *
 * @typeParam Args What the method takes.
 */
export interface MethodSchema<Args = unknown> {
  /**
   * Validates the arguments; the method gets what it makes of them.
   *
   * @default anything is let through
   */
  readonly args?: StandardSchema<Args>;
  /**
   * Validates the reply; the caller gets what it makes of it.
   *
   * @default anything is let through
   */
  readonly reply?: StandardSchema;
}

/**
 * One thing in the arguments that does not fit: the `details` of the error hold a
 * list of the first 100 of these.
 */
export interface ArgumentIssue {
  /** The keys that lead to it, from the outside in. */
  readonly path: readonly (string | number)[];
  /** What is wrong, in the validator's words. */
  readonly message: string;
}

// A list of a million wrong things must not be answered by a million lines.
const MAX_ISSUES = 100;

type Check = (value: unknown) => unknown;

/**
 * Wraps a method so that what goes in and comes out is validated. Nothing waits
 * unless a validator does.
 *
 * @param method The method.
 * @param serviceMethod Its name, for messages.
 * @param schema The validators.
 */
export function validated(
  method: Method,
  serviceMethod: string,
  schema: MethodSchema,
): Method {
  const takes = checker(
    schema.args,
    (issues) => refused(serviceMethod, issues),
  );
  const gives = checker(
    schema.reply,
    (issues) => broken(serviceMethod, issues),
  );
  const run: Method = gives === undefined
    ? method
    : (args, context) => after(method(args, context), gives);
  if (takes === undefined) return run;
  return (args, context) => after(takes(args), (value) => run(value, context));
}

function checker(
  schema: StandardSchema | undefined,
  failure: (issues: readonly StandardIssue[]) => RpcError,
): Check | undefined {
  if (schema === undefined) return undefined;
  const standard = schema["~standard"];
  const accept = (result: StandardResult<unknown>): unknown => {
    if (result.issues === undefined) return result.value;
    throw failure(result.issues);
  };
  const check: Check = (value) => {
    const result = standard.validate(value);
    // A promise of any kind: taken for a result it would let everything through.
    return isThenable(result)
      ? Promise.resolve(result).then(accept)
      : accept(result);
  };
  return (value) => isAsyncIterable(value) ? each(value, check) : check(value);
}

async function* each(
  items: AsyncIterable<unknown>,
  check: Check,
): AsyncGenerator<unknown> {
  for await (const item of items) yield check(item);
}

function after(value: unknown, next: (value: unknown) => unknown): unknown {
  return isThenable(value) ? Promise.resolve(value).then(next) : next(value);
}

function refused(
  serviceMethod: string,
  issues: readonly StandardIssue[],
): RpcError {
  const details = issues.slice(0, MAX_ISSUES).map(argumentIssue);
  const words = details.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`
  );
  return new RpcError(
    "invalid_argument",
    `Cannot call "${serviceMethod}": ${words.join("; ")}`,
    { details },
  );
}

/** The caller is not to learn what the reply would have been; interceptors may. */
function broken(
  serviceMethod: string,
  issues: readonly StandardIssue[],
): RpcError {
  return new RpcError(
    "internal",
    `Cannot reply to "${serviceMethod}": the reply does not fit its schema`,
    { cause: issues },
  );
}

function argumentIssue({ message, path = [] }: StandardIssue): ArgumentIssue {
  return {
    message,
    path: path.map((step) => {
      const key = typeof step === "object" ? step.key : step;
      return typeof key === "number" ? key : String(key);
    }),
  };
}
