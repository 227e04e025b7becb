// Copyright 2026 the Gee authors. MIT license.
import { AddressList } from "../address_list.ts";
import type { Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";

/** Options of {@linkcode ipAllow}. */
export interface IpAllowOptions {
  /**
   * Addresses and networks (CIDR) that may come in; left out, all but those of
   * `deny`.
   */
  readonly allow?: readonly string[];
  /**
   * Addresses and networks (CIDR) that may not, even if `allow` has them.
   *
   * @default {[]}
   */
  readonly deny?: readonly string[];
}

/**
 * Refuses clients by their address with 403. It is `c.remoteAddress`, which
 * believes a proxy only where the engine's `trustProxy` lists it. A client
 * whose address is unknown, such as one of a unix socket, is refused.
 *
 * @param options Who may come in, and who may not.
 * @returns The middleware.
 * @throws {SyntaxError} When an address is malformed.
 * @throws {TypeError} When there is neither list.
 *
 * @example An office network
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { ipAllow } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(ipAllow({ allow: ["10.0.0.0/8", "::1"], deny: ["10.9.9.9"] }));
 * app.get("/", (c) => c.string("Hello"));
 * const statusFor = async (hostname: string) =>
 *   (await app.fetch(new Request("http://gee/"), { remoteAddr: { hostname } }))
 *     .status;
 * assertEquals(await statusFor("10.1.2.3"), 200);
 * assertEquals(await statusFor("10.9.9.9"), 403);
 * assertEquals(await statusFor("8.8.8.8"), 403);
 * ```
 */
export function ipAllow(options: IpAllowOptions): Middleware {
  if (options.allow === undefined && options.deny === undefined) {
    throw new TypeError("Cannot make ipAllow: want allow, deny or both");
  }
  const allowed = new AddressList(options.allow ?? ["0.0.0.0/0", "::/0"]);
  const denied = new AddressList(options.deny ?? []);
  return function ipAllow(c) {
    const { remoteAddress } = c;
    if (!allowed.has(remoteAddress) || denied.has(remoteAddress)) {
      throw new HttpError(403);
    }
    return c.next();
  };
}
