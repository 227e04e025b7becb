// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";
import { finalHeader } from "./final_headers.ts";
import { follow } from "../follow.ts";

/**
 * Says that nobody may change an answer on its way (RFC 9111, section 5.2.2.6),
 * beside what `cache-control` says already. So Deno leaves it uncompressed
 * although `app.run({ compress: true })` asks for it: for secrets beside text
 * of a stranger (the BREACH attack), and for bytes that shrink no further.
 *
 * @returns The middleware.
 *
 * @example Keep a secret from being guessed by its length
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { noTransform } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.get("/form", noTransform(), (c) => c.html("<p>token</p>"));
 * const { headers } = await app.request("/form");
 * assertEquals(headers.get("cache-control"), "no-transform");
 * ```
 */
export function noTransform(): Middleware {
  return function noTransform(c) {
    return follow(c, (response) => {
      const others = finalHeader("cache-control", c, response);
      if (others === null) c.setHeader("cache-control", "no-transform");
      else if (!/\bno-transform\b/i.test(others)) {
        c.setHeader("cache-control", `${others}, no-transform`);
      }
      return response;
    });
  };
}
