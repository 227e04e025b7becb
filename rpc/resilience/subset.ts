// Copyright 2026 the Gee authors. MIT license.

import { hash32 } from "../balance/hash.ts";
import { checkCount } from "../limits.ts";

/** Which part of many servers a client connects to. */
export interface SubsetOptions {
  /** How many servers, from 1. */
  readonly size: number;
  /**
   * Which of the clients this one is, from 0 and under `clients`.
   *
   * @default by chance
   */
  readonly client?: number;
  /**
   * How many clients there are; with `client` every server gets as many clients
   * as the others, give or take one.
   *
   * @default unknown
   */
  readonly clients?: number;
}

/**
 * Chooses a client's part of the servers: they lie on a ring in the order of
 * their hashes, clients evenly around it, and each takes the next `size` ones
 * ("deterministic aperture" of Finagle). When a server comes or goes, the part
 * of each client changes by a few.
 */
export class Subset {
  readonly #size: number;
  readonly #client: number;
  readonly #clients: number;

  /**
   * Places the client on the ring.
   *
   * @param options The size, and where the client is.
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   * @throws {RangeError} when an option is out of range.
   */
  constructor(options: SubsetOptions, random: () => number = Math.random) {
    const { size, client, clients } = options;
    this.#size = checkCount("subset size", size);
    if ((client === undefined) !== (clients === undefined)) {
      throw new RangeError(
        'Cannot place the client: "client" and "clients" are wanted together',
      );
    }
    if (client === undefined || clients === undefined) {
      this.#client = random();
      this.#clients = 1;
      return;
    }
    this.#client = client;
    this.#clients = checkCount("clients", clients);
    if (!Number.isInteger(client) || client < 0 || client >= clients) {
      throw new RangeError(
        `Cannot use client ${client}: a whole number from 0 and under ${clients} is wanted`,
      );
    }
  }

  /** The client's part of the servers, in the order of the ring. */
  of<Server extends { readonly address: string }>(
    servers: readonly Server[],
  ): readonly Server[] {
    const { length } = servers;
    if (length <= this.#size) return servers;
    const ring = servers.map((server) => ({
      server,
      hash: hash32(server.address),
    })).sort((a, b) =>
      a.hash - b.hash || (a.server.address < b.server.address ? -1 : 1)
    );
    const start = Math.floor(this.#client * length / this.#clients);
    return Array.from(
      { length: this.#size },
      (_, i) => ring[(start + i) % length]!.server, // within its bounds
    );
  }
}
