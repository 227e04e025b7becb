// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import {
  type ChangeCounter,
  type ChangeIds,
  joinIds,
  MAX_RANGES,
} from "./change_ids.ts";

/** Beyond these a group is better dropped as a whole. */
const MAX_KEYS = 1000;
const MAX_TAGS = 100;
/** So that the changes of a group fit into one question of any transport. */
const MAX_LENGTH = 1 << 18;

/** What a peer missed of one group. */
interface Missed {
  isReset: boolean;
  /** Whether copies of what others own are to be dropped: they are few. */
  isCopies: boolean;
  /** UTF-16 units of the keys and tags. */
  length: number;
  readonly keys: Set<string>;
  readonly tags: Set<string>;
  /** Which tellings each of the changes stands for that it becomes. */
  readonly ids: Map<string, ChangeIds>;
}

/** A change that somebody missed. */
export interface MissedChange {
  /** The name of the group. */
  readonly group: string;
  /** The change. */
  readonly change: Change;
  /** Which tellings it stands for. */
  readonly ids: ChangeIds;
}

/**
 * What a peer that could not be reached is to be told. It is bounded: of each
 * group it holds some keys and tags, or else that everything is to be dropped.
 */
export class Outbox {
  readonly #groups = new Map<string, Missed>();
  readonly #counter: ChangeCounter;

  /**
   * Makes an empty one.
   *
   * @param counter Gives a change an id that stands for too many.
   */
  constructor(counter: ChangeCounter) {
    this.#counter = counter;
  }

  /** How many changes wait. */
  get size(): number {
    let size = 0;
    for (const { isReset, isCopies, keys, tags } of this.#groups.values()) {
      size += isReset ? 1 : keys.size + tags.size + Number(isCopies);
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
   * @param missed The change.
   */
  add({ group, change, ids }: MissedChange): void {
    let missed = this.#groups.get(group);
    if (missed === undefined) {
      missed = {
        isReset: false,
        isCopies: false,
        length: 0,
        keys: new Set(),
        tags: new Set(),
        ids: new Map(),
      };
      this.#groups.set(group, missed);
    }
    const removal = asRemoval(change);
    if (removal.kind === "reset" && !isOfCopies(removal)) {
      this.#becomeReset(missed);
    } else if (!missed.isReset) note(missed, removal);
    this.#noteIds(missed, missed.isReset ? "reset" : partOf(removal), ids);
    const { length, keys, tags } = missed;
    const isFull = keys.size > MAX_KEYS || tags.size > MAX_TAGS ||
      length > MAX_LENGTH;
    if (isFull) this.#becomeReset(missed);
  }

  /**
   * What waits.
   *
   * @returns The changes.
   */
  changes(): MissedChange[] {
    return [...this.#groups].flatMap(([group, missed]) =>
      changesOf(group, missed)
    );
  }

  /**
   * Tells what waits, a group at a time, and forgets what was told.
   *
   * @param tell Tells the peer one change.
   * @returns When that is done. When `tell` rejects it rejects alike and keeps
   * what was not told; what was added meanwhile waits as well.
   */
  async deliver(tell: (missed: MissedChange) => Promise<void>): Promise<void> {
    for (const [group, missed] of this.#groups) {
      this.#groups.delete(group);
      const changes = changesOf(group, missed);
      const told = await Promise.allSettled(changes.map(tell));
      for (const [index, { status }] of told.entries()) {
        if (status === "rejected") this.add(changes[index]!); // one for each
      }
      for (const result of told) {
        if (result.status === "rejected") throw result.reason;
      }
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#groups.clear();
  }

  /**
   * Too many ids become one that is new: as if this node told the change, which is
   * all of theirs. Without one nodes that all lost one another would hand it round
   * and round.
   */
  #noteIds({ ids }: Missed, part: string, more: ChangeIds): void {
    const known = ids.get(part);
    const all = known === undefined ? more : joinIds(known, more, MAX_RANGES);
    ids.set(part, all ?? this.#counter.next());
  }

  #becomeReset(missed: Missed): void {
    const { ids, keys, tags } = missed;
    const all = [...ids.values()];
    missed.isReset = true;
    keys.clear();
    tags.clear();
    ids.clear();
    for (const some of all) this.#noteIds(missed, "reset", some);
  }
}

/**
 * What to tell of a change to a node that missed it: it may own the keys, and
 * their values may have changed again since.
 *
 * @param change The change.
 * @returns The change that is right in any case.
 */
export function asRemoval(change: Change): Change {
  if (change.kind === "set") return { kind: "remove", keys: [change.key] };
  if (change.kind !== "drop" || change.isCopies) return change;
  return { kind: "remove", keys: change.keys };
}

/**
 * What to tell of a change to a node that made it.
 *
 * @param change The change.
 * @returns The change that ends what it holds, and leaves what it wrote.
 */
export function asDrop(change: Change): Change {
  if (change.kind === "set") return { kind: "drop", keys: [change.key] };
  return change.kind === "remove" ? { ...change, kind: "drop" } : change;
}

/**
 * Shorter changes in place of one that is too long for a question.
 *
 * @param change The change.
 * @param isWhole Whether it cannot be told in parts.
 * @returns The changes; none where there are no shorter ones.
 */
export function partsOf(change: Change, isWhole: boolean): Change[] {
  // The value is not kept then, as one for which memory has no room.
  if (change.kind === "set") return [asRemoval(change)];
  if (change.kind === "reset") return [];
  if (isWhole || !("keys" in change) || change.keys.length < 2) {
    const copies = isOfCopies(change) ? { isCopies: true } : {};
    return [{ kind: "reset", ...copies }];
  }
  const { keys } = change;
  const half = keys.length >>> 1;
  return [keys.slice(0, half), keys.slice(half)].map((keys) => {
    return { ...change, keys };
  });
}

/** Which of the changes of a group it becomes. */
function partOf(removal: Change): string {
  if (isOfCopies(removal)) return "copies";
  if (removal.kind === "removeTag") return `tag ${removal.tag}`;
  return removal.kind === "reset" ? "reset" : "keys";
}

function note(missed: Missed, removal: Change): void {
  if (isOfCopies(removal)) missed.isCopies = true;
  else if (removal.kind === "removeTag") {
    put(missed, missed.tags, removal.tag);
  } else if ("keys" in removal) {
    for (const key of removal.keys) put(missed, missed.keys, key);
  }
}

function isOfCopies(removal: Change): boolean {
  return "isCopies" in removal && removal.isCopies === true;
}

function put(missed: Missed, texts: Set<string>, text: string): void {
  if (texts.has(text)) return;
  texts.add(text);
  missed.length += text.length;
}

function changesOf(
  group: string,
  { isReset, isCopies, keys, tags, ids }: Missed,
): MissedChange[] {
  const changes: Change[] = isReset
    ? [{ kind: "reset" }]
    : Array.from(tags, (tag): Change => ({ kind: "removeTag", tag }));
  if (isCopies && !isReset) changes.push({ kind: "reset", isCopies });
  if (keys.size > 0) changes.push({ kind: "remove", keys: [...keys] });
  return changes.map((change) => {
    return { group, change, ids: ids.get(partOf(change))! }; // noted with it
  });
}
