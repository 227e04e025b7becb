// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import { Epochs } from "./epochs.ts";
import type { Freshness, FreshnessRules, Times } from "./freshness.ts";
import type { MissLog } from "./miss_log.ts";
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

/** An entry, and what may be done with it. */
export interface Found {
  /** The entry. */
  readonly entry: Entry;
  /** What may be done with it. */
  readonly freshness: Exclude<Freshness, "gone">;
}

/** An entry as peers are told of it. */
export interface Offered {
  /** The value. */
  readonly view: ByteView;
  /** How long it is still fresh in ms. */
  readonly ttl: number;
  /** What it is also removed by. */
  readonly tags?: readonly string[];
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
  /** Where it is noted why entries left. */
  readonly misses: MissLog;
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
  readonly #misses: MissLog;

  /**
   * Makes an empty memory.
   *
   * @param options Its limits.
   */
  constructor(options: MemoryOptions) {
    const { maxBytes, policy, rules, counters, misses } = options;
    this.#rules = rules;
    this.#misses = misses;
    this.#policy = createPolicy<Entry>(policy, {
      maxBytes,
      overhead: GROUP_ENTRY_OVERHEAD,
      sizeOf: ({ view }) => view?.length ?? 0,
      onEvicted: (key, _entry, reason) => {
        if (reason !== "evicted") return;
        counters.evictions++;
        misses.left(key, "evicted");
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
      const isOver = this.epochs.isOver(entry.epoch, entry.tags);
      this.#misses.left(key, isOver ? "reset" : "expired");
      return undefined;
    }
    this.#rules.use(entry);
    return { entry, freshness };
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
      this.#misses.left(key, times.ttl === 0 ? "refused" : "reset");
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
    const isKept = this.#policy.set(key, entry);
    if (!isKept) this.#misses.left(key, "refused");
    return isKept;
  }

  /**
   * Drops an entry.
   *
   * @param key The key.
   */
  remove(key: string): void {
    if (this.#policy.delete(key)) this.#misses.left(key, "removed");
  }

  /**
   * What peers are told of an entry.
   *
   * @param entry The entry.
   * @param view Its value.
   * @returns The value, how long it is still fresh, and its tags.
   */
  offered(entry: Entry, view: ByteView): Offered {
    const ttl = this.#rules.remaining(entry);
    const { tags } = entry;
    return tags === undefined ? { view, ttl } : { view, ttl, tags };
  }

  /** How long an entry is still fresh, in ms. */
  remaining(entry: Entry): number {
    return this.#rules.remaining(entry);
  }

  /**
   * Goes over the entries that are not stale.
   *
   * @param order Whether those that would leave first come first or last.
   * @returns Keys and entries.
   */
  *entries(
    order: "first" | "last" = "first",
  ): Generator<[key: string, entry: Entry]> {
    const all = [...this.#policy];
    if (order === "first") all.reverse();
    for (const [key] of all) {
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
