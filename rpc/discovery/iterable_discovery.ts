// Copyright 2026 the Gee authors. MIT license.

import { quietly } from "../quietly.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";
import {
  checkEndpoints,
  type Endpoint,
  type EndpointList,
} from "./endpoint.ts";
import { LatestList } from "./latest_list.ts";

/** Options of an `IterableDiscovery`. */
export interface IterableDiscoveryOptions {
  /**
   * Told when the iterable failed, or gave a list with something that is no
   * server; the last list goes on serving.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Servers from anything that gives one list after the other: a generator, a
 * stream, a watch of one's own.
 *
 * It is read from the first `getAll` on, until it ends, fails, or `close`.
 *
 * @example A generator
 * ```ts
 * import { IterableDiscovery } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * async function* lists() {
 *   yield ["tcp@10.0.0.1:9999"];
 * }
 * await using discovery = new IterableDiscovery(lists());
 * const [server] = await discovery.getAll();
 * assertEquals(server?.address, "tcp@10.0.0.1:9999");
 * ```
 */
export class IterableDiscovery implements Discovery, AsyncDisposable {
  readonly #lists: AsyncIterator<EndpointList>;
  readonly #onError: (error: unknown) => void;
  readonly #latest = new LatestList();
  #running: Promise<void> | undefined;
  #isOver = false;

  /**
   * Takes the iterable over; nothing is read before the first `getAll`.
   *
   * @param lists Gives lists of servers.
   * @param options Reporting.
   */
  constructor(
    lists: AsyncIterable<EndpointList>,
    options: IterableDiscoveryOptions = {},
  ) {
    this.#lists = lists[Symbol.asyncIterator]();
    this.#onError = quietly(options.onError);
  }

  /**
   * The servers of the last list.
   *
   * @param options Ends the wait for the first list.
   * @returns endpoints, at once where a list is known.
   */
  getAll(
    options: DiscoveryOptions = {},
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    const list = this.#latest.get(options.signal);
    if (!this.#isOver) this.#running ??= this.#run();
    return list;
  }

  /** Stops reading; the last list stays. */
  close(): Promise<void> {
    if (!this.#isOver) {
      this.#end(new Error("Cannot discover servers: the discovery was closed"));
    }
    // A generator that waits for something ends when that is over: not our wait.
    this.#lists.return?.().catch(this.#onError);
    return Promise.resolve();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    let failure: unknown = new Error(
      "Cannot discover servers: the iterable ended without a list",
    );
    try {
      for (;;) {
        const { done, value } = await this.#lists.next();
        if (this.#isOver) return;
        if (done) break;
        this.#take(value);
      }
    } catch (error) {
      if (this.#isOver) return;
      failure = error;
      this.#onError(error);
    }
    this.#end(failure);
  }

  #take(list: EndpointList): void {
    try {
      this.#latest.set(checkEndpoints(list));
    } catch (error) {
      this.#onError(error);
    }
  }

  #end(failure: unknown): void {
    this.#isOver = true;
    this.#latest.end(failure);
  }
}
