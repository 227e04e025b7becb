// Copyright 2026 the Gee authors. MIT license.

import { KeyHash } from "./policy/key_hash.ts";

/**
 * Why a key was not in memory: it never was, as far as is known; it made room
 * for others; its time was over or nobody had asked for it; it was removed or
 * replaced; the whole group or one of its tags was; it was too large or not to be
 * kept.
 */
export type MissReason =
  | "new"
  | "evicted"
  | "expired"
  | "removed"
  | "reset"
  | "refused";

const REASONS: readonly MissReason[] = [
  "new",
  "evicted",
  "expired",
  "removed",
  "reset",
  "refused",
];
/** Keys share their places: what is told of a key is lost to another in time. */
const PLACES = 1 << 10;
const NONE = 0xff;

/** The last miss of a key. */
export interface Miss {
  /** Why it was one. */
  readonly reason: MissReason;
  /** When, in ms of the group's clock. */
  readonly at: number;
}

/**
 * Remembers for about a thousand keys why they left and why they were missed
 * last: 14 KiB whatever happens, and a hash for each miss and each eviction.
 */
export class MissLog {
  readonly #hash = new KeyHash();
  readonly #keys = new Uint32Array(PLACES);
  readonly #left = new Uint8Array(PLACES).fill(NONE);
  readonly #missed = new Uint8Array(PLACES).fill(NONE);
  readonly #at = new Float64Array(PLACES);

  /** Notes why a key leaves. */
  left(key: string, reason: MissReason): void {
    this.#left[this.#take(key)] = REASONS.indexOf(reason);
  }

  /** Notes that a key was asked for and not there. */
  missed(key: string, now: number): void {
    const place = this.#take(key);
    const left = this.#left[place] as number; // a place is below PLACES
    this.#missed[place] = left === NONE ? 0 : left;
    this.#left[place] = NONE;
    this.#at[place] = now;
  }

  /** The last miss of a key, as far as it is remembered. */
  find(key: string): Miss | undefined {
    const hash = this.#hash.of(key);
    const place = hash & PLACES - 1;
    if (this.#keys[place] !== hash >>> 0) return undefined;
    const reason = REASONS[this.#missed[place] as number];
    // A place is below PLACES.
    return reason && { reason, at: this.#at[place] as number };
  }

  /** The place of a key, which it takes over from another. */
  #take(key: string): number {
    const hash = this.#hash.of(key);
    const place = hash & PLACES - 1;
    if (this.#keys[place] !== hash >>> 0) {
      this.#keys[place] = hash;
      this.#left[place] = this.#missed[place] = NONE;
    }
    return place;
  }
}
