// Copyright 2026 the Gee authors. MIT license.

import { BalancedRing } from "../ring/balanced_ring.ts";
import { HashRing } from "../ring/hash_ring.ts";
import type { Ring } from "../ring/ring.ts";
import type { MetricsOptions } from "./metrics_options.ts";

/** A timer that is to run longer fires at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** Settings of a pool that do not depend on how its nodes are reached. */
export interface PoolOptions {
  /**
   * Who owns which key; the same on all nodes. `"balanced"` gives each node
   * nearly the same share, `"crc32x50"` is the ring of Go nodes, and a function
   * makes an empty ring of another kind.
   *
   * @default {"balanced"}
   */
  readonly ring?: "balanced" | "crc32x50" | (() => Ring);
  /**
   * The most ms to wait for a peer, and for a value a peer asked for.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The most bytes of an answer of a peer, and of a question; the same on all
   * nodes.
   *
   * @default {67108864}
   */
  readonly maxAnswerBytes?: number;
  /**
   * How long after a change of the list the former owner of a key is asked for
   * what it holds, in ms; a node that left is told of changes for twice as long.
   *
   * @default {10000}
   */
  readonly grace?: number;
  /**
   * After how many ms without an answer of the owner the next owner is asked as
   * well; the first answer counts. It costs a second load of the key at times.
   *
   * @default {Infinity}
   */
  readonly hedgeAfter?: number;
  /**
   * After how many failures in a row a peer is down and leaves the ring. One
   * that could not be told of a change is down at once.
   *
   * @default {3}
   */
  readonly maxFailures?: number;
  /**
   * How long after a peer went down it is tried first, in ms; then the pause
   * doubles.
   *
   * @default {500}
   */
  readonly probeAfter?: number;
  /**
   * The most ms between the return of a peer and the trial that finds it, round
   * trip aside. Then it is told what it missed, and is back on the ring. After a
   * silence on the network it may be `timeout` instead, which an older attempt to
   * reach the peer takes to end.
   *
   * @default {2000}
   */
  readonly maxProbe?: number;
  /**
   * The most nodes: a longer list is a mistake, or an attack on memory.
   *
   * @default {1024}
   */
  readonly maxPeers?: number;
  /**
   * A page of figures and a look-up of keys, for people: see
   * {@linkcode MetricsOptions}. Off unless it is given.
   *
   * @default {undefined}
   */
  readonly metrics?: MetricsOptions;
  /**
   * Told what callers do not see: a `PeerError` when a peer was of no use, why a
   * load for a peer failed, and a list of nodes that could not be used.
   *
   * @default {undefined}
   */
  readonly onError?: (error: unknown) => void;
  /**
   * The clock in ms; it may go backwards, which ends what it dates.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * Chance, from 0 up to 1.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** {@linkcode PoolOptions} with their defaults. */
export interface PoolSettings {
  readonly makeRing: () => Ring;
  /** Whether Go nodes surely have another ring. */
  readonly isForeignToGo: boolean;
  readonly timeout: number;
  readonly maxAnswerBytes: number;
  readonly grace: number;
  readonly hedgeAfter: number;
  readonly maxFailures: number;
  readonly probeAfter: number;
  readonly maxProbe: number;
  readonly maxPeers: number;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Checks options and fills them up.
 *
 * @param options The options.
 * @returns The settings.
 * @throws {RangeError} When a number is out of bounds.
 * @throws {TypeError} When there is no ring of this name.
 */
export function readPoolOptions(options: PoolOptions): PoolSettings {
  const { ring = "balanced", timeout = 5000, grace = 10_000 } = options;
  const { hedgeAfter = Infinity, maxFailures = 3, maxPeers = 1024 } = options;
  const { probeAfter = 500, maxProbe = 2000 } = options;
  checkTimes({ timeout, probeAfter, maxProbe });
  checkNumbers(`0 to ${MAX_TIMER}`, (value) => value === 0 || isTimer(value), {
    grace,
  });
  checkNumbers("at least 0", (value) => value >= 0, { hedgeAfter });
  const { maxAnswerBytes = 64 << 20 } = options;
  checkCounts({ maxFailures, maxPeers, maxAnswerBytes });
  return {
    makeRing: ringMaker(ring),
    isForeignToGo: ring === "balanced",
    timeout,
    maxAnswerBytes,
    grace,
    hedgeAfter: hedgeAfter > MAX_TIMER ? Infinity : hedgeAfter,
    maxFailures,
    probeAfter,
    maxProbe,
    maxPeers,
    onError: options.onError,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  };
}

function ringMaker(ring: NonNullable<PoolOptions["ring"]>): () => Ring {
  if (typeof ring === "function") return ring;
  if (ring === "balanced") return () => new BalancedRing();
  if (ring === "crc32x50") return () => new HashRing({ replicas: 50 });
  throw new TypeError(
    `Cannot create a pool with ring "${ring}": want "balanced", "crc32x50" or a function`,
  );
}

/**
 * Checks that options are times a timer can run.
 *
 * @param numbers The options by name.
 * @throws {RangeError} When one is not above 0, or too long.
 */
export function checkTimes(numbers: Readonly<Record<string, number>>): void {
  const wanted = `a finite number above 0, up to ${MAX_TIMER}`;
  checkNumbers(wanted, isTimer, numbers);
}

/**
 * Checks that options are counts.
 *
 * @param numbers The options by name.
 * @throws {RangeError} When one is no whole number above 0.
 */
export function checkCounts(numbers: Readonly<Record<string, number>>): void {
  checkNumbers("a whole number above 0", isCount, numbers);
}

function isTimer(value: number): boolean {
  return value > 0 && value <= MAX_TIMER;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function checkNumbers(
  wanted: string,
  isRight: (value: number) => boolean,
  numbers: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (isRight(value)) continue;
    throw new RangeError(
      `Cannot create a pool with ${name} ${value}: want ${wanted}`,
    );
  }
}
