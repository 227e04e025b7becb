// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";

/** Beyond these a group is better dropped as a whole. */
const MAX_KEYS = 1000;
const MAX_TAGS = 100;
/** So that the changes of a group fit into one question of any transport. */
const MAX_LENGTH = 1 << 18;

/** What a peer missed of one group. */
interface Missed {
  isReset: boolean;
  /** UTF-16 units of the keys and tags. */
  length: number;
  readonly keys: Set<string>;
  readonly tags: Set<string>;
}

/**
 * What a peer that could not be reached is to be told. It is bounded: of each
 * group it holds some keys and tags, or else that everything is to be dropped.
 *
 * Whatever the change was, what is told late is "remove": values may have changed
 * again since, and the peer may own the key, so that its second tier must not
 * bring an old value back.
 */
export class Outbox {
  readonly #groups = new Map<string, Missed>();

  /** How many changes wait. */
  get size(): number {
    let size = 0;
    for (const { isReset, keys, tags } of this.#groups.values()) {
      size += isReset ? 1 : keys.size + tags.size;
    }
    return size;
  }

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /**
   * Adds a change.
   *
   * @param group The name of the group.
   * @param change The change.
   */
  add(group: string, change: Change): void {
    let missed = this.#groups.get(group);
    if (missed === undefined) {
      missed = { isReset: false, length: 0, keys: new Set(), tags: new Set() };
      this.#groups.set(group, missed);
    }
    if (missed.isReset) return;
    note(missed, change);
    const { length, keys, tags } = missed;
    const isFull = keys.size > MAX_KEYS || tags.size > MAX_TAGS ||
      length > MAX_LENGTH;
    if (!isFull && !missed.isReset) return;
    missed.isReset = true;
    keys.clear();
    tags.clear();
  }

  /**
   * Tells what waits, and forgets what was told.
   *
   * @param tell Tells the peer one change.
   * @returns When that is done. When `tell` rejects it rejects alike and keeps
   * what was not told; what was added meanwhile waits as well.
   */
  async deliver(
    tell: (group: string, change: Change) => Promise<void>,
  ): Promise<void> {
    for (const [group, missed] of this.#groups) {
      this.#groups.delete(group);
      const changes = changesOf(missed);
      try {
        for (const change of changes) await tell(group, change);
      } catch (error) {
        // To be told twice does no harm.
        for (const change of changes) this.add(group, change);
        throw error;
      }
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#groups.clear();
  }
}

function note(missed: Missed, change: Change): void {
  switch (change.kind) {
    case "reset":
      missed.isReset = true;
      return;
    case "removeTag":
      put(missed, missed.tags, change.tag);
      return;
    case "set":
      put(missed, missed.keys, change.key);
      return;
    default:
      for (const key of change.keys) put(missed, missed.keys, key);
  }
}

function put(missed: Missed, texts: Set<string>, text: string): void {
  if (texts.has(text)) return;
  texts.add(text);
  missed.length += text.length;
}

function changesOf({ isReset, keys, tags }: Missed): Change[] {
  if (isReset) return [{ kind: "reset" }];
  const changes = Array.from(
    tags,
    (tag): Change => ({ kind: "removeTag", tag }),
  );
  if (keys.size > 0) changes.push({ kind: "remove", keys: [...keys] });
  return changes;
}
