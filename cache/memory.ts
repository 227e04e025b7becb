// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import { Epochs } from "./epochs.ts";
import type { Freshness, FreshnessRules, Times } from "./freshness.ts";
import { createPolicy } from "./policy/create_policy.ts";
import type { Policy, PolicyName } from "./policy/policy.ts";
import type { Counters } from "./stats.ts";

/**
 * What each entry of a `Group` costs beside its key and its value, in bytes:
 * what V8 takes for its objects and buffers (measured: 504), rounded up.
 */
export const GROUP_ENTRY_OVERHEAD = 512;

/** What memory holds of a key. */
export interface Entry extends Times {
  /** The value; `undefined` when the source has none. */
  readonly view: ByteView | undefined;
  /** The count of epochs at which its load began. */
  readonly epoch: number;
  /** What it is also removed by. */
  readonly tags: readonly string[] | undefined;
}

/** What is known of a value that is to be stored. */
export interface Origin {
  /** The count of epochs at which its load began. */
  readonly epoch: number;
  /** How long it is fresh in ms, where its source has said so. */
  readonly ttl?: number | undefined;
  /** What it is also removed by. */
  readonly tags?: readonly string[] | undefined;
  /** How long its load took in ms. */
  readonly loadMs?: number;
}

/** A value, and what may be done with it. */
export interface Found {
  /** The value; `undefined` when the source has none. */
  readonly view: ByteView | undefined;
  /** What may be done with it. */
  readonly freshness: Exclude<Freshness, "gone">;
}

/** Settings of a {@linkcode Memory}. */
export interface MemoryOptions {
  /** The most bytes. */
  readonly maxBytes: number;
  /** Which entries stay when it is full. */
  readonly policy: PolicyName;
  /** What time does to values. */
  readonly rules: FreshnessRules;
  /** Where evictions are counted. */
  readonly counters: Counters;
}

/**
 * The entries of a group: a policy says which stay, rules of time and epochs
 * which may be served.
 */
export class Memory {
  /** What ends many values at once. */
  readonly epochs: Epochs = new Epochs();
  readonly #policy: Policy<Entry>;
  readonly #rules: FreshnessRules;

  /**
   * Makes an empty memory.
   *
   * @param options Its limits.
   */
  constructor(options: MemoryOptions) {
    const { maxBytes, policy, rules, counters } = options;
    this.#rules = rules;
    this.#policy = createPolicy<Entry>(policy, {
      maxBytes,
      overhead: GROUP_ENTRY_OVERHEAD,
      sizeOf: ({ view }) => view?.length ?? 0,
      onEvicted: (_key, _entry, reason) => {
        if (reason === "evicted") counters.evictions++;
      },
    });
  }

  /** How many entries there are, those that are gone included. */
  get size(): number {
    return this.#policy.size;
  }

  /** What they cost in bytes. */
  get bytes(): number {
    return this.#policy.bytes;
  }

  /**
   * Finds an entry for a use, and drops one that is gone.
   *
   * @param key The key.
   * @returns The value and what may be done with it, or `undefined`.
   */
  find(key: string): Found | undefined {
    const entry = this.#policy.get(key);
    if (entry === undefined) return undefined;
    const freshness = this.#freshnessOf(entry);
    if (freshness === "gone") {
      this.#policy.delete(key);
      return undefined;
    }
    this.#rules.use(entry);
    return { view: entry.view, freshness };
  }

  /**
   * Finds an entry that is not stale, and changes nothing.
   *
   * @param key The key.
   * @returns The entry, or `undefined`.
   */
  peek(key: string): Entry | undefined {
    const entry = this.#policy.peek(key);
    if (entry === undefined) return undefined;
    const { storedAt, ttl } = entry;
    const isWithin = ttl === Infinity || this.#rules.now() - storedAt < ttl;
    return isWithin && this.#freshnessOf(entry) !== "gone" ? entry : undefined;
  }

  /**
   * Stores a result in place of an older one.
   *
   * @param key The key.
   * @param view The value, or `undefined` for "there is none".
   * @param origin Where it is from.
   * @returns Whether it was kept.
   */
  store(key: string, view: ByteView | undefined, origin: Origin): boolean {
    const { epoch, ttl, loadMs = 0 } = origin;
    const tags = origin.tags?.length ? [...origin.tags] : undefined;
    const times = this.#rules.stamp(view === undefined, ttl, loadMs);
    if (times.ttl === 0 || this.epochs.isOver(epoch, tags)) {
      this.#policy.delete(key);
      return false;
    }
    const { storedAt, usedAt } = times;
    // One object, not two: that saves 20 bytes an entry.
    const entry = {
      view,
      epoch,
      tags,
      storedAt,
      ttl: times.ttl,
      loadMs,
      usedAt,
    };
    return this.#policy.set(key, entry);
  }

  /**
   * Drops an entry.
   *
   * @param key The key.
   * @returns Whether there was one that is not stale.
   */
  remove(key: string): boolean {
    const isThere = this.peek(key) !== undefined;
    this.#policy.delete(key);
    return isThere;
  }

  /**
   * Goes over the entries that are not stale, those that would leave first
   * first.
   *
   * @returns Keys and entries.
   */
  *entries(): Generator<[key: string, entry: Entry]> {
    for (const [key] of [...this.#policy].reverse()) {
      const entry = this.peek(key);
      if (entry !== undefined) yield [key, entry];
    }
  }

  /**
   * Takes an entry of an earlier run, where it is not stale and there is none
   * of its key.
   *
   * @param key The key.
   * @param entry The entry.
   * @returns Whether it was taken.
   */
  adopt(key: string, entry: Entry): boolean {
    if (this.#policy.peek(key) !== undefined) return false;
    if (this.#freshnessOf(entry) === "gone") return false;
    this.#rules.use(entry);
    return this.#policy.set(key, entry);
  }

  /** Drops every entry. */
  clear(): void {
    this.#policy.clear();
  }

  #freshnessOf(entry: Entry): Freshness {
    return this.epochs.isOver(entry.epoch, entry.tags)
      ? "gone"
      : this.#rules.of(entry, entry.view === undefined);
  }
}
