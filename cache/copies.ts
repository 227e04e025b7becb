// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import { checkAtLeast } from "./check_at_least.ts";
import { Demand } from "./demand.ts";
import { FreshnessRules } from "./freshness.ts";
import { Memory } from "./memory.ts";
import type { MissLog } from "./miss_log.ts";
import type { PeerValue } from "./peer.ts";
import type { Counters } from "./stats.ts";

/** Which values of other nodes are copied. */
export interface CopyOptions {
  /**
   * The most memory for copies in bytes, beside that of the group; 0 copies
   * nothing.
   *
   * @default {an eighth of the group's}
   */
  readonly maxBytes?: number;
  /**
   * How long a copy lives in ms, but never longer than its value. It is dropped
   * when its owner changes it; this bounds how long it may outlive that where
   * nobody can tell this node.
   *
   * @default {1000}
   */
  readonly ttl?: number;
  /**
   * How often a key must have been asked for at its owner within the last ten
   * seconds or so, from 1 to 255, before it is copied.
   *
   * @default {8}
   */
  readonly after?: number;
}

/** What copies work on; the group gives it. */
export interface CopyParts {
  /** The most bytes where the options name none. */
  readonly maxBytes: number;
  /** The clock in ms. */
  readonly now: () => number;
  /** Where events are counted. */
  readonly counters: Counters;
  /** Where it is noted why copies left. */
  readonly misses: MissLog;
}

/**
 * Copies of values that other nodes own and that are asked for all the time: a
 * key that everybody wants would else be as fast as its one owner.
 */
export class Copies {
  readonly memory: Memory;
  readonly #demand: Demand;
  readonly #after: number;
  readonly #isOff: boolean;
  readonly #ttl: number;

  /**
   * Makes an empty store.
   *
   * @param options Its limits.
   * @param parts What it works on.
   * @throws {RangeError} When a number is out of bounds.
   */
  constructor(options: CopyOptions, parts: CopyParts) {
    const { now, counters, misses } = parts;
    const { maxBytes = parts.maxBytes } = options;
    const { ttl = 1000, after = 8 } = options;
    checkAtLeast(0, { "copies.maxBytes": maxBytes, "copies.ttl": ttl });
    if (!(after >= 1 && after <= 255)) {
      throw new RangeError(
        `Cannot create a group with copies.after ${after}: want 1 to 255`,
      );
    }
    this.#after = after;
    this.#isOff = maxBytes === 0 || ttl === 0;
    this.#ttl = ttl;
    this.#demand = new Demand(now);
    const rules = new FreshnessRules({ ttl, now });
    const limits = { maxBytes, policy: "lru", rules } as const;
    this.memory = new Memory({ ...limits, counters, misses });
  }

  /**
   * Gives the copy of a key.
   *
   * @param key The key.
   * @returns The value, or `undefined` when there is no fresh copy.
   */
  find(key: string): ByteView | undefined {
    if (this.memory.size === 0) return undefined;
    const found = this.memory.find(key);
    return found?.freshness === "fresh" ? found.entry.view : undefined;
  }

  /**
   * Counts that the owner of a key was asked, and copies what it gave where that
   * happens often.
   *
   * @param key The key.
   * @param value What the owner gave.
   * @param epoch The count of epochs when it was asked.
   */
  offer(key: string, value: PeerValue, epoch: number): void {
    const { view, tags } = value;
    if (value.ttl === undefined || this.#isOff) return;
    if (this.#demand.count(key) < this.#after) return;
    const ttl = Math.min(value.ttl, this.#ttl);
    this.memory.store(key, view, { epoch, ttl, tags });
  }
}
