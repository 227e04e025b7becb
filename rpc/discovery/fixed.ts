// Copyright 2026 the Gee authors. MIT license.

import type { Discovery } from "./discovery.ts";
import { checkEndpoints, type Endpoint } from "./endpoint.ts";

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
 * discovery.update([
 *   "tcp@10.0.0.1:9999",
 *   { address: "tcp@10.0.0.2:9999", weight: 2, tags: ["zone=b"] },
 * ]);
 * assertEquals(discovery.getAll().length, 2);
 * ```
 */
export class FixedDiscovery implements Discovery {
  #servers: readonly Endpoint[] = [];

  /**
   * Begins with a list.
   *
   * @param servers Addresses as `dial` takes them, or endpoints.
   * @throws {SyntaxError} when an address or a tag is none.
   * @throws {RangeError} when a weight or a priority is out of range.
   */
  constructor(servers: Iterable<string | Endpoint>) {
    this.update(servers);
  }

  /**
   * Replaces the list.
   *
   * @param servers Addresses as `dial` takes them, or endpoints; of one address
   * the first counts.
   * @throws {SyntaxError} when an address or a tag is none; the old list stays.
   * @throws {RangeError} when a weight or a priority is out of range; likewise.
   */
  update(servers: Iterable<string | Endpoint>): void {
    this.#servers = checkEndpoints(servers);
  }

  /** The list as it was last set. */
  getAll(): readonly Endpoint[] {
    return this.#servers;
  }
}
