// Copyright 2026 the Gee authors. MIT license.

import type { Endpoint } from "./discovery/endpoint.ts";

interface Entry {
  readonly endpoint: Required<Endpoint>;
  seen: number;
}

/** The servers of one service in a registry, and when each was last heard of. */
export class RegistryList {
  readonly #entries = new Map<string, Entry>();
  readonly #timeout: number;

  /** @param timeout How long a server stays without a heartbeat, in ms; 0 is for ever. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** How many are listed. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether a server is listed. */
  has(address: string): boolean {
    return this.#entries.has(address);
  }

  /** Lists a server, or hears of it again; tells whether the list says something new. */
  put(endpoint: Required<Endpoint>, now: number): boolean {
    const known = this.#entries.get(endpoint.address);
    // Deleted first, so that the map stays in the order of the heartbeats.
    this.#entries.delete(endpoint.address);
    this.#entries.set(endpoint.address, { endpoint, seen: now });
    return known === undefined ||
      known.endpoint.weight !== endpoint.weight ||
      known.endpoint.tags.join() !== endpoint.tags.join();
  }

  /** Takes a server off; tells whether it was listed. */
  remove(address: string): boolean {
    return this.#entries.delete(address);
  }

  /** Drops the servers that were not heard of; tells whether there were any. */
  prune(now: number): boolean {
    if (this.#timeout === 0) return false;
    const { size } = this.#entries;
    for (const [address, { seen }] of this.#entries) {
      if (seen >= now - this.#timeout) break;
      this.#entries.delete(address);
    }
    return this.#entries.size < size;
  }

  /** When the next server is due to be dropped, in ms of the clock. */
  nextExpiry(): number {
    for (const { seen } of this.#entries.values()) {
      if (this.#timeout > 0) return seen + this.#timeout + 1;
    }
    return Infinity;
  }

  /** The servers, sorted by their addresses. */
  endpoints(): Required<Endpoint>[] {
    return [...this.#entries.values()].map(({ endpoint }) => endpoint)
      .sort((a, b) => a.address < b.address ? -1 : 1);
  }
}
