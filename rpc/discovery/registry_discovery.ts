// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "../abortable.ts";
import { parseAddress } from "../address.ts";
import { checkMilliseconds, timeLimit } from "../duration.ts";
import { SERVERS_HEADER } from "../registry.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";

/** Options of a `RegistryDiscovery`. */
export interface RegistryDiscoveryOptions {
  /**
   * How long a list counts as fresh, in ms; an older one is still used while the
   * next is fetched.
   *
   * @default {10000}
   */
  readonly freshness?: number;
  /**
   * How long the registry may take to answer, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * Told when the registry failed while an older list goes on serving.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Servers from a Gee registry over HTTP (`GeeRegistryDiscovery` of the original).
 *
 * Only the first list is waited for. A list that has grown old is served at once
 * and refreshed in the background, by one request at a time; when the registry
 * is down, the last list stays.
 */
export class RegistryDiscovery implements Discovery {
  readonly #registry: string;
  readonly #freshness: number;
  readonly #timeout: number;
  readonly #onError: (error: unknown) => void;
  #servers: readonly string[] | undefined;
  #nextRefresh = 0;
  #refresh: Promise<void> | undefined;

  /**
   * Names the registry; nothing is asked before the first `getAll`.
   *
   * @param registry The URL of the registry.
   * @param options Freshness, timeout and reporting.
   * @throws {TypeError} when the URL is malformed.
   */
  constructor(registry: string | URL, options: RegistryDiscoveryOptions = {}) {
    this.#registry = new URL(registry).href;
    this.#freshness = checkMilliseconds(
      "freshness",
      options.freshness ?? 10_000,
    );
    this.#timeout = checkMilliseconds("timeout", options.timeout ?? 5000);
    this.#onError = options.onError ?? (() => {});
  }

  /**
   * The servers of the last list.
   *
   * @param options Ends the wait for the first list.
   * @returns addresses, none twice; what is no address was left out.
   */
  async getAll(options: DiscoveryOptions = {}): Promise<readonly string[]> {
    if (performance.now() >= this.#nextRefresh) {
      const refresh = this.refresh();
      if (this.#servers === undefined) await abortable(refresh, options.signal);
      else refresh.catch(this.#onError);
    }
    return this.#servers ?? [];
  }

  /** Asks the registry now, or joins the request that is on its way. */
  refresh(): Promise<void> {
    this.#refresh ??= this.#fetch().finally(() => this.#refresh = undefined);
    return this.#refresh;
  }

  async #fetch(): Promise<void> {
    // Also after a failure: an outage must not bring a request per call.
    if (this.#servers !== undefined) {
      this.#nextRefresh = performance.now() + this.#freshness;
    }
    const response = await fetch(this.#registry, {
      signal: timeLimit(this.#timeout),
      redirect: "error",
    });
    await response.body?.cancel();
    if (!response.ok) {
      throw new Error(
        `Cannot refresh servers: the registry answered ${response.status}`,
      );
    }
    const list = response.headers.get(SERVERS_HEADER);
    // A registry always sends it; something else must not empty the list.
    if (list === null) {
      throw new Error(
        `Cannot refresh servers: the answer has no "${SERVERS_HEADER}" header`,
      );
    }
    const servers = list.split(",").map((server) => server.trim())
      .filter(isAddress);
    this.#servers = Object.freeze([...new Set(servers)]);
    this.#nextRefresh = performance.now() + this.#freshness;
  }
}

/** The list comes from the network: one bad entry must not spoil the others. */
function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}
