// Copyright 2026 the Gee authors. MIT license.

import type { Core } from "./core.ts";
import type { Entry, Memory } from "./memory.ts";
import type { Miss } from "./miss_log.ts";

/** Where a key is, and why its last `get` went further than memory. */
export interface Explanation {
  /** The key. */
  readonly key: string;
  /**
   * What `get` would answer from: `"memory"`, where this node keeps what it
   * owns; `"copy"`, of a value another node owns; or `"none"`, so that it would
   * ask the owner or the source.
   */
  readonly tier: "memory" | "copy" | "none";
  /** The name of the node that owns the key; "" for a group without peers. */
  readonly owner: string;
  /** Whether this node owns it. */
  readonly isOwner: boolean;
  /** Whether it is remembered that the source has none. */
  readonly isAbsent: boolean;
  /** How long ago the value was stored in ms, where that is dated. */
  readonly age?: number;
  /** How long it is still fresh in ms. */
  readonly ttl?: number;
  /** Its tags. */
  readonly tags?: readonly string[];
  /** The last `get` that found nothing, where it is still remembered. */
  readonly lastMiss?: Miss;
  /** Whether its last load failed a moment ago, so that it is left alone. */
  readonly isLeftAlone: boolean;
}

/** Explains a key; it changes nothing. */
export function explain(
  core: Core,
  key: string,
  isLeftAlone: boolean,
): Explanation {
  const peer = core.picker?.pickPeer(key);
  const kept = core.memory.peek(key);
  const copy = kept === undefined ? core.copies.memory.peek(key) : undefined;
  const lastMiss = core.misses.find(key);
  const entry = kept ?? copy;
  return Object.freeze({
    key,
    tier: kept !== undefined ? "memory" : copy !== undefined ? "copy" : "none",
    owner: peer?.name ?? core.picker?.self ?? "",
    isOwner: peer === undefined,
    isAbsent: entry !== undefined && entry.view === undefined,
    ...entry && datesOf(core, kept ? core.memory : core.copies.memory, entry),
    ...lastMiss && { lastMiss },
    isLeftAlone,
  });
}

function datesOf(core: Core, memory: Memory, entry: Entry) {
  // Without an end of any kind entries are not dated.
  const isDated = entry.storedAt !== 0;
  return {
    ttl: memory.remaining(entry),
    ...entry.tags && { tags: entry.tags },
    ...isDated && { age: Math.max(0, core.rules.now() - entry.storedAt) },
  };
}
