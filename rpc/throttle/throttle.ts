// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "../context.ts";
import { RpcError } from "../errors.ts";
import { checkCount } from "../limits.ts";
import { isThenable, type Method } from "../method.ts";
import { Gate } from "./gate.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";
import { type AdaptiveOptions, Vegas } from "./vegas.ts";

/** How much of one method may happen; all clients together. */
export interface ThrottleOptions {
  /**
   * Calls that run at a time. One that was answered at its timeout still counts
   * until it ends; one that returns a stream, until it returns it.
   *
   * @default no limit
   */
  readonly maxConcurrent?: number;
  /**
   * `true`, or bounds: the limit of calls at a time is learned from how long
   * they take, as TCP Vegas does, up to `maxConcurrent`.
   *
   * @default {false}
   */
  readonly adaptive?: boolean | AdaptiveOptions;
  /**
   * Calls that wait when enough run; further ones fail as `resource_exhausted`.
   *
   * @default {100}
   */
  readonly maxQueued?: number;
  /**
   * Calls in a second; further ones fail as `resource_exhausted`.
   *
   * @default no limit
   */
  readonly rate?: Rate;
}

/**
 * Wraps a method so that no more of it happens than the options say.
 *
 * @param method The method.
 * @param options How much.
 * @param now The clock, in ms; tests give their own.
 * @returns the method itself where nothing is limited.
 * @throws {RangeError} when a limit is out of range.
 */
export function throttled(
  method: Method,
  options: ThrottleOptions,
  now: () => number = () => performance.now(),
): Method {
  const { rate } = options;
  const limited = withGate(method, options, now);
  if (rate === undefined) return limited;
  const bucket = new TokenBucket(rate, now);
  return (args, context) => {
    if (bucket.take()) return limited(args, context);
    throw exhausted(context, "it is called too often");
  };
}

function withGate(
  method: Method,
  options: ThrottleOptions,
  now: () => number,
): Method {
  const { maxConcurrent, maxQueued = 100, adaptive = false } = options;
  // None may wait, so 0 is fine here.
  if (maxQueued !== 0) checkCount("maxQueued", maxQueued);
  if (maxConcurrent !== undefined) checkCount("maxConcurrent", maxConcurrent);
  if (adaptive !== false) {
    const bounds = adaptive === true ? {} : adaptive;
    const vegas = new Vegas(capped(bounds, maxConcurrent));
    const gate = new Gate(vegas, maxQueued);
    return gated(learning(method, vegas, gate, now), gate);
  }
  if (maxConcurrent === undefined) return method;
  return gated(method, new Gate({ limit: maxConcurrent }, maxQueued));
}

function capped(
  bounds: AdaptiveOptions,
  most: number | undefined,
): AdaptiveOptions {
  const { initial = Math.min(20, most ?? 20), max = most ?? 1000 } = bounds;
  return { ...bounds, initial, max: Math.min(max, most ?? max) };
}

function gated(method: Method, gate: Gate): Method {
  const inside: Method = (args, context) =>
    ending(() => method(args, context), () => gate.leave());
  return (args, context) => {
    if (gate.tryEnter()) return inside(args, context);
    if (!gate.hasRoom) throw exhausted(context, "too many calls are under way");
    return gate.enter(context.signal).then(() => inside(args, context));
  };
}

/** Learns from calls that end well: what fails, fails early. */
function learning(
  method: Method,
  vegas: Vegas,
  gate: Gate,
  now: () => number,
): Method {
  return (args, context) => {
    const started = now();
    const learn = (reply: unknown) => {
      vegas.observe(now() - started, gate.inside);
      return reply;
    };
    const reply = method(args, context);
    return isThenable(reply)
      ? Promise.resolve(reply).then(learn)
      : learn(reply);
  };
}

/** Calls `end` once when it is over; what comes at once stays that way. */
function ending(run: () => unknown, end: () => void): unknown {
  let reply: unknown;
  let isLater = false;
  try {
    reply = run();
    isLater = isThenable(reply);
  } finally {
    if (!isLater) end();
  }
  return isLater ? Promise.resolve(reply).finally(end) : reply;
}

function exhausted({ serviceMethod }: CallContext, state: string): RpcError {
  return new RpcError(
    "resource_exhausted",
    `Cannot call "${serviceMethod}": ${state}`,
  );
}
