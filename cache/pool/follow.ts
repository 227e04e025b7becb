// Copyright 2026 the Gee authors. MIT license.

import type { Member } from "./member.ts";

/** A timer that is to run longer fires at once. */
const MAX_INTERVAL = 2 ** 31 - 1;

/** Something that finds servers, such as the discovery of an RPC client. */
export interface MemberDiscovery {
  /**
   * Finds the servers.
   *
   * @returns A list whenever it changes.
   */
  servers(): AsyncIterable<readonly string[]>;
}

/** Where the list of all nodes comes from. */
export type MemberSource =
  | readonly Member[]
  | (() => readonly Member[] | Promise<readonly Member[]>)
  | AsyncIterable<readonly Member[]>
  | MemberDiscovery;

/** What `PeerPool.follow` may be told. */
export interface FollowOptions {
  /**
   * Ends it.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
  /**
   * How often a function is called, and how soon a discovery that failed is
   * asked again, in ms.
   *
   * @default {5000}
   */
  readonly interval?: number;
}

/** What following needs of a pool. */
export interface Follower {
  /** Aborted when the pool is closed. */
  readonly closing: AbortSignal;
  /** Takes a list; throws where it cannot be used. */
  readonly apply: (list: readonly Member[]) => void;
  /** Tells of an error. */
  readonly report: (error: unknown) => void;
}

/**
 * Keeps a list of nodes as its source says it is.
 *
 * @param source Where the lists come from.
 * @param options A signal to end it, and how often to call.
 * @param follower The pool.
 * @returns When there are no more lists, or it was ended; it does not reject.
 * @throws {RangeError} When `interval` is not above 0, or above 2^31 - 1.
 */
export function follow(
  source: MemberSource,
  options: FollowOptions,
  follower: Follower,
): Promise<void> {
  const { interval = 5000, signal } = options;
  if (!(interval > 0 && interval <= MAX_INTERVAL)) {
    throw new RangeError(
      `Cannot follow members with interval ${interval}: want above 0 and up to ${MAX_INTERVAL}`,
    );
  }
  const { closing } = follower;
  const end = signal === undefined
    ? closing
    : AbortSignal.any([signal, closing]);
  return new Following(follower, end, interval).run(source);
}

class Following {
  readonly #follower: Follower;
  readonly #end: AbortSignal;
  readonly #interval: number;

  constructor(follower: Follower, end: AbortSignal, interval: number) {
    this.#follower = follower;
    this.#end = end;
    this.#interval = interval;
  }

  async run(source: MemberSource): Promise<void> {
    if (typeof source === "function") {
      return await this.#repeat(async () => {
        this.#apply(await this.#unlessEnded(source()));
        return false;
      });
    }
    if ("servers" in source) {
      return await this.#repeat(async () => {
        await this.#drain(source.servers());
        return true;
      });
    }
    // A list is one list; what fails otherwise cannot be asked again.
    const lists = Symbol.asyncIterator in source ? source : once(source);
    await this.#attempt(() => this.#drain(lists));
  }

  /** Again and again until a step says that it was the last one. */
  async #repeat(step: () => Promise<boolean>): Promise<void> {
    while (!this.#end.aborted) {
      if (await this.#attempt(step)) return;
      await this.#pause();
    }
  }

  async #attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!this.#end.aborted) this.#follower.report(error);
      return undefined;
    }
  }

  async #drain(lists: AsyncIterable<readonly Member[]>): Promise<void> {
    const iterator = lists[Symbol.asyncIterator]();
    try {
      while (!this.#end.aborted) {
        const { done, value } = await this.#unlessEnded(iterator.next());
        if (done) return;
        this.#apply(value);
      }
    } finally {
      // Not awaited: a generator that waits for its next list would keep us.
      iterator.return?.()?.catch(() => {});
    }
  }

  #apply(list: readonly Member[]): void {
    if (this.#end.aborted) return;
    try {
      if (Array.isArray(list) && list.length === 0) {
        // Rather a registry that has just begun than a cluster without nodes.
        throw new RangeError("Cannot follow members: the list is empty");
      }
      this.#follower.apply(list);
    } catch (error) {
      this.#follower.report(error);
    }
  }

  /** Waits, but not beyond the end. */
  #unlessEnded<T>(value: T | Promise<T>): Promise<T> {
    const end = this.#end;
    return new Promise((resolve, reject) => {
      const leave = () => reject(end.reason);
      if (end.aborted) leave();
      end.addEventListener("abort", leave, { once: true });
      Promise.resolve(value).then(resolve, reject).finally(() =>
        end.removeEventListener("abort", leave)
      );
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#end.removeEventListener("abort", go);
        resolve();
      };
      const timer = setTimeout(go, this.#interval);
      if (this.#end.aborted) return go();
      this.#end.addEventListener("abort", go);
    });
  }
}

async function* once(
  list: readonly Member[],
): AsyncGenerator<readonly Member[]> {
  yield await Promise.resolve(list);
}
