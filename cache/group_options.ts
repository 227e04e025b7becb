// Copyright 2026 the Gee authors. MIT license.

import type { Codec } from "./codec.ts";
import type { CopyOptions } from "./copies.ts";
import type { FreshnessOptions } from "./freshness.ts";
import type { PolicyName } from "./policy/policy.ts";
import type { SecondTier } from "./second_tier.ts";

/**
 * Settings of a {@linkcode Group}.
 *
 * @typeParam T The values of the group.
 */
export interface GroupOptions<T> extends FreshnessOptions {
  /**
   * The most memory for entries in bytes: keys as UTF-8, values, and
   * `GROUP_ENTRY_OVERHEAD` each; 0 keeps nothing, and unlike the Go
   * original only `Infinity` has no limit.
   *
   * @default {67108864}
   */
  readonly maxBytes?: number;
  /**
   * Which entries stay when memory is full: see `createPolicy`.
   *
   * @default {"s3fifo"}
   */
  readonly policy?: PolicyName;
  /**
   * How long a key is left alone after its load failed, in ms: callers get the
   * same error meanwhile. It doubles with each failure in a row up to 20 times
   * this; 0 tries again each time.
   *
   * @default {50}
   */
  readonly retryAfter?: number;
  /**
   * The most calls of the getter at once.
   *
   * @default {32}
   */
  readonly maxLoads?: number;
  /**
   * The most calls of the getter that wait for their turn; further ones fail
   * with `OverloadError`.
   *
   * @default {1024}
   */
  readonly maxWaiting?: number;
  /**
   * Turns values into bytes and back.
   *
   * @default {undefined}
   */
  readonly codec?: Codec<T>;
  /**
   * Says of a key whether the source may have it; where it says no, nobody is
   * asked. Against floods of keys that do not exist: a {@linkcode BloomFilter}
   * of all known keys, or a check of their form.
   *
   * @default {undefined}
   */
  readonly mayHave?: (key: string) => boolean;
  /**
   * Which values of other nodes are copied, and for how long.
   *
   * @default {{}}
   */
  readonly copies?: CopyOptions;
  /**
   * A store behind memory, which nodes may share.
   *
   * @default {undefined}
   */
  readonly secondTier?: SecondTier;
  /**
   * The most ms a call of the second tier may take; then it counts as down for a
   * while.
   *
   * @default {500}
   */
  readonly secondTierTimeout?: number;
}

/** Settings that do not depend on the type of the values. */
export type AnyGroupOptions = Omit<GroupOptions<unknown>, "codec">;

/** What changes of a group may be told. */
export interface ChangeOptions {
  /**
   * Ends the wait for other nodes, with its reason; the change goes on. One that
   * is aborted before begins nothing.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/** What {@linkcode Group.set} may be told of a value. */
export interface SetOptions extends ChangeOptions {
  /**
   * How long it is fresh in ms, in place of the `ttl` of the group.
   *
   * @default {the group's}
   */
  readonly ttl?: number;
  /**
   * What `removeTag` will find it by.
   *
   * @default {[]}
   */
  readonly tags?: readonly string[];
}

/** What {@linkcode Group.get} may be told. */
export interface GetOptions {
  /**
   * Ends the wait of this caller, which then rejects with its reason. The load
   * goes on for the others and is aborted when the last one has left.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/** What {@linkcode Group.warmUp} may be told. */
export interface WarmUpOptions {
  /**
   * The most bytes of keys and values to take from each peer.
   *
   * @default {16777216}
   */
  readonly maxBytes?: number;
  /**
   * Ends the wait, which then rejects with its reason; what was taken stays.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}
