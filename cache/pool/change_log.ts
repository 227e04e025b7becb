// Copyright 2026 the Gee authors. MIT license.

import type { ChangeCounter } from "./change_ids.ts";
import { type MissedChange, Outbox } from "./outbox.ts";

/**
 * The changes this node made a short while ago, for nodes it hears of late: one
 * that joined may have been asked by others, and have kept old values, before
 * this node knew that it is to be told. Bounded as an {@linkcode Outbox} is.
 */
export class ChangeLog {
  readonly #span: number;
  readonly #now: () => number;
  readonly #counter: ChangeCounter;
  /** Two generations, so that each change is kept for one to two spans. */
  #young: Outbox;
  #old: Outbox;
  #since = -Infinity;

  /**
   * Makes an empty memory.
   *
   * @param span How long a change is kept at least, in ms.
   * @param now The clock in ms.
   * @param counter Numbers what this node tells.
   */
  constructor(span: number, now: () => number, counter: ChangeCounter) {
    this.#span = span;
    this.#now = now;
    this.#counter = counter;
    this.#young = new Outbox(counter);
    this.#old = new Outbox(counter);
  }

  /**
   * Notes a change.
   *
   * @param change The change.
   */
  note(change: MissedChange): void {
    this.#turn();
    this.#young.add(change);
  }

  /**
   * The changes of at least one span.
   *
   * @returns Them.
   */
  all(): MissedChange[] {
    this.#turn();
    return [...this.#old.changes(), ...this.#young.changes()];
  }

  #turn(): void {
    const now = this.#now();
    const age = now - this.#since;
    if (age >= 0 && age < this.#span) return;
    // After a step back of the clock all counts as young: told twice is no harm.
    const isOver = age >= this.#span * 2;
    this.#old = isOver ? new Outbox(this.#counter) : this.#young;
    this.#young = new Outbox(this.#counter);
    this.#since = now;
  }
}
