// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import type { Core } from "./core.ts";
import type { Loader } from "./loader.ts";
import type { Found } from "./memory.ts";
import type { PeerSourceOptions, PeerValue } from "./peer.ts";
import type { Result } from "./source_loader.ts";

/** From a key to its value: memory as far as it may be served, else a load. */
export class ReadThrough {
  readonly #core: Core;
  readonly #loader: Loader;
  /** Whether the source may have a key. */
  readonly #mayHave: ((key: string) => boolean) | undefined;

  constructor(
    core: Core,
    loader: Loader,
    mayHave: ((key: string) => boolean) | undefined,
  ) {
    this.#core = core;
    this.#loader = loader;
    this.#mayHave = mayHave;
  }

  /** Reads a key for a caller of this node; see `Group.get`. */
  read(key: string, options: PeerSourceOptions): Result | Promise<Result> {
    this.#core.counters.gets++;
    return this.#read(key, this.#core.memory.find(key), options);
  }

  /** Reads a key for a peer, which is told how long the value is good. */
  answer(
    key: string,
    options: PeerSourceOptions,
  ): PeerValue | undefined | Promise<PeerValue | undefined> {
    const { memory, counters } = this.#core;
    const { mode = "load" } = options;
    const found = memory.find(key);
    const view = found?.entry.view;
    if (mode === "held") {
      if (found === undefined || view === undefined) return undefined;
      const offered = memory.offered(found.entry, view);
      // What is served stale here must not begin a new life elsewhere.
      return offered.ttl > 0 ? offered : undefined;
    }
    counters.gets++;
    if (mode === "refresh") return this.#refresh(key, options);
    if (found?.freshness === "fresh" && view !== undefined) {
      counters.hits++;
      return memory.offered(found.entry, view);
    }
    const result = this.#read(key, found, options);
    return result instanceof Promise
      ? result.then((loaded) => this.#told(key, loaded))
      : this.#told(key, result);
  }

  async #refresh(
    key: string,
    options: PeerSourceOptions,
  ): Promise<PeerValue | undefined> {
    return this.#told(key, await this.#loader.refresh(key, options));
  }

  /** What a peer is told of a value: its terms, where it is still held. */
  #told(key: string, view: Result): PeerValue | undefined {
    if (view === undefined) return undefined;
    for (const memory of [this.#core.memory, this.#core.copies.memory]) {
      const entry = memory.peek(key);
      if (entry?.view === view) return memory.offered(entry, view);
    }
    return { view };
  }

  #read(
    key: string,
    found: Found | undefined,
    options: PeerSourceOptions,
  ): Result | Promise<Result> {
    const { counters } = this.#core;
    if (found === undefined) return this.#miss(key, options);
    const { view } = found.entry;
    if (found.freshness === "fallback") {
      return this.#loadOrFallBack(key, view, options);
    }
    counters.hits++;
    if (found.freshness === "refresh") this.#refreshBehind(key);
    return view;
  }

  #miss(key: string, options: PeerSourceOptions): Result | Promise<Result> {
    const { copies, counters, misses, rules } = this.#core;
    // A peer that takes this node for the owner gets no copy: from one to the
    // next an old value would outlive the two rounds of a change.
    const copy = options.isForwarded ? undefined : copies.find(key);
    if (copy !== undefined) {
      counters.hits++;
      counters.copyHits++;
      return copy;
    }
    misses.missed(key, rules.now());
    if (this.#mayHave?.(key) !== false) return this.#loader.load(key, options);
    counters.filtered++;
    return undefined;
  }

  /** Loads a value that is stale, and serves it where that fails. */
  async #loadOrFallBack(
    key: string,
    view: ByteView | undefined,
    options: PeerSourceOptions,
  ): Promise<Result> {
    const { memory, counters } = this.#core;
    try {
      return await this.#loader.load(key, options);
    } catch (error) {
      // What was dropped meanwhile, by the end of the group too, stays away.
      const isStill = memory.find(key)?.entry.view === view;
      if (options.signal?.aborted || !isStill) throw error;
      counters.fallbacks++;
      return view;
    }
  }

  /** Loads a value anew that is served meanwhile; who asked does not wait. */
  #refreshBehind(key: string): void {
    if (this.#loader.isLeftAlone(key)) return;
    if (this.#core.isOwnedElsewhere(key)) {
      // From before the nodes changed: its owner is asked from now on.
      return this.#core.memory.remove(key);
    }
    this.#core.counters.refreshes++;
    // It is counted and backed off like any other, and nobody waits for it.
    this.#loader.revalidate(key).catch(() => {});
  }
}
