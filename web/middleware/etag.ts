// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { entityTag, isKnown, notModified } from "./entity_tag.ts";
import { finalHeaders } from "./final_headers.ts";
import { follow } from "../follow.ts";
import { wholeBody } from "./whole_body.ts";

/** Options of {@linkcode etag}. */
export interface EtagOptions {
  /**
   * Whether tags are weak: they allow no ranges, and survive compression.
   *
   * @default {false}
   */
  readonly weak?: boolean;
  /**
   * Most bytes of an answer that gets a tag.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number;
}

/**
 * Gives answers an entity tag of their content, and answers 304 where the
 * client has that content already. The handler still runs; only sending is
 * saved.
 *
 * Answers to `GET` and `HEAD` with status 200 get one, unless they have a tag,
 * say `no-store` or are streamed. A tag of their own is compared too.
 *
 * @param options The form of the tags.
 * @returns The middleware.
 * @throws {RangeError} When `maxBytes` is negative or no number.
 *
 * @example Send once
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { etag } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine().use(etag());
 * app.get("/", (c) => c.json({ a: 1 }));
 * const first = await app.request("/");
 * const tag = first.headers.get("etag") ?? "";
 * const headers = { "if-none-match": tag };
 * assertEquals((await app.request("/", { headers })).status, 304);
 * ```
 */
export function etag(options: EtagOptions = {}): Middleware {
  const { weak = false, maxBytes = 1 << 20 } = options;
  if (!(maxBytes >= 0)) {
    throw new RangeError(
      `Cannot tag answers: got maxBytes ${maxBytes}, want a positive number`,
    );
  }
  const tagged = async (
    c: Context<AnyParams, object>,
    answer: Response,
  ): Promise<Response> => {
    const { response, bytes } = await wholeBody(answer, maxBytes);
    if (bytes === undefined) return response;
    // An own route for HEAD has no body to make the tag of GET from.
    if (bytes.length === 0 && c.method === "HEAD") return response;
    const tag = `${weak ? "W/" : ""}${await entityTag(bytes)}`;
    const copy = new Response(bytes, response);
    copy.headers.set("etag", tag);
    return isKnown(c, tag) ? notModified(copy.headers) : copy;
  };
  return function etag(c) {
    if (c.method !== "GET" && c.method !== "HEAD") return c.next();
    return follow(c, (response) => {
      if (response.status !== 200) return response;
      const headers = finalHeaders(c, response);
      const own = headers.get("etag");
      if (own === null) {
        return isTaggable(headers) ? tagged(c, response) : response;
      }
      if (!isKnown(c, own)) return response;
      response.body?.cancel().catch(() => {});
      return notModified(response.headers);
    });
  };
}

/** Whether the answer has an end, and the tag would ever be sent back. */
function isTaggable(headers: Headers): boolean {
  const type = headers.get("content-type") ?? "";
  return !type.startsWith("text/event-stream") &&
    !/\bno-store\b/i.test(headers.get("cache-control") ?? "");
}
