// Copyright 2026 the Gee authors. MIT license.

import type { Loader, Result } from "./loader.ts";
import type { Memory } from "./memory.ts";
import type { PeerSourceOptions } from "./peer.ts";
import type { Counters } from "./stats.ts";

/** What reading works on; the group gives it. */
export interface ReadThroughParts {
  readonly memory: Memory;
  readonly loader: Loader;
  /** Where events are counted. */
  readonly counters: Counters;
  /** Whether the source may have a key. */
  readonly mayHave: ((key: string) => boolean) | undefined;
}

/** From a key to its value: memory as far as it may be served, else a load. */
export class ReadThrough {
  readonly #parts: ReadThroughParts;

  constructor(parts: ReadThroughParts) {
    this.#parts = parts;
  }

  /** Reads a key; see `Group.get`. */
  async read(key: string, options: PeerSourceOptions): Promise<Result> {
    const { memory, loader, counters, mayHave } = this.#parts;
    const found = memory.find(key);
    if (found === undefined) {
      if (mayHave?.(key) !== false) return await loader.load(key, options);
      counters.filtered++;
      return undefined;
    }
    if (found.freshness === "fallback") {
      return await this.#loadOrFallBack(key, found.view, options);
    }
    counters.hits++;
    if (found.freshness === "refresh") this.#refreshBehind(key);
    return found.view;
  }

  /** Loads a value that is stale, and serves it where that fails. */
  async #loadOrFallBack(
    key: string,
    view: Result,
    options: PeerSourceOptions,
  ): Promise<Result> {
    const { memory, loader, counters } = this.#parts;
    try {
      return await loader.load(key, options);
    } catch (error) {
      // What was dropped meanwhile, by the end of the group too, stays away.
      const isStill = memory.find(key)?.view === view;
      if (options.signal?.aborted || !isStill) throw error;
      counters.fallbacks++;
      return view;
    }
  }

  /** Loads a value anew that is served meanwhile; who asked does not wait. */
  #refreshBehind(key: string): void {
    const { loader, counters } = this.#parts;
    if (loader.isLeftAlone(key)) return;
    counters.refreshes++;
    // It is counted and backed off like any other, and nobody waits for it.
    loader.refresh(key).catch(() => {});
  }
}
