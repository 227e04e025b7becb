// Copyright 2026 the Gee authors. MIT license.
// How many calls of the source the reads of a cluster may cost. A read is free
// when an earlier one began after the last change of its key had resolved, and
// came to an end while nodes agreed who owns the key: then the owner keeps the
// value. Any other read may cost one call; and at a fault some more, since
// answers that are under way get lost.

/** What is known of one key. */
interface Account {
  /** Counts changes and moves: what began before one says nothing after it. */
  generation: number;
  changing: number;
  /** Until when a change may still be on its way to somebody. */
  unsettledUntil: number;
  /** Until when nodes may disagree who owns it. */
  movingUntil: number;
  isKept: boolean;
}

/** A read under way. */
export interface Ticket {
  readonly key: number;
  readonly generation: number;
  readonly wasMoving: boolean;
  readonly wasCalm: boolean;
  readonly wasKept: boolean;
}

/** Counts what reads may cost. */
export class Budget {
  /** The most calls of the source so far. */
  maxCalls = 0;
  readonly #accounts: Account[];

  constructor(keys: number) {
    this.#accounts = Array.from({ length: keys }, () => ({
      generation: 0,
      changing: 0,
      unsettledUntil: 0,
      movingUntil: 0,
      isKept: false,
    }));
  }

  /** A read begins. */
  begin(key: number): Ticket {
    const now = performance.now();
    const { generation, changing, unsettledUntil, movingUntil, isKept } = this
      .#accounts[key]!; // a key
    const wasMoving = now < movingUntil;
    const wasCalm = !wasMoving && changing === 0 && now >= unsettledUntil;
    return { key, generation, wasMoving, wasCalm, wasKept: isKept };
  }

  /** A read has ended. */
  end(ticket: Ticket): void {
    const { key, generation, wasMoving, wasCalm, wasKept } = ticket;
    const account = this.#accounts[key]!; // a key
    const isMoving = wasMoving || performance.now() < account.movingUntil;
    const isCalm = wasCalm && !isMoving && account.generation === generation;
    if (isCalm) account.isKept = true;
    if (isCalm && wasKept) return;
    this.maxCalls++;
  }

  /** So many answers may get lost. */
  loses(answers: number): void {
    this.maxCalls += answers;
  }

  /** Changes of some keys begin. */
  changes(keys: readonly number[]): void {
    for (const key of keys) {
      this.#unkeep(key).changing++;
    }
  }

  /** They have ended; some nodes may hear of them for so many ms. */
  changed(keys: readonly number[], ms: number): void {
    const until = performance.now() + ms;
    for (const key of keys) {
      const account = this.#unkeep(key);
      account.changing--;
      account.unsettledUntil = Math.max(account.unsettledUntil, until);
    }
  }

  /** A key moves to another node, which all know after so many ms. */
  moves(key: number, ms: number): void {
    const account = this.#unkeep(key);
    const until = performance.now() + ms;
    account.movingUntil = Math.max(account.movingUntil, until);
  }

  #unkeep(key: number): Account {
    const account = this.#accounts[key]!; // a key
    account.generation++;
    account.isKept = false;
    return account;
  }
}
