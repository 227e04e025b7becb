// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import { type Codec, fromView, type Input, toView } from "./codec.ts";
import { ClosedError } from "./errors.ts";
import type { Getter, GetterFunction } from "./getter.ts";
import { Loader } from "./loader.ts";
import { Memory } from "./memory.ts";
import type { PeerPicker, PeerSource, PeerSourceOptions } from "./peer.ts";
import { Counters, type GroupStats } from "./stats.ts";

/**
 * Settings of a {@linkcode Group}.
 *
 * @typeParam T The values of the group.
 */
export interface GroupOptions<T> {
  /**
   * The most memory for entries in bytes: keys as UTF-8, values, and
   * `GROUP_ENTRY_OVERHEAD` each; 0 keeps nothing, and unlike the Go
   * original only `Infinity` has no limit.
   *
   * @default {67108864}
   */
  readonly maxBytes?: number;
  /**
   * How long a value is served in ms.
   *
   * @default {Infinity}
   */
  readonly ttl?: number;
  /**
   * How long "there is none" is remembered in ms, but never longer than `ttl`;
   * 0 asks the source each time.
   *
   * @default {1000}
   */
  readonly negativeTtl?: number;
  /**
   * How long a key is left alone after its load failed, in ms: callers get the
   * same error meanwhile. It doubles with each failure in a row up to 20 times
   * this; 0 tries again each time.
   *
   * @default {50}
   */
  readonly retryAfter?: number;
  /**
   * The most calls of the getter at once.
   *
   * @default {32}
   */
  readonly maxLoads?: number;
  /**
   * The most calls of the getter that wait for their turn; further ones fail
   * with `OverloadError`.
   *
   * @default {1024}
   */
  readonly maxWaiting?: number;
  /**
   * Turns values into bytes and back.
   *
   * @default {undefined}
   */
  readonly codec?: Codec<T>;
  /**
   * The clock in ms; it may go backwards, which ends what it dates.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** What {@linkcode Group.get} may be told. */
export interface GetOptions {
  /**
   * Ends the wait of this caller, which then rejects with its reason. The load
   * goes on for the others and is aborted when the last one has left.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/**
 * A named cache in front of a source, alone or shared with peers.
 *
 * `get` looks into memory; on a miss one load per key runs for all who ask, at
 * the peer that owns the key or at the source. The owner keeps what was loaded;
 * a node that asked the source only because the owner was down does not.
 *
 * @typeParam T What `get` gives: `ByteView`, or the values of the codec.
 *
 * @example Put a cache in front of a slow source
 * ```ts
 * import { Group } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new Map([["Tom", "630"], ["Jack", "589"]]);
 * let loads = 0;
 * await using scores = new Group("scores", (key) => {
 *   loads++;
 *   return source.get(key);
 * }, { maxBytes: 1 << 20, ttl: 60_000 });
 *
 * assertEquals(String(await scores.get("Tom")), "630");
 * assertEquals(String(await scores.get("Tom")), "630");
 * assertEquals(await scores.get("Sam"), undefined);
 * assertEquals(loads, 2);
 * ```
 */
export class Group<T = ByteView> implements PeerSource, AsyncDisposable {
  /** The name, by which peers ask for it. */
  readonly name: string;
  readonly #memory: Memory;
  readonly #loader: Loader;
  readonly #counters = new Counters();
  readonly #codec: Codec<T> | undefined;
  #isClosed = false;

  /**
   * Makes a group without peers; `HttpPool.register` gives it some.
   *
   * @param name The name, by which peers ask for it.
   * @param getter Asks the source: a function, or an object with `get`.
   * @param options Limits, times and the codec.
   * @throws {RangeError} When the name is empty or a number out of bounds.
   */
  constructor(
    name: string,
    getter: Getter<NoInfer<T>> | GetterFunction<NoInfer<T>>,
    options: GroupOptions<T> = {},
  ) {
    if (name === "") {
      throw new RangeError("Cannot create a group: its name must not be empty");
    }
    const {
      maxBytes = 64 << 20,
      ttl = Infinity,
      negativeTtl = 1000,
      retryAfter = 50,
      maxLoads = 32,
      maxWaiting = 1024,
      now = Date.now,
    } = options;
    checkAtLeast(0, { maxBytes, ttl, negativeTtl, retryAfter, maxWaiting });
    checkAtLeast(1, { maxLoads });
    this.name = name;
    this.#codec = options.codec;
    const counters = this.#counters;
    this.#memory = new Memory({ maxBytes, ttl, negativeTtl, now, counters });
    this.#loader = new Loader({
      name,
      source: (key, signal) => this.#ask(getter, key, signal),
      memory: this.#memory,
      counters,
      maxLoads,
      maxWaiting,
      retryAfter,
      now,
    });
  }

  /**
   * Gets the value of a key: from memory, else from the peer that owns it, else
   * from the source.
   *
   * @param key The key; any text but the empty one.
   * @param options A signal to stop waiting.
   * @returns The value, or `undefined` when the source has none.
   * @throws {RangeError} When the key is empty.
   * @throws {OverloadError} When too many loads wait already.
   * @throws {LoadError} When the owner of the key failed to load it.
   * @throws {ClosedError} When the group is closed. Errors of the getter come
   * through as they are.
   */
  async get(key: string, options: GetOptions = {}): Promise<T | undefined> {
    const view = await this.getBytes(key, options);
    return view === undefined ? undefined : fromView(view, this.#codec);
  }

  /**
   * Gets many keys at once, each as `get` does.
   *
   * @param keys The keys; the same key twice counts once.
   * @param options A signal to stop waiting.
   * @returns The values there are, in the order of the keys. It rejects when one
   * of the keys does.
   */
  async getMany(
    keys: Iterable<string>,
    options: GetOptions = {},
  ): Promise<Map<string, T>> {
    const values = new Map<string, T>();
    const pairs = [...new Set(keys)].map(async (key) =>
      [key, await this.get(key, options)] as const
    );
    for (const [key, value] of await Promise.all(pairs)) {
      if (value !== undefined) values.set(key, value);
    }
    return values;
  }

  /**
   * Gets the bytes of a key without decoding them: what a pool answers peers
   * with.
   *
   * @param key The key; any text but the empty one.
   * @param options A signal, and whether a peer forwarded the question.
   * @returns The bytes, or `undefined` when the source has none.
   * @throws As `get` does.
   */
  async getBytes(
    key: string,
    options: PeerSourceOptions = {},
  ): Promise<ByteView | undefined> {
    this.#check("get", key);
    this.#counters.gets++;
    const entry = this.#memory.find(key);
    if (entry === undefined) return await this.#loader.load(key, options);
    this.#counters.hits++;
    return entry.view;
  }

  /**
   * Looks into the memory of this node: no load, no wait, no counting as a use.
   * So it tells beforehand whether `get` will be a hit.
   *
   * @param key The key.
   * @returns The value, or `undefined` when memory has none that is fresh.
   */
  peek(key: string): T | undefined {
    const view = this.#memory.peek(key)?.view;
    return view === undefined ? undefined : fromView(view, this.#codec);
  }

  /**
   * Puts a value into the memory of this node. A load that is running does not
   * overwrite it.
   *
   * @param key The key; any text but the empty one.
   * @param value The value.
   * @returns Whether it was kept: one larger than `maxBytes` is not.
   * @throws {RangeError} When the key is empty.
   * @throws {TypeError} When there is no codec and the value is no bytes.
   * @throws {ClosedError} When the group is closed.
   */
  set(key: string, value: Input<T>): boolean {
    this.#check("set", key);
    const view = toView(value, this.#codec);
    this.#loader.forget(key);
    return this.#memory.store(key, view);
  }

  /**
   * Drops a key from the memory of this node, so that the next `get` loads it
   * anew. A load that is running does not bring the old value back.
   *
   * @param key The key; any text but the empty one.
   * @returns Whether memory had it.
   * @throws {RangeError} When the key is empty.
   * @throws {ClosedError} When the group is closed.
   */
  remove(key: string): boolean {
    this.#check("remove", key);
    this.#loader.forget(key);
    return this.#memory.remove(key);
  }

  /**
   * Tells the group whom to ask for the keys of others.
   *
   * @param picker The peers.
   * @throws {TypeError} When it has peers already.
   */
  registerPeers(picker: PeerPicker): void {
    this.#loader.registerPeers(picker);
  }

  /**
   * Counts what happened so far.
   *
   * @returns A snapshot; it does not change later.
   */
  stats(): GroupStats {
    return Object.freeze({
      ...this.#counters,
      entries: this.#memory.size,
      bytes: this.#memory.bytes,
      running: this.#loader.running,
      waiting: this.#loader.waiting,
    });
  }

  /**
   * Aborts what is being loaded, rejects who waits with `ClosedError` and drops
   * every entry. Calling it again does nothing.
   *
   * @returns When that is done.
   */
  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#loader.abort(this.#closedError("get"));
      this.#memory.clear();
    }
    return Promise.resolve();
  }

  /**
   * Closes the group, for `await using`.
   *
   * @returns As `close` does.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ask(
    getter: Getter<T> | GetterFunction<T>,
    key: string,
    signal: AbortSignal,
  ): Promise<ByteView | undefined> {
    const value = typeof getter === "function"
      ? await getter(key, { signal })
      : await getter.get(key, { signal });
    return value === undefined ? undefined : toView(value, this.#codec);
  }

  #check(action: string, key: string): void {
    if (this.#isClosed) throw this.#closedError(action);
    if (key !== "") return;
    throw new RangeError(
      `Cannot ${action} in group "${this.name}": the key must not be empty`,
    );
  }

  #closedError(action: string): ClosedError {
    return new ClosedError(
      `Cannot ${action} in group "${this.name}": it is closed`,
    );
  }
}

function checkAtLeast(
  least: number,
  numbers: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value >= least) continue;
    throw new RangeError(
      `Cannot create a group with ${name} ${value}: want at least ${least}`,
    );
  }
}
