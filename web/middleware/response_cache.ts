// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";
import { AnswerCache, type ResponseCacheOptions } from "./answer_cache.ts";

/**
 * Keeps answers, and gives them to others who ask the same: a shared cache by
 * RFC 9111. Of many who ask for what is not there, one runs the handler and all
 * get its answer, or its error.
 *
 * - The key is method, origin, path, query as it was written, and the headers
 *   of `vary`. Handlers inside see no other header and no body, so what is not
 *   part of the key cannot change what others read. Cookies and credentials
 *   are among what they do not see.
 * - Kept are answers to `GET` and `HEAD` that are there in whole, fresh by
 *   `max-age`, `s-maxage`, `expires` or `ttl`, and have no `set-cookie`, none
 *   of `no-store`, `no-cache` and `private`, and no `vary` beyond the key.
 *   Headers that middleware outside sets are made anew for each request.
 * - A request with `authorization` or `cookie` (not in `vary`) goes past it and
 *   sees all headers, unless the kept answer says `public`; its own answer is
 *   never kept.
 * - What comes from the cache has `age`. Every kept answer has an `etag`, and
 *   clients that know it read 304.
 *
 * `c.state` and `c.remoteAddress` are not part of the key: what depends on what
 * a middleware outside left there (a user, say) needs its header in `vary`, or
 * no cache. Put outside what belongs to one request, `requestId` and cookies,
 * and whatever refuses some: inside, every client behind a proxy has the
 * address of the proxy. Leave out routes whose
 * answers cannot be kept: those who ask at once would wait for one another.
 * `cache-control` of the request is passed over, or strangers could empty it.
 *
 * @param options What is kept, how long and where.
 * @returns The middleware.
 * @throws {RangeError} When a number is out of bounds.
 * @throws {TypeError} When a name in `vary` is not a token.
 *
 * @example Ask the handler once
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { responseCache } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * let calls = 0;
 * const app = new Engine();
 * app.get("/news", responseCache({ ttl: 60_000 }), (c) => c.json(++calls));
 * for (let time = 0; time < 3; time++) {
 *   assertEquals(await (await app.request("/news")).json(), 1);
 * }
 * ```
 *
 * @example Keep the answers in a cache group
 * ```ts
 * import { Group } from "@gee/std/cache";
 * import { Engine } from "@gee/std/web";
 * import { responseCache, type ResponseStore } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = new Group("answers", () => undefined);
 * const store: ResponseStore = {
 *   get: async (key) => (await group.get(key))?.bytes(),
 *   set: (key, value) => group.set(key, value),
 * };
 * const app = new Engine();
 * app.get("/", responseCache({ ttl: 1000, store }), (c) => c.string("Hello"));
 * await app.request("/");
 * const response = await app.request("/");
 * assertEquals(await response.text(), "Hello");
 * assertEquals(group.stats().entries, 1);
 * ```
 */
export function responseCache(options: ResponseCacheOptions = {}): Middleware {
  const cache = new AnswerCache(options);
  return function responseCache(c) {
    return cache.answer(c);
  };
}
