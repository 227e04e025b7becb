// Copyright 2026 the Gee authors. MIT license.

/** Hashes per bucket: the most that a look-up compares, whoever chose the keys. */
const WAYS = 4;
const LEAST_BUCKETS = 4;

/**
 * Remembers the keys evicted last by 32-bit hashes, each with a stamp of 32 bits
 * if wanted. A bucket keeps its last four, so the whole keeps about the last of
 * all, and there is no chain that an attacker could make long.
 *
 * The `!` below are safe because places are computed below the length.
 */
export class Ghost {
  #hashes: Int32Array;
  #stamps: Int32Array | undefined;
  /** The oldest place of each bucket: the one written next. */
  #hands: Uint8Array;

  /**
   * Makes an empty memory.
   *
   * @param isStamped Whether to keep stamps.
   */
  constructor(isStamped = false) {
    this.#hashes = new Int32Array(LEAST_BUCKETS * WAYS);
    this.#stamps = isStamped ? new Int32Array(LEAST_BUCKETS * WAYS) : undefined;
    this.#hands = new Uint8Array(LEAST_BUCKETS);
  }

  /** How many hashes it can remember. */
  get capacity(): number {
    return this.#hashes.length;
  }

  /**
   * Forgets a hash.
   *
   * @param hash The hash; not 0.
   * @returns Its stamp (0 without stamps), or `undefined` when it was not known.
   */
  take(hash: number): number | undefined {
    const hashes = this.#hashes;
    const start = this.#bucket(hash) * WAYS;
    for (let place = start; place < start + WAYS; place++) {
      if (hashes[place] !== hash) continue;
      hashes[place] = 0;
      return this.#stamps === undefined ? 0 : this.#stamps[place]!;
    }
    return undefined;
  }

  /**
   * Remembers a hash.
   *
   * @param hash The hash; not 0.
   * @param stamp What `take` shall give.
   */
  add(hash: number, stamp = 0): void {
    const bucket = this.#bucket(hash);
    const hand = this.#hands[bucket]!;
    this.#hands[bucket] = (hand + 1) % WAYS;
    const place = bucket * WAYS + hand;
    this.#hashes[place] = hash;
    if (this.#stamps !== undefined) this.#stamps[place] = stamp;
  }

  /**
   * Makes it remember about as many hashes as wanted. What it knows stays, as
   * far as there is place.
   *
   * @param wanted How many.
   */
  fit(wanted: number): void {
    const { capacity } = this;
    if (wanted <= capacity && wanted * 4 >= capacity) return;
    let buckets = LEAST_BUCKETS;
    while (buckets * WAYS < wanted) buckets *= 2;
    if (buckets * WAYS === capacity) return;
    const hashes = this.#hashes;
    const stamps = this.#stamps;
    const hands = this.#hands;
    this.#hashes = new Int32Array(buckets * WAYS);
    this.#hands = new Uint8Array(buckets);
    if (stamps !== undefined) this.#stamps = new Int32Array(buckets * WAYS);
    for (let step = 0; step < WAYS; step++) {
      for (let bucket = 0; bucket < hands.length; bucket++) {
        const place = bucket * WAYS + (hands[bucket]! + step) % WAYS;
        if (hashes[place] !== 0) this.add(hashes[place]!, stamps?.[place]);
      }
    }
  }

  /** The low bits choose the slot of an entry already. */
  #bucket(hash: number): number {
    return hash >>> 8 & (this.#hands.length - 1);
  }
}
