// Copyright 2026 the Gee authors. MIT license.

import { type ChangeIds, holdIds, joinIds } from "./change_ids.ts";

/** 160 KB. Of nodes that all lost one another, each is told the changes of all. */
const MAX_RANGES = 10_000;

/**
 * What a peer was told when it was back, and whom it knows to be down. Nobody owes
 * it that again: nodes that all lost one another would else hand the same changes
 * round and round, each on behalf of the next, and none would ever be done.
 */
export class Heard {
  #ids: ChangeIds = new Map();
  #missed: ReadonlySet<string> = new Set();

  /**
   * Notes what it has agreed to.
   *
   * @param ids Which changes.
   * @param missed Who was named with them.
   */
  add(ids: ChangeIds, missed: readonly string[]): void {
    // Else it knows of one more only now, and not with the older changes.
    const isCovered = missed.every((name) => this.#missed.has(name));
    const joined = isCovered ? joinIds(this.#ids, ids, MAX_RANGES) : undefined;
    this.#ids = joined ?? ids;
    this.#missed = new Set(missed);
  }

  /**
   * Whether it knows of changes, and of all who may have missed them.
   *
   * @param ids Which changes.
   * @param missed Who may have missed them, this one aside.
   */
  has(ids: ChangeIds, missed: readonly string[]): boolean {
    return holdIds(this.#ids, ids) &&
      missed.every((name) => this.#missed.has(name));
  }
}
