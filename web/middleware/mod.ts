// Copyright 2026 the Gee authors. MIT license.

/**
 * Middleware for `@gee/std/web`, one function with one options object each.
 *
 * | function | what it does |
 * |---|---|
 * | {@linkcode devErrors} | tells developers what went wrong |
 * | {@linkcode liveReload} | loads pages again when the program comes back |
 * | {@linkcode logger} | writes a line for each request |
 * | {@linkcode recovery} | turns what is thrown into an answer |
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

export { devErrors, type DevErrorsOptions } from "./dev_errors.ts";
export { liveReload, type LiveReloadOptions } from "./live_reload.ts";
export { logger, type LoggerOptions } from "./logger.ts";
export { recovery, type RecoveryOptions } from "./recovery.ts";
