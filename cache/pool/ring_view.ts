// Copyright 2026 the Gee authors. MIT license.

import { ownerAmong, type Ring } from "../ring/ring.ts";
import type { Members } from "./member.ts";

/** Enough that a share is right within about one percent of all keys. */
const SAMPLES = 8192;

/** What {@linkcode RingView} needs to know. */
export interface RingViewOptions {
  /** The name of this node. */
  readonly self: string;
  /** Makes an empty ring. */
  readonly makeRing: () => Ring;
  /** How long the former ring counts after a change of the list, in ms. */
  readonly grace: number;
  /** The clock in ms. */
  readonly now: () => number;
}

/** Gives the owner of a key; `undefined` when there is none. */
type LookUp = (key: string) => string | undefined;

/** The ring before the list changed. */
interface Former {
  readonly ownerOf: LookUp;
  since: number;
}

/**
 * Who owns which key: the ring of the nodes in the list, where those that are down
 * are passed over, and for a short while the one before the last change of the
 * list. The ring itself does not change when a node goes down or comes back: that
 * takes milliseconds, and many may do so at once.
 */
export class RingView {
  readonly #options: RingViewOptions;
  readonly #ring: Ring;
  #weights: Members = new Map();
  #down: ReadonlySet<string> = new Set();
  #ownerOf: LookUp;
  #former: Former | undefined;
  #shares: Map<string, number> | undefined;

  /**
   * Makes the view of a ring without nodes.
   *
   * @param options The ring and its times.
   */
  constructor(options: RingViewOptions) {
    this.#options = options;
    this.#ring = options.makeRing();
    this.#ownerOf = lookUp(this.#ring, this.#down);
  }

  /**
   * Finds the owner of a key.
   *
   * @param key The key.
   * @returns Its name; `undefined` when there is no node.
   */
  owner(key: string): string | undefined {
    return this.#ownerOf(key);
  }

  /**
   * Finds who owns a key where one node is of no use.
   *
   * @param key The key.
   * @param name The node.
   * @returns The name of another; `undefined` when there is none.
   */
  ownerBeside(key: string, name: string): string | undefined {
    return ownerAmong(
      this.#ring,
      key,
      (other) => other !== name && !this.#down.has(other),
    );
  }

  /**
   * Finds who owned a key before the list changed a short while ago.
   *
   * @param key The key.
   * @returns Its name; `undefined` when the list did not change.
   */
  formerOwner(key: string): string | undefined {
    if (!this.#isRecent()) this.#former = undefined;
    return this.#former?.ownerOf(key);
  }

  /**
   * Sets which nodes are on the ring.
   *
   * @param weights Their weights by name.
   */
  set(weights: Members): void {
    for (const name of this.#weights.keys()) {
      if (!weights.has(name)) this.#ring.remove(name);
    }
    for (const [name, weight] of weights) this.#ring.put(name, { weight });
    this.#weights = weights;
    this.#shares = undefined;
  }

  /**
   * Sets which nodes own nothing for now.
   *
   * @param names Their names; the next owner of a key stands in for them.
   */
  setDown(names: ReadonlySet<string>): void {
    this.#down = names;
    this.#ownerOf = lookUp(this.#ring, names);
    this.#shares = undefined;
  }

  /**
   * Keeps the ring as it is as the former one, before the list changes. When it
   * changes several times within the grace period the oldest one is kept: its
   * owners have had their keys for long.
   */
  keep(): void {
    const since = this.#options.now();
    if (this.#former !== undefined && this.#isRecent()) {
      this.#former.since = since;
    } else {
      this.#former = { ownerOf: this.#copy(), since };
    }
  }

  /**
   * The part of all keys that a node owns, found by sampling.
   *
   * @param name The node.
   * @returns A number from 0 to 1, right within about 0.01.
   */
  shareOf(name: string): number {
    this.#shares ??= this.#sample();
    return (this.#shares.get(name) ?? 0) / SAMPLES;
  }

  #isRecent(): boolean {
    const { grace, now } = this.#options;
    const age = now() - (this.#former?.since ?? 0);
    // After a step back of the clock nothing is known of the age.
    return age >= 0 && age < grace;
  }

  #copy(): LookUp {
    const { self, makeRing } = this.#options;
    if (this.#weights.size === 0) {
      // This node joins or is back: until now others had its keys.
      return (key) => this.ownerBeside(key, self);
    }
    let copy = this.#ring.clone?.();
    if (copy === undefined) {
      copy = makeRing();
      for (const [name, weight] of this.#weights) copy.put(name, { weight });
    }
    return lookUp(copy, this.#down);
  }

  #sample(): Map<string, number> {
    const counts = new Map<string, number>();
    for (let sample = 0; sample < SAMPLES; sample++) {
      const owner = this.owner(`sample ${sample}`);
      if (owner === undefined) break;
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return counts;
  }
}

/** Look-ups on a ring that pass over those who are down. */
function lookUp(ring: Ring, down: ReadonlySet<string>): LookUp {
  if (down.size === 0) return (key) => ring.owner(key);
  const isUp = (name: string) => !down.has(name);
  return (key) => ownerAmong(ring, key, isUp);
}
