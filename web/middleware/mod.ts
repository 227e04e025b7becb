// Copyright 2026 the Gee authors. MIT license.

/**
 * Middleware for `@gee/std/web`, one function with one options object each.
 *
 * | function | what it does |
 * |---|---|
 * | {@linkcode bodyLimit} | other limits for the bodies of some routes |
 * | {@linkcode cacheControl} | says how long answers may be kept |
 * | {@linkcode devErrors} | tells developers what went wrong |
 * | {@linkcode etag} | tags answers, and answers 304 to those who have them |
 * | {@linkcode language} | chooses the language of the answer |
 * | {@linkcode liveReload} | loads pages again when the program comes back |
 * | {@linkcode logger} | writes a line for each request |
 * | {@linkcode methodOverride} | lets forms ask for other methods; stands around an engine |
 * | {@linkcode noStore} | says that nobody may keep an answer |
 * | {@linkcode noTransform} | says that nobody may change or compress an answer |
 * | {@linkcode recovery} | turns what is thrown into an answer |
 * | {@linkcode requestId} | gives each request an id |
 * | {@linkcode responseCache} | keeps answers, and gives them to others who ask the same |
 * | {@linkcode serverTiming} | tells the client where the time went |
 * | {@linkcode timeout} | a deadline for some routes |
 *
 * @example The default pair
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { logger, recovery } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine().use(logger({ log: () => {} }), recovery());
 * app.get("/", (c) => c.string("Hello"));
 * assertEquals((await app.request("/")).status, 200);
 * ```
 *
 * @module
 */

export { type ResponseCacheOptions } from "./answer_cache.ts";
export { type AnswerStoreOptions } from "./answer_shelf.ts";
export { bodyLimit, type BodyLimitOptions } from "./body_limit.ts";
export {
  cacheControl,
  type CacheControlOptions,
  noStore,
} from "./cache_control.ts";
export { devErrors, type DevErrorsOptions } from "./dev_errors.ts";
export { etag, type EtagOptions } from "./etag.ts";
export {
  language,
  type LanguageOptions,
  type LanguageState,
} from "./language.ts";
export { liveReload, type LiveReloadOptions } from "./live_reload.ts";
export { type LoggerOptions } from "./log_book.ts";
export { logger } from "./logger.ts";
export {
  type MemoryOptions,
  memoryStore,
  type ResponseStore,
} from "./memory_store.ts";
export {
  methodOverride,
  type MethodOverrideOptions,
} from "./method_override.ts";
export { noTransform } from "./no_transform.ts";
export { recovery, type RecoveryOptions } from "./recovery.ts";
export {
  requestId,
  type RequestIdOptions,
  type RequestIdState,
} from "./request_id.ts";
export { responseCache } from "./response_cache.ts";
export {
  type ServerTiming,
  serverTiming,
  type ServerTimingOptions,
  type ServerTimingState,
  type TimingEntry,
} from "./server_timing.ts";
export { timeout, type TimeoutOptions } from "./timeout.ts";
