// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";
import { finalHeader } from "./final_headers.ts";
import { follow } from "../follow.ts";

/** Options of {@linkcode cacheControl}: directives of RFC 9111, section 5.2.2. */
export interface CacheControlOptions {
  /** Any cache may keep the answer, even where the request had credentials. */
  readonly public?: boolean;
  /** Only the browser may keep it. */
  readonly private?: boolean;
  /** Nobody may keep it. */
  readonly noStore?: boolean;
  /** It may be kept, but is asked for again before each use. */
  readonly noCache?: boolean;
  /** Nobody on the way may change it, such as compress it. */
  readonly noTransform?: boolean;
  /** It must not be used once it is stale. */
  readonly mustRevalidate?: boolean;
  /** As `mustRevalidate`, for shared caches alone. */
  readonly proxyRevalidate?: boolean;
  /** It never changes while it is fresh (RFC 8246). */
  readonly immutable?: boolean;
  /** Seconds it is fresh. */
  readonly maxAge?: number;
  /** Seconds it is fresh in shared caches. */
  readonly sMaxage?: number;
  /** Seconds it may be used beyond that while it is fetched anew (RFC 5861). */
  readonly staleWhileRevalidate?: number;
  /** Seconds it may be used beyond that while fetching it fails (RFC 5861). */
  readonly staleIfError?: number;
  /**
   * Whether answers that are no success have the header too. A success is a
   * status of 200 to 299, or 304.
   *
   * @default {false}
   */
  readonly onErrors?: boolean;
}

const SWITCHES = {
  public: "public",
  private: "private",
  noStore: "no-store",
  noCache: "no-cache",
  noTransform: "no-transform",
  mustRevalidate: "must-revalidate",
  proxyRevalidate: "proxy-revalidate",
  immutable: "immutable",
} as const;

const TIMES = {
  maxAge: "max-age",
  sMaxage: "s-maxage",
  staleWhileRevalidate: "stale-while-revalidate",
  staleIfError: "stale-if-error",
} as const;

/** Directives that say the opposite of each other. */
const CONFLICTS: readonly (readonly (keyof CacheControlOptions)[])[] = [
  ["public", "private"],
  ["private", "sMaxage"],
  ["private", "proxyRevalidate"],
  ["mustRevalidate", "staleIfError"],
  ["mustRevalidate", "staleWhileRevalidate"],
  ["noCache", "immutable"],
  ...([
    "public",
    "noCache",
    "immutable",
    "maxAge",
    "sMaxage",
    "staleWhileRevalidate",
    "staleIfError",
  ] as const).map((name) => ["noStore", name] as const),
];

/**
 * Says how long answers may be kept, where they do not say so themselves.
 *
 * @param options The directives.
 * @returns The middleware.
 * @throws {RangeError} When a time is not a whole number of seconds.
 * @throws {TypeError} When two directives contradict each other, or there is
 * none.
 *
 * @example Keep what seldom changes
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { cacheControl } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(cacheControl({ public: true, maxAge: 60 }));
 * app.get("/news", (c) => c.json([]));
 * const { headers } = await app.request("/news");
 * assertEquals(headers.get("cache-control"), "public, max-age=60");
 * const missing = await app.request("/nope");
 * assertEquals(missing.headers.get("cache-control"), null);
 * ```
 */
export function cacheControl(options: CacheControlOptions): Middleware {
  const value = format(options);
  const { onErrors = false } = options;
  return function cacheControl(c) {
    const done = (response: Response) => {
      const isSuccess = response.ok || response.status === 304;
      if (!isSuccess && !onErrors) return response;
      const own = finalHeader("cache-control", c, response);
      if (own === null) c.setHeader("cache-control", value);
      return response;
    };
    const fail = (error: unknown) => {
      if (onErrors) c.setHeader("cache-control", value);
      throw error;
    };
    return follow(c, done, fail);
  };
}

/**
 * Says that nobody may keep an answer, errors included.
 *
 * @returns The middleware.
 *
 * @example Answers for one person
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { noStore } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine().use(noStore());
 * const { headers } = await app.request("/nope");
 * assertEquals(headers.get("cache-control"), "no-store");
 * ```
 */
export function noStore(): Middleware {
  return cacheControl({ noStore: true, onErrors: true });
}

function format(options: CacheControlOptions): string {
  for (const names of CONFLICTS) {
    if (!names.every((name) => isGiven(options[name]))) continue;
    throw new TypeError(
      `Cannot make cache-control: ${names.join(" and ")} contradict each other`,
    );
  }
  const parts: string[] = [];
  for (const [name, directive] of Object.entries(SWITCHES)) {
    if (options[name as keyof typeof SWITCHES]) parts.push(directive); // its key
  }
  for (const [name, directive] of Object.entries(TIMES)) {
    const seconds = options[name as keyof typeof TIMES]; // its key
    if (seconds === undefined) continue;
    if (!Number.isSafeInteger(seconds) || seconds < 0) {
      throw new RangeError(
        `Cannot make cache-control: got ${name} ${seconds}, want whole seconds`,
      );
    }
    parts.push(`${directive}=${seconds}`);
  }
  if (parts.length > 0) return parts.join(", ");
  throw new TypeError("Cannot make cache-control: got no directive");
}

function isGiven(value: boolean | number | undefined): boolean {
  return value !== undefined && value !== false;
}
