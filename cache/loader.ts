// Copyright 2026 the Gee authors. MIT license.

import { Backoff } from "./backoff.ts";
import { ByteView } from "./byte_view.ts";
import { LoadError, OverloadError } from "./errors.ts";
import { LoadLimit } from "./load_limit.ts";
import type { GetterContext } from "./getter.ts";
import type { Memory } from "./memory.ts";
import type { PeerGetter, PeerPicker, PeerSourceOptions } from "./peer.ts";
import { type Flight, SingleFlight } from "./single_flight.ts";
import type { Counters } from "./stats.ts";

/** A view, or `undefined` for "there is none". */
export type Result = ByteView | undefined;

/** What a loader works on; the group gives it. */
export interface LoaderParts {
  /** The name of the group. */
  readonly name: string;
  /** Asks the source. */
  readonly source: (key: string, context: GetterContext) => Promise<Result>;
  /** Where results are kept. */
  readonly memory: Memory;
  /** Where events are counted. */
  readonly counters: Counters;
  /** The most calls of the source at once. */
  readonly maxLoads: number;
  /** The most calls of the source that wait. */
  readonly maxWaiting: number;
  /** The first pause after a failure in ms. */
  readonly retryAfter: number;
  /** The clock in ms. */
  readonly now: () => number;
}

/**
 * Everything between a miss and a value: one load per key at a time, asked of
 * the owner or of the source, with a pause after failures and a fence against
 * results that are out of date.
 */
export class Loader {
  readonly #parts: LoaderParts;
  // Two tables: a question forwarded to us must never wait for one we forward
  // ourselves, or two nodes that take each other for the owner wait in a ring.
  readonly #fromPeers = new SingleFlight<Result>();
  readonly #fromSource = new SingleFlight<Result>();
  readonly #limit: LoadLimit;
  readonly #backoff: Backoff;
  #picker: PeerPicker | undefined;

  /**
   * Makes a loader without peers.
   *
   * @param parts What it works on.
   */
  constructor(parts: LoaderParts) {
    this.#parts = parts;
    this.#limit = new LoadLimit(parts.maxLoads, parts.maxWaiting);
    this.#backoff = new Backoff(parts.retryAfter, parts.now);
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
   * Sets the peers.
   *
   * @param picker Says who owns a key.
   * @throws {TypeError} When there are peers already.
   */
  registerPeers(picker: PeerPicker): void {
    if (this.#picker !== undefined) {
      throw new TypeError(
        `Cannot register peers of group "${this.#parts.name}": it has some already`,
      );
    }
    this.#picker = picker;
  }

  /**
   * Loads a key that memory lacks.
   *
   * @param key The key.
   * @param options A signal, and whether a peer forwarded the question.
   * @returns The view, or `undefined` for "there is none".
   */
  load(key: string, options: PeerSourceOptions): Promise<Result> {
    const failure = this.#backoff.find(key);
    if (failure !== undefined) {
      this.#parts.counters.backoffs++;
      return Promise.reject(failure.error);
    }
    const peer = options.isForwarded ? undefined : this.#picker?.pickPeer(key);
    if (peer === undefined) return this.#load(key, options.signal);
    return this.#fromPeers.do(
      key,
      (flight) => this.#ask(peer, key, flight),
      options,
    );
  }

  /**
   * Loads a key anew, whatever memory has, at the source.
   *
   * @param key The key.
   * @param options A signal.
   * @returns The view, or `undefined` for "there is none".
   */
  refresh(key: string, options: PeerSourceOptions = {}): Promise<Result> {
    return this.#load(key, options.signal, { isForced: true });
  }

  /** Whether a key failed a moment ago and is left alone. */
  isLeftAlone(key: string): boolean {
    return this.#backoff.find(key) !== undefined;
  }

  /**
   * Fences a key whose value changed: what is being loaded now is not stored,
   * and later callers do not join that load.
   *
   * @param key The key.
   */
  forget(key: string): void {
    this.#fromPeers.forget(key);
    this.#fromSource.forget(key);
    this.#backoff.forget(key);
  }

  /** Fences every key. Failures are no values: who failed is left alone still. */
  forgetAll(): void {
    this.#fromPeers.forgetAll();
    this.#fromSource.forgetAll();
  }

  /**
   * Aborts every load.
   *
   * @param reason What the waiters reject with.
   */
  abort(reason: unknown): void {
    this.#fromPeers.abort(reason);
    this.#fromSource.abort(reason);
    this.#backoff.clear();
  }

  async #ask(peer: PeerGetter, key: string, flight: Flight): Promise<Result> {
    const { counters, name } = this.#parts;
    const { signal } = flight;
    counters.peerLoads++;
    try {
      const bytes = await peer.get(name, key, { signal });
      return bytes && ByteView.adopt(bytes);
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof LoadError) {
        if (!flight.isForgotten) this.#backoff.failed(key, error);
        throw error;
      }
      counters.peerFailures++;
      return this.#load(key, signal);
    }
  }

  #load(
    key: string,
    signal: AbortSignal | undefined,
    how: { readonly isForced: boolean } = { isForced: false },
  ): Promise<Result> {
    return this.#fromSource.do(
      key,
      (flight) => this.#run(key, flight, how.isForced),
      signal === undefined ? {} : { signal },
    );
  }

  async #run(key: string, flight: Flight, isForced: boolean): Promise<Result> {
    const { counters, memory } = this.#parts;
    const { signal } = flight;
    try {
      return await this.#limit.run(async () => {
        // Look again: the wait for a turn or a peer was long enough for `set`.
        const found = isForced ? undefined : memory.find(key);
        if (found?.freshness === "fresh") return found.view;
        counters.loads++;
        return await this.#askSource(key, flight);
      }, signal);
    } catch (error) {
      if (error instanceof OverloadError) counters.overloads++;
      else if (!signal.aborted) {
        counters.loadFailures++;
        if (!flight.isForgotten) this.#backoff.failed(key, error);
      }
      throw error;
    }
  }

  async #askSource(key: string, flight: Flight): Promise<Result> {
    const { memory, source, now } = this.#parts;
    const { signal } = flight;
    const { epochs } = memory;
    const epoch = epochs.now;
    const start = now();
    const context: GetterContext = { signal };
    const view = await source(key, context);
    // An aborted load is cut off as well: `forget` no longer reaches it.
    if (flight.isForgotten || signal.aborted) return view;
    this.#backoff.forget(key);
    // Only its owner keeps a value: others would not hear of its changes.
    if (this.#picker?.pickPeer(key) !== undefined) return view;
    const { ttl, tags } = context;
    if (ttl !== undefined && !(ttl >= 0)) {
      throw new RangeError(
        `Cannot keep "${key}": its getter set a ttl of ${ttl}, want at least 0`,
      );
    }
    // A clock that went back says nothing of the time it took.
    const loadMs = Math.max(0, now() - start);
    memory.store(key, view, { epoch, ttl, tags, loadMs });
    return view;
  }
}
