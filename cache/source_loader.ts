// Copyright 2026 the Gee authors. MIT license.

import type { Backoff } from "./backoff.ts";
import type { ByteView } from "./byte_view.ts";
import type { Core } from "./core.ts";
import { OverloadError } from "./errors.ts";
import type { GetterContext } from "./getter.ts";
import { LoadLimit } from "./load_limit.ts";
import type { Origin } from "./memory.ts";
import type { PeerGetter } from "./peer.ts";
import type { Kept } from "./snapshot.ts";
import type { Flight } from "./single_flight.ts";

/** A view, or `undefined` for "there is none". */
export type Result = ByteView | undefined;

/** Asks the source. */
export type Source = (key: string, context: GetterContext) => Promise<Result>;

/** Settings of a {@linkcode SourceLoader}. */
export interface SourceLoaderOptions {
  /** Asks the source. */
  readonly source: Source;
  /** The most calls of the source at once. */
  readonly maxLoads: number;
  /** The most calls of the source that wait. */
  readonly maxWaiting: number;
}

/**
 * Loads a key where nobody else is to be asked for it: from its former owner,
 * from the second tier, or else from the source, a few calls at a time. The owner
 * of a key keeps what it loaded.
 */
export class SourceLoader {
  readonly #core: Core;
  readonly #backoff: Backoff;
  readonly #source: Source;
  readonly #limit: LoadLimit;

  constructor(core: Core, backoff: Backoff, options: SourceLoaderOptions) {
    this.#core = core;
    this.#backoff = backoff;
    this.#source = options.source;
    this.#limit = new LoadLimit(options.maxLoads, options.maxWaiting);
  }

  /** Calls of the source that run. */
  get running(): number {
    return this.#limit.running;
  }

  /** Calls of the source that wait. */
  get waiting(): number {
    return this.#limit.waiting;
  }

  /**
   * Loads a key.
   *
   * @param key The key.
   * @param flight The load.
   * @param isForced Whether nothing but the source will do.
   * @returns The view, or `undefined` for "there is none".
   */
  async load(key: string, flight: Flight, isForced: boolean): Promise<Result> {
    const { counters, memory } = this.#core;
    try {
      const finding = isForced ? undefined : this.#findElsewhere(key);
      const kept = finding && await finding;
      if (kept !== undefined && !flight.isForgotten) {
        return this.#adopt(key, kept);
      }
      return await this.#limit.run(async () => {
        // Look again: the wait for a turn or a peer was long enough for `set`.
        const found = isForced ? undefined : memory.find(key);
        if (found?.freshness === "fresh") return found.entry.view;
        counters.loads++;
        return await this.#askSource(key, flight, isForced);
      }, flight.signal);
    } catch (error) {
      if (error instanceof OverloadError) counters.overloads++;
      else if (!flight.isAborted) {
        counters.loadFailures++;
        if (!flight.isForgotten) this.#backoff.failed(key, error);
      }
      throw error;
    }
  }

  /** Asks those who may still have the value of a key, where there are any. */
  #findElsewhere(key: string): Promise<Kept | undefined> | undefined {
    const { picker, tier } = this.#core;
    const previous = this.#core.isInFlux(key)
      ? undefined
      : picker?.pickPrevious(key);
    const findBelow = () => tier?.carries(key) ? tier.find(key) : undefined;
    if (previous === undefined) return findBelow();
    return this.#askPrevious(previous, key)
      .then((handed) => handed ?? findBelow());
  }

  async #askPrevious(
    previous: PeerGetter,
    key: string,
  ): Promise<Kept | undefined> {
    const { counters, name, rules } = this.#core;
    try {
      const value = await previous.get(name, key, { mode: "held" });
      if (value?.ttl === undefined) return undefined;
      counters.handovers++;
      const { view, ttl, tags } = value;
      const now = rules.now();
      return { view, ttl, tags, storedAt: now, usedAt: now, loadMs: 0 };
    } catch {
      // It was a chance, no more; the pool has counted the failure.
      return undefined;
    }
  }

  /** Keeps what was found elsewhere for the time it has left. */
  #adopt(key: string, kept: Kept): Result {
    const { memory, rules } = this.#core;
    if (this.#core.isOwnedElsewhere(key)) return kept.view;
    const { view, tags, loadMs } = kept;
    const ttl = rules.remaining(kept);
    memory.store(key, view, { epoch: memory.epochs.now, ttl, tags, loadMs });
    return view;
  }

  async #askSource(
    key: string,
    flight: Flight,
    isForced: boolean,
  ): Promise<Result> {
    const { memory, rules } = this.#core;
    const epoch = memory.epochs.now;
    const start = rules.now();
    const context: GetterContext = { signal: flight.signal };
    const view = await this.#source(key, context);
    if (flight.isForgotten) return view;
    this.#backoff.loaded(key);
    // Only its owner keeps a value: others would not hear of its changes.
    if (this.#core.isOwnedElsewhere(key)) return view;
    const { ttl, tags } = context;
    if (ttl !== undefined && !(ttl >= 0)) {
      throw new RangeError(
        `Cannot keep "${key}": its getter set a ttl of ${ttl}, want at least 0`,
      );
    }
    // A clock that went back says nothing of the time it took.
    const loadMs = Math.max(0, rules.now() - start);
    memory.store(key, view, { epoch, ttl, tags, loadMs });
    this.#keepBelow(key, view, { ttl, tags, loadMs }, flight, isForced);
    return view;
  }

  /** Has the second tier keep a result, behind the caller's back. */
  #keepBelow(
    key: string,
    view: Result,
    origin: Omit<Origin, "epoch">,
    flight: Flight,
    isForced: boolean,
  ): void {
    const { tier } = this.#core;
    if (!tier?.carries(key)) return;
    if (view === undefined) {
      if (isForced) void tier.remove(key);
      return;
    }
    const isWanted = () => !flight.isForgotten;
    void tier.keep(key, view, origin, { isWanted, isNewer: isForced });
  }
}
