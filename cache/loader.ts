// Copyright 2026 the Gee authors. MIT license.

import { Backoff } from "./backoff.ts";
import type { Core } from "./core.ts";
import { LoadError } from "./errors.ts";
import type { PeerGetter, PeerSourceOptions } from "./peer.ts";
import { type Flight, SingleFlight } from "./single_flight.ts";
import {
  type Result,
  SourceLoader,
  type SourceLoaderOptions,
} from "./source_loader.ts";

/** Settings of a {@linkcode Loader}. */
export interface LoaderOptions extends SourceLoaderOptions {
  /** The first pause after a failure in ms. */
  readonly retryAfter: number;
}

/**
 * Everything between a miss and a value: one load per key at a time, asked of
 * the owner or of the source, with a pause after failures and a fence against
 * results that are out of date.
 */
export class Loader {
  readonly #core: Core;
  // Two tables: a question forwarded to us must never wait for one we forward
  // ourselves, or two nodes that take each other for the owner wait in a ring.
  readonly #fromPeers = new SingleFlight<Result>();
  readonly #fromSource = new SingleFlight<Result>();
  readonly #backoff: Backoff;
  readonly #source: SourceLoader;

  /**
   * Makes a loader.
   *
   * @param core What it works on.
   * @param options The source and its limits.
   */
  constructor(core: Core, options: LoaderOptions) {
    this.#core = core;
    this.#backoff = new Backoff(
      options.retryAfter,
      core.rules.now,
      core.rules.random,
    );
    this.#source = new SourceLoader(core, this.#backoff, options);
  }

  /** Calls of the source that run. */
  get running(): number {
    return this.#source.running;
  }

  /** Calls of the source that wait. */
  get waiting(): number {
    return this.#source.waiting;
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
      this.#core.counters.backoffs++;
      return Promise.reject(failure.error);
    }
    const peer = this.#peerFor(key, options);
    if (peer === undefined) return this.#load(key, options.signal);
    return this.#fromPeers.do(
      key,
      (flight) => this.#ask(peer, key, flight),
      options,
    );
  }

  /**
   * Loads a key anew at the source, whatever its owner holds. It joins no load
   * that runs: that may have begun before what its caller knows of.
   *
   * @param key The key.
   * @param options A signal, and whether a peer forwarded the question.
   * @returns The view, or `undefined` for "there is none".
   */
  async refresh(key: string, options: PeerSourceOptions = {}): Promise<Result> {
    const { signal } = options;
    const peer = this.#peerFor(key, options);
    if (peer === undefined) return await this.#loadAnew(key, signal);
    this.#core.counters.peerLoads++;
    try {
      const value = await peer.get(this.#core.name, key, {
        mode: "refresh",
        ...signal && { signal },
      });
      return value?.view;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof LoadError) throw error;
      this.#core.counters.peerFailures++;
      return await this.#loadAnew(key, signal);
    }
  }

  /**
   * Loads a key of this node that is served meanwhile, or joins the load that
   * runs.
   *
   * @param key The key.
   * @returns The view, or `undefined` for "there is none".
   */
  revalidate(key: string): Promise<Result> {
    return this.#load(key, undefined, { isForced: true });
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

  /** Fences a key as `forget` does, but only what is asked of its owner. */
  forgetCopy(key: string): void {
    this.#fromPeers.forget(key);
  }

  /** Fences every key. Failures are no values: who failed is left alone still. */
  forgetAll(): void {
    this.#fromPeers.forgetAll();
    this.#fromSource.forgetAll();
  }

  /** Fences every key, but only what is asked of owners. */
  forgetCopies(): void {
    this.#fromPeers.forgetAll();
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

  #peerFor(key: string, options: PeerSourceOptions): PeerGetter | undefined {
    return options.isForwarded ? undefined : this.#core.picker?.pickPeer(key);
  }

  #ask(peer: PeerGetter, key: string, flight: Flight): Promise<Result> {
    const { counters, copies, name } = this.#core;
    const epoch = copies.memory.epochs.now;
    counters.peerLoads++;
    // Without the signal of the flight: who leaves does not wait for this, the
    // transport bounds it, and a signal takes longer than all the rest. Without
    // `async` for the same reason.
    return peer.get(name, key).then((value) => {
      if (value === undefined) return undefined;
      if (!flight.isForgotten) copies.offer(key, value, epoch);
      return value.view;
    }, (error) => {
      if (flight.isAborted) throw error;
      if (error instanceof LoadError) {
        if (!flight.isForgotten) this.#backoff.failed(key, error);
        throw error;
      }
      counters.peerFailures++;
      return this.#load(key, flight.signal);
    });
  }

  #loadAnew(key: string, signal: AbortSignal | undefined): Promise<Result> {
    this.#fromSource.forget(key);
    return this.#load(key, signal, { isForced: true });
  }

  #load(
    key: string,
    signal: AbortSignal | undefined,
    how: { readonly isForced: boolean } = { isForced: false },
  ): Promise<Result> {
    return this.#fromSource.do(
      key,
      (flight) => this.#source.load(key, flight, how.isForced),
      signal === undefined ? {} : { signal },
    );
  }
}
