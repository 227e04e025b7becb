// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "../abortable.ts";
import type { Endpoint } from "./endpoint.ts";

/** How a list is kept fresh. */
export interface RefreshedListOptions {
  /** How long a list counts as fresh, in ms. */
  readonly freshness: number;
  /** Told when a refresh failed while an older list goes on serving. */
  readonly onError: (error: unknown) => void;
  /** The clock, in ms. */
  readonly now?: () => number;
}

/**
 * A list that is asked for: only the first one is waited for. One that has grown
 * old is served at once and refreshed in the background, by one request at a
 * time; when that fails, the last list stays.
 */
export class RefreshedList {
  readonly #load: () => Promise<readonly Endpoint[]>;
  readonly #options: RefreshedListOptions;
  readonly #now: () => number;
  #list: readonly Endpoint[] | undefined;
  #nextRefresh = 0;
  #refresh: Promise<void> | undefined;

  /**
   * @param load Asks for the list.
   * @param options How long it stays fresh, and whom to tell.
   */
  constructor(
    load: () => Promise<readonly Endpoint[]>,
    options: RefreshedListOptions,
  ) {
    this.#load = load;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The list, or a promise of the first one. */
  get(
    signal?: AbortSignal,
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    if (this.#list === undefined) return this.#first(signal);
    if (this.#now() >= this.#nextRefresh) {
      this.refresh().catch(this.#options.onError);
    }
    return this.#list;
  }

  /** Asks now, or joins the request that is on its way. */
  refresh(): Promise<void> {
    return this.#refresh ??= this.#ask().finally(() =>
      this.#refresh = undefined
    );
  }

  /** Takes over a list that came in another way. */
  set(list: readonly Endpoint[]): void {
    this.#list = list;
    this.#nextRefresh = this.#now() + this.#options.freshness;
  }

  async #first(signal?: AbortSignal): Promise<readonly Endpoint[]> {
    await abortable(this.refresh(), signal);
    return this.#list ?? [];
  }

  async #ask(): Promise<void> {
    // Also after a failure: an outage must not bring a request per call.
    if (this.#list !== undefined) {
      this.#nextRefresh = this.#now() + this.#options.freshness;
    }
    this.set(await this.#load());
  }
}
