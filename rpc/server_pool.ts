// Copyright 2026 the Gee authors. MIT license.

import { checkEndpoint, type EndpointList } from "./discovery/endpoint.ts";
import { PooledServer, type PoolSettings } from "./pooled_server.ts";
import type { Subset } from "./resilience/subset.ts";

/** Which of the listed servers a pool uses. */
export interface PoolFilter {
  /** Tags that a server must have, all of them. */
  readonly tags: readonly string[];
  /** The client's part of them; undefined for all. */
  readonly subset: Subset | undefined;
}

/** The servers of an `XClient`: follows the discovery's lists, and knows which are fit for calls. */
export class ServerPool {
  readonly #settings: PoolSettings;
  readonly #filter: PoolFilter;
  readonly #servers = new Map<string, PooledServer>();
  readonly #leaving = new Set<PooledServer>();
  #list: EndpointList | undefined;
  #listed = 0;
  #used: readonly PooledServer[] = [];
  #hasPriorities = false;

  /**
   * @param settings What the servers have in common.
   * @param filter Which of those that are listed to use.
   */
  constructor(settings: PoolSettings, filter: PoolFilter) {
    this.#settings = settings;
    this.#filter = filter;
  }

  /** The servers in use, in the order of the discovery's list. */
  get servers(): readonly PooledServer[] {
    return this.#used;
  }

  /** Takes over a list; servers that are no longer on it finish their calls and are closed. */
  update(list: EndpointList): readonly PooledServer[] {
    // Most calls see the same list as the one before.
    if (list === this.#list && list.length === this.#listed) return this.#used;
    const { tags, subset } = this.#filter;
    const endpoints = list.map(checkEndpoint).filter((endpoint) =>
      tags.every((tag) => endpoint.tags.includes(tag))
    );
    const used = new Set<PooledServer>();
    for (const endpoint of subset?.of(endpoints) ?? endpoints) {
      let server = this.#servers.get(endpoint.address);
      server?.update(endpoint);
      if (server === undefined) {
        server = new PooledServer(endpoint, this.#settings);
        this.#servers.set(endpoint.address, server);
      }
      used.add(server);
    }
    for (const server of this.#used) if (!used.has(server)) this.#leave(server);
    this.#used = [...used];
    this.#list = list;
    this.#listed = list.length;
    const [first] = this.#used;
    this.#hasPriorities = this.#used.some(({ priority }) =>
      priority !== first?.priority
    );
    return this.#used;
  }

  /**
   * The servers a call should go to: those that are ready, or all where none is;
   * of them those of the first priority. Empty when all have been tried.
   */
  candidates(tried?: ReadonlySet<PooledServer>): readonly PooledServer[] {
    const all = this.#used;
    if (tried === undefined && !this.#hasPriorities && all.every(isReady)) {
      return all;
    }
    const untried = tried === undefined
      ? all
      : all.filter((server) => !tried.has(server));
    const ready = untried.filter(isReady);
    const usable = ready.length > 0 ? ready : untried;
    if (!this.#hasPriorities) return usable;
    const first = Math.min(...usable.map(({ priority }) => priority));
    return usable.filter(({ priority }) => priority === first);
  }

  /** Closes all connections; calls under way reject. */
  async close(): Promise<void> {
    const servers = [...this.#used, ...this.#leaving];
    this.#used = [];
    this.#servers.clear();
    await Promise.all(servers.map((server) => server.close()));
  }

  #leave(server: PooledServer): void {
    this.#servers.delete(server.address);
    this.#leaving.add(server);
    server.leave().finally(() => this.#leaving.delete(server));
  }
}

function isReady(server: PooledServer): boolean {
  return server.isReady;
}
