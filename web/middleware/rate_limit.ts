// Copyright 2026 the Gee authors. MIT license.
import { isIpv4, parseAddress } from "../address_list.ts";
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import type { RateLimitStore, RateVerdict } from "./rate_limit_store.ts";
import { TokenBuckets } from "./token_buckets.ts";

/** Options of {@linkcode rateLimit}. */
export interface RateLimitOptions {
  /**
   * How many requests at once, and how many in each `window` after that.
   *
   * @default {60}
   */
  readonly limit?: number;
  /**
   * Milliseconds in which an empty bucket becomes full, steadily.
   *
   * @default {60000}
   */
  readonly window?: number;
  /**
   * Whose bucket it is; undefined for one that all such requests share. The
   * default counts a network of IPv6 with 64 bits, as one client has it, once.
   * A key is kept as it is: shorten what strangers can make long.
   *
   * @default {(c) => c.remoteAddress}
   */
  readonly key?: (c: Context<AnyParams, object>) => string | undefined;
  /**
   * How many tokens a request takes.
   *
   * @default {() => 1}
   */
  readonly cost?: (c: Context<AnyParams, object>) => number;
  /** Tells which requests are not counted. */
  readonly skip?: (c: Context<AnyParams, object>) => boolean;
  /**
   * The name of the policy, for clients and for the keys in the store: limits
   * with one name share their buckets there.
   *
   * @default {"default"}
   */
  readonly name?: string;
  /** Where the buckets are; left out, in the memory of this process. */
  readonly store?: RateLimitStore;
  /**
   * The most buckets in memory, about 140 bytes each. Beyond that the fullest
   * of the next few is forgotten.
   *
   * @default {100000}
   */
  readonly maxKeys?: number;
  /**
   * The clock of the buckets in memory, in ms.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/**
 * Refuses clients that ask too often with 429 and `retry-after`, by a bucket of
 * tokens for each. `ratelimit-policy` and `ratelimit` tell them how they stand
 * (draft-ietf-httpapi-ratelimit-headers-10).
 *
 * @param options How much for whom.
 * @returns The middleware.
 * @throws {RangeError} When a number is out of bounds.
 * @throws {TypeError} When the name is no token.
 *
 * @example Two requests a minute
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { rateLimit } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(rateLimit({ limit: 2, window: 60_000, now: () => 0 }));
 * app.get("/", (c) => c.string("Hello"));
 * const first = await app.request("/");
 * assertEquals(first.headers.get("ratelimit"), '"default";r=1;t=30');
 * await app.request("/");
 * const third = await app.request("/");
 * assertEquals(third.status, 429);
 * assertEquals(third.headers.get("retry-after"), "30");
 * ```
 */
export function rateLimit(options: RateLimitOptions = {}): Middleware {
  const { limit: tokens = 60, window = 60_000, name = "default" } = options;
  const { key = addressKey, cost = () => 1, skip = () => false } = options;
  checkOptions(tokens, window, name);
  const limit = { tokens, window };
  const { maxKeys = 100_000, now = () => performance.now() } = options;
  const store = options.store ?? new TokenBuckets(maxKeys, now);
  const policy = `"${name}";q=${tokens};w=${Math.ceil(window / 1000)}`;
  return function rateLimit(c) {
    if (skip(c)) return c.next();
    const price = checkedCost(cost(c), tokens);
    const goOn = (verdict: RateVerdict) => {
      // Several limits make one list.
      c.appendHeader("ratelimit-policy", policy);
      c.appendHeader("ratelimit", standing(name, verdict));
      if (verdict.isAllowed) return c.next();
      throw new HttpError(429, undefined, {
        headers: {
          "retry-after": String(Math.max(1, seconds(verdict.retryIn))),
        },
      });
    };
    const verdict = store.take(`${name}:${key(c) ?? ""}`, price, limit);
    return verdict instanceof Promise ? verdict.then(goOn) : goOn(verdict);
  };
}

/** A host of IPv6 can have any address of its network: the network counts. */
function addressKey(c: Context<AnyParams, object>): string | undefined {
  const bits = parseAddress(c.remoteAddress ?? "");
  if (bits === undefined) return undefined;
  return isIpv4(bits)
    ? `4:${(bits & 0xffffffffn).toString(16)}`
    : `6:${(bits >> 64n).toString(16)}`;
}

function standing(name: string, { remaining, nextIn }: RateVerdict): string {
  const text = `"${name}";r=${Math.max(0, remaining)}`;
  return nextIn > 0 ? `${text};t=${seconds(nextIn)}` : text;
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function checkedCost(cost: number, tokens: number): number {
  if (cost >= 0 && cost <= tokens) return cost;
  throw new RangeError(
    `Cannot limit the rate: got cost ${cost}, want 0 to the limit ${tokens}`,
  );
}

function checkOptions(tokens: number, window: number, name: string): void {
  if (!Number.isSafeInteger(tokens) || tokens < 1) {
    throw new RangeError(
      `Cannot make rateLimit: got limit ${tokens}, want a whole number from 1 on`,
    );
  }
  if (!(window > 0 && window < Infinity)) {
    throw new RangeError(
      `Cannot make rateLimit: got window ${window}, want a positive number of ms`,
    );
  }
  if (!/^[\w.-]+$/.test(name)) {
    throw new TypeError(
      `Cannot make rateLimit: got name ${
        JSON.stringify(name)
      }, want letters, digits, ".", "-" and "_"`,
    );
  }
}
