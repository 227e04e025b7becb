// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import type { ByteView } from "./byte_view.ts";
import type { ChangeResult } from "./change.ts";
import { type Codec, fromView, type Input, toView } from "./codec.ts";
import type { Explanation } from "./explain.ts";
import type { Getter, GetterContext, GetterFunction } from "./getter.ts";
import type {
  ChangeOptions,
  GetOptions,
  GroupOptions,
  SetOptions,
  WarmUpOptions,
} from "./group_options.ts";
import { checkGroup, type GroupParts, makeParts } from "./group_parts.ts";
import { mapBounded } from "./map_bounded.ts";
import type { PeerSource } from "./peer.ts";
import type { Source } from "./source_loader.ts";
import type { RestoreResult } from "./snapshot.ts";
import type { GroupStats } from "./stats.ts";
import { warmUp } from "./warm_up.ts";

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
export class Group<T = ByteView> implements AsyncDisposable {
  /** The name, by which peers ask for it. */
  readonly name: string;
  readonly #codec: Codec<T> | undefined;
  readonly #parts: GroupParts;

  /**
   * Makes a group without peers; `HttpPool.register` gives it some.
   *
   * @param name The name, by which peers ask for it.
   * @param getter Asks the source: a function, or an object with `get`.
   * @param options Limits, times and the codec.
   * @throws {RangeError} When the name is empty or a number out of bounds.
   * @throws {TypeError} When there is no getter.
   */
  constructor(
    name: string,
    getter: Getter<NoInfer<T>> | GetterFunction<NoInfer<T>>,
    options: GroupOptions<T> = {},
  ) {
    checkGroup(name, getter);
    this.name = name;
    this.#codec = options.codec;
    const source: Source = (key, context) => this.#ask(getter, key, context);
    this.#parts = makeParts(name, options, source);
  }

  /** What a pool needs of this group, to answer peers for it. */
  get peerSource(): PeerSource {
    return this.#parts.peerSide;
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
  get(key: string, options: GetOptions = {}): Promise<T | undefined> {
    // Without `async`: that and the wait would take a tenth of a get from a peer.
    try {
      this.#parts.core.check("get", key);
      const found = this.#parts.reader.read(key, options);
      if (!(found instanceof Promise)) {
        return Promise.resolve(this.#decode(found));
      }
      // Without a codec T is ByteView: `toView` refuses every other value.
      return this.#codec === undefined
        ? found as Promise<T | undefined>
        : found.then(this.#decode);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #decode = (view: ByteView | undefined): T | undefined =>
    view === undefined ? undefined : fromView(view, this.#codec);

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
    const all = [...new Set(keys)];
    const values = await mapBounded(
      all,
      this.#parts.maxAtOnce,
      (key) => this.get(key, options),
    );
    const found = new Map<string, T>();
    for (const [index, key] of all.entries()) {
      const value = values[index];
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  /**
   * Says whether memory of this node has a fresh value, its own or a copy: no
   * load, no wait, no counting as a use.
   *
   * @param key The key.
   * @returns Whether `get` will find a value in memory.
   */
  has(key: string): boolean {
    return this.#peek(key) !== undefined;
  }

  /**
   * Has the owner of a key load it anew at the source and keep the result;
   * copies elsewhere are dropped. It joins no load that began before. Meanwhile
   * `get` serves what there was.
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
    this.#parts.core.check("refresh", key);
    const view = await this.#parts.loader.refresh(key, options);
    await this.#parts.changes.refreshed(key);
    return view === undefined ? undefined : fromView(view, this.#codec);
  }

  /**
   * Looks into the memory of this node: no load, no wait, no counting as a use.
   *
   * @param key The key.
   * @returns The value, or `undefined` when memory has none that is fresh.
   */
  peek(key: string): T | undefined {
    const view = this.#peek(key);
    return view === undefined ? undefined : fromView(view, this.#codec);
  }

  /**
   * Puts a value into the memory of the node that owns its key, and has every
   * other node drop what it holds of it. A load that is running anywhere does not
   * overwrite it. A value larger than `maxBytes` of its owner, or than what its
   * pool may send, is not kept, and neither is the one before.
   *
   * @param key The key; any text but the empty one.
   * @param value The value.
   * @param options How long it is fresh, and its tags.
   * @returns When all have agreed: those who could not be told, if any.
   * @throws {RangeError} When the key is empty or the `ttl` is below 0.
   * @throws {TypeError} When there is no codec and the value is no bytes.
   * @throws {ClosedError} When the group is closed.
   */
  async set(
    key: string,
    value: Input<T>,
    options: SetOptions = {},
  ): Promise<ChangeResult> {
    this.#parts.core.check("set", key);
    const { ttl } = options;
    if (ttl !== undefined && !(ttl >= 0)) {
      throw new RangeError(
        `Cannot set in group "${this.name}" with ttl ${ttl}: want at least 0`,
      );
    }
    const view = toView(value, this.#codec);
    return await this.#change(
      options,
      (changes) => changes.set(key, view, options),
    );
  }

  /**
   * Drops a key on every node, so that the next `get` loads it anew. A load that
   * is running does not bring the old value back.
   *
   * @param key The key; any text but the empty one.
   * @param options A signal to stop waiting.
   * @returns When all have agreed: those who could not be told, if any.
   * @throws {RangeError} When the key is empty.
   * @throws {ClosedError} When the group is closed.
   */
  async remove(
    key: string,
    options: ChangeOptions = {},
  ): Promise<ChangeResult> {
    return await this.removeMany([key], options);
  }

  /**
   * Drops many keys, each as `remove` does.
   *
   * @param keys The keys.
   * @param options A signal to stop waiting.
   * @returns As `remove` does.
   * @throws As `remove` does; then no key was dropped.
   */
  async removeMany(
    keys: Iterable<string>,
    options: ChangeOptions = {},
  ): Promise<ChangeResult> {
    const all = [...new Set(keys)];
    this.#parts.core.checkOpen("remove");
    for (const key of all) this.#parts.core.check("remove", key);
    return await this.#change(options, (changes) => changes.remove(all));
  }

  /**
   * Drops every value that has a tag on every node, however many there are, at
   * once. A load that is running does not bring one back.
   *
   * @param tag The tag.
   * @param options A signal to stop waiting.
   * @returns As `remove` does.
   * @throws {ClosedError} When the group is closed.
   */
  async removeTag(
    tag: string,
    options: ChangeOptions = {},
  ): Promise<ChangeResult> {
    this.#parts.core.checkOpen("remove a tag");
    const change = { kind: "removeTag", tag } as const;
    return await this.#change(options, (changes) => changes.end(change));
  }

  /**
   * Drops every value on every node at once. A load that is running does not
   * bring one back; the memory is freed as the values are met.
   *
   * @param options A signal to stop waiting.
   * @returns As `remove` does.
   * @throws {ClosedError} When the group is closed.
   */
  async reset(options: ChangeOptions = {}): Promise<ChangeResult> {
    this.#parts.core.checkOpen("reset");
    const change = { kind: "reset" } as const;
    return await this.#change(options, (changes) => changes.end(change));
  }

  /**
   * Writes the fresh values of this node into a stream, so that the next run
   * need not begin with nothing. Values stay readable meanwhile. At the end of a
   * node close its pool first: of a change that comes later nothing is known.
   *
   * @param writable Where to, such as a file; it is closed at the end.
   * @returns How many values were written.
   * @throws {ClosedError} When the group is closed. Errors of the stream come
   * through as they are.
   */
  async snapshot(writable: WritableStream<Uint8Array>): Promise<number> {
    this.#parts.core.checkOpen("take a snapshot");
    return await this.#parts.archive.write(writable);
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
    this.#parts.core.checkOpen("restore");
    return await this.#parts.archive.read(readable);
  }

  /**
   * Takes over from the other nodes what they hold of the keys this node owns:
   * after a start, so that the source is spared. Call it once this node is in
   * everybody's list.
   *
   * @param options How much, and a signal.
   * @returns How many values were taken; a peer that fails is passed over.
   * @throws {RangeError} When `maxBytes` is below 0.
   * @throws {ClosedError} When the group is closed.
   */
  async warmUp(options: WarmUpOptions = {}): Promise<RestoreResult> {
    this.#parts.core.checkOpen("warm up");
    return await warmUp(this.#parts.core, this.#parts.archive, options);
  }

  /**
   * Tells where a key is and why: for a person who wonders.
   *
   * @param key The key.
   * @returns Its tier, owner and age, and why its last `get` was a miss.
   */
  explain(key: string): Explanation {
    return this.#parts.peerSide.explain(key);
  }

  /**
   * Counts what happened so far.
   *
   * @returns A snapshot; it does not change later.
   */
  stats(): GroupStats {
    return this.#parts.peerSide.stats();
  }

  /**
   * Aborts what is being loaded, rejects who waits with `ClosedError`, drops
   * every entry, and waits for what the second tier is given. Calling it again
   * does nothing.
   *
   * @returns When that is done.
   */
  async close(): Promise<void> {
    if (!this.#parts.core.isClosed) {
      this.#parts.core.isClosed = true;
      this.#parts.loader.abort(this.#parts.core.closedError("get"));
      this.#parts.archive.abort(this.#parts.core.closedError("go on"));
      this.#parts.core.memory.clear();
      this.#parts.core.copies.memory.clear();
    }
    await this.#parts.core.tier?.settled();
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

  /** Makes a change, which goes on when its caller stops waiting. */
  async #change(
    { signal }: ChangeOptions,
    make: (changes: GroupParts["changes"]) => Promise<ChangeResult>,
  ): Promise<ChangeResult> {
    signal?.throwIfAborted();
    const change = make(this.#parts.changes);
    return await (signal === undefined ? change : abortable(change, signal));
  }

  #peek(key: string): ByteView | undefined {
    const { memory, copies } = this.#parts.core;
    return (memory.peek(key) ?? copies.memory.peek(key))?.view;
  }
}
