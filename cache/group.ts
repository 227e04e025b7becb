// Copyright 2026 the Gee authors. MIT license.

import { Archive } from "./archive.ts";
import type { ByteView } from "./byte_view.ts";
import { checkAtLeast } from "./check_at_least.ts";
import { type Codec, fromView, type Input, toView } from "./codec.ts";
import { ClosedError } from "./errors.ts";
import type { Getter, GetterContext, GetterFunction } from "./getter.ts";
import { FreshnessRules } from "./freshness.ts";
import type { GetOptions, GroupOptions, SetOptions } from "./group_options.ts";
import { Loader } from "./loader.ts";
import { Memory } from "./memory.ts";
import type { PeerPicker, PeerSource, PeerSourceOptions } from "./peer.ts";
import { ReadThrough } from "./read_through.ts";
import type { RestoreResult } from "./snapshot.ts";
import { Counters, type GroupStats } from "./stats.ts";

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
  readonly #reader: ReadThrough;
  readonly #archive: Archive;
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
      policy = "s3fifo",
      retryAfter = 50,
      maxLoads = 32,
      maxWaiting = 1024,
    } = options;
    checkAtLeast(0, { maxBytes, retryAfter, maxWaiting });
    checkAtLeast(1, { maxLoads });
    const rules = new FreshnessRules(options);
    this.name = name;
    this.#codec = options.codec;
    const counters = this.#counters;
    this.#memory = new Memory({ maxBytes, policy, rules, counters });
    this.#archive = new Archive(this.#memory);
    this.#loader = new Loader({
      name,
      source: (key, context) => this.#ask(getter, key, context),
      memory: this.#memory,
      counters,
      maxLoads,
      maxWaiting,
      retryAfter,
      now: rules.now,
    });
    this.#reader = new ReadThrough({
      memory: this.#memory,
      loader: this.#loader,
      counters,
      mayHave: options.mayHave,
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
    return await this.#reader.read(key, options);
  }

  /**
   * Says whether memory of this node has a fresh value: no load, no wait, no
   * counting as a use.
   *
   * @param key The key.
   * @returns Whether `get` will find a value in memory.
   */
  has(key: string): boolean {
    return this.#memory.peek(key)?.view !== undefined;
  }

  /**
   * Loads a key anew at the source, whatever memory has, and keeps the result.
   * Meanwhile `get` serves what there was.
   *
   * @param key The key; any text but the empty one.
   * @param options A signal to stop waiting.
   * @returns The value, or `undefined` when the source has none.
   * @throws As `get` does.
   */
  async refresh(
    key: string,
    options: GetOptions = {},
  ): Promise<T | undefined> {
    this.#check("refresh", key);
    const view = await this.#loader.refresh(key, options);
    return view === undefined ? undefined : fromView(view, this.#codec);
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
   * @param options How long it is fresh, and its tags.
   * @returns Whether it was kept: one larger than `maxBytes` is not.
   * @throws {RangeError} When the key is empty or the `ttl` is below 0.
   * @throws {TypeError} When there is no codec and the value is no bytes.
   * @throws {ClosedError} When the group is closed.
   */
  set(key: string, value: Input<T>, options: SetOptions = {}): boolean {
    this.#check("set", key);
    const { ttl, tags } = options;
    if (ttl !== undefined && !(ttl >= 0)) {
      throw new RangeError(
        `Cannot set in group "${this.name}" with ttl ${ttl}: want at least 0`,
      );
    }
    const view = toView(value, this.#codec);
    this.#forget(key);
    const epoch = this.#memory.epochs.now;
    return this.#memory.store(key, view, { epoch, ttl, tags });
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
    this.#forget(key);
    return this.#memory.remove(key);
  }

  /**
   * Drops many keys, each as `remove` does.
   *
   * @param keys The keys.
   * @returns How many of them memory had.
   * @throws As `remove` does; then no key was dropped.
   */
  removeMany(keys: Iterable<string>): number {
    const all = [...new Set(keys)];
    for (const key of all) this.#check("remove", key);
    return all.filter((key) => this.remove(key)).length;
  }

  /**
   * Drops every value that has a tag, however many there are, at once. A load
   * that is running does not bring one back.
   *
   * @param tag The tag.
   * @throws {ClosedError} When the group is closed.
   */
  removeTag(tag: string): void {
    if (this.#isClosed) throw this.#closedError("remove a tag");
    this.#memory.epochs.endTag(tag);
    // What is being loaded may have the tag; nobody is to join that any more.
    this.#loader.forgetAll();
  }

  /**
   * Drops every value at once. A load that is running does not bring one back;
   * the memory is freed as the values are met.
   *
   * @throws {ClosedError} When the group is closed.
   */
  reset(): void {
    if (this.#isClosed) throw this.#closedError("reset");
    this.#memory.epochs.endAll();
    this.#loader.forgetAll();
  }

  /**
   * Writes the fresh values of this node into a stream, so that the next run
   * need not begin with nothing. Values stay readable meanwhile.
   *
   * @param writable Where to, such as a file; it is closed at the end.
   * @returns How many values were written.
   * @throws {ClosedError} When the group is closed. Errors of the stream come
   * through as they are.
   */
  async snapshot(writable: WritableStream<Uint8Array>): Promise<number> {
    if (this.#isClosed) throw this.#closedError("take a snapshot");
    return await this.#archive.write(writable);
  }

  /**
   * Takes over the values of a snapshot that are not stale: no older than they
   * may be, and not set, removed or reset since this call began. A snapshot that
   * broke off or was damaged gives what is whole before that place.
   *
   * @param readable The snapshot.
   * @returns How many values were taken.
   * @throws {SyntaxError} When it is no snapshot, or one of a later version.
   * @throws {ClosedError} When the group is closed.
   */
  async restore(readable: ReadableStream<Uint8Array>): Promise<RestoreResult> {
    if (this.#isClosed) throw this.#closedError("restore");
    return await this.#archive.read(readable);
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
      this.#archive.abort(this.#closedError("restore"));
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
    context: GetterContext,
  ): Promise<ByteView | undefined> {
    const value = typeof getter === "function"
      ? await getter(key, context)
      : await getter.get(key, context);
    return value === undefined ? undefined : toView(value, this.#codec);
  }

  /** Fences a key whose value changed, against loads and restores. */
  #forget(key: string): void {
    this.#loader.forget(key);
    this.#archive.forget(key);
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
