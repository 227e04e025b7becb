// Copyright 2026 the Gee authors. MIT license.

import { type ChangeIds, holdIds, joinIds } from "./change_ids.ts";

/** 32 KB. Of nodes that all lost one another, each is told the changes of all. */
const MAX_RANGES = 2000;
/** Who is down changes with every node that is back. */
const MAX_ENTRIES = 8;

/** Changes that were told with the same names. */
interface Entry {
  readonly ids: ChangeIds;
  readonly missed: ReadonlySet<string>;
}

/**
 * What a peer was told while others could not be, and whom it so knows to have
 * missed it. Nobody tells it that again: nodes that all lost one another would else
 * hand the same changes round and round, each on behalf of the next, and none would
 * ever be done. What it forgets is told once more.
 */
export class Heard {
  /** The latest one last. */
  #entries: Entry[] = [];

  /**
   * Notes what it has agreed to.
   *
   * @param ids Which changes.
   * @param missed Who was named with them.
   */
  add(ids: ChangeIds, missed: readonly string[]): void {
    const at = this.#entries.findIndex((entry) =>
      entry.missed.size === missed.length &&
      missed.every((name) => entry.missed.has(name))
    );
    const [known] = at === -1 ? [] : this.#entries.splice(at, 1);
    const joined = known && joinIds(known.ids, ids, MAX_RANGES);
    this.#entries.push({ ids: joined ?? ids, missed: new Set(missed) });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  /**
   * Whether it knows of changes, and of all who may have missed them.
   *
   * @param ids Which changes.
   * @param missed Who may have missed them, this one aside.
   */
  has(ids: ChangeIds, missed: readonly string[]): boolean {
    return this.#entries.some((entry) =>
      missed.every((name) => entry.missed.has(name)) && holdIds(entry.ids, ids)
    );
  }
}
