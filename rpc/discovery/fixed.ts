// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "../address.ts";
import type { Discovery } from "./discovery.ts";

/**
 * Servers from a list that the program itself keeps (`MultiServersDiscovery` of
 * the original).
 *
 * @example A list that changes
 * ```ts
 * import { FixedDiscovery } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const discovery = new FixedDiscovery(["tcp@10.0.0.1:9999"]);
 * discovery.update(["tcp@10.0.0.1:9999", "tcp@10.0.0.2:9999"]);
 * assertEquals(discovery.getAll().length, 2);
 * ```
 */
export class FixedDiscovery implements Discovery {
  #servers: readonly string[] = [];

  /**
   * Begins with a list.
   *
   * @param servers Addresses as `dial` takes them.
   * @throws {SyntaxError} when one of them is none.
   */
  constructor(servers: Iterable<string>) {
    this.update(servers);
  }

  /**
   * Replaces the list.
   *
   * @param servers Addresses as `dial` takes them.
   * @throws {SyntaxError} when one of them is none; the old list stays.
   */
  update(servers: Iterable<string>): void {
    const unique = [...new Set(servers)];
    for (const server of unique) parseAddress(server);
    this.#servers = Object.freeze(unique);
  }

  /** The list as it was last set. */
  getAll(): readonly string[] {
    return this.#servers;
  }
}
