// Copyright 2026 the Gee authors. MIT license.

import { checkAtLeast } from "./check_at_least.ts";
import { Copies } from "./copies.ts";
import { ClosedError } from "./errors.ts";
import { FreshnessRules } from "./freshness.ts";
import type { AnyGroupOptions } from "./group_options.ts";
import { Memory } from "./memory.ts";
import { MissLog } from "./miss_log.ts";
import type { PeerPicker } from "./peer.ts";
import { RecentChanges } from "./recent_changes.ts";
import { Counters } from "./stats.ts";
import { Tier } from "./tier.ts";

/** What the parts of a group share: where values are, and who else has some. */
export class Core {
  /** The name of the group. */
  readonly name: string;
  /** What time does to values. */
  readonly rules: FreshnessRules;
  /** Where events are counted. */
  readonly counters: Counters = new Counters();
  /** Why keys were missed. */
  readonly misses: MissLog = new MissLog();
  /** The values this node owns. */
  readonly memory: Memory;
  /** Copies of what others own. */
  readonly copies: Copies;
  /** The store behind memory. */
  readonly tier: Tier | undefined;
  /** The keys that other nodes may still hold old values of. */
  readonly changes: RecentChanges;
  /** The other nodes, once there are some. */
  picker: PeerPicker | undefined;
  /** Whether the group is closed. */
  isClosed = false;

  constructor(name: string, options: AnyGroupOptions) {
    const { maxBytes = 64 << 20, policy = "s3fifo", copies = {} } = options;
    const { secondTier, secondTierTimeout = 500 } = options;
    checkAtLeast(0, { maxBytes });
    checkAtLeast(1, { secondTierTimeout });
    const rules = new FreshnessRules(options);
    const { counters, misses } = this;
    this.name = name;
    this.rules = rules;
    this.changes = new RecentChanges(rules.now);
    this.memory = new Memory({ maxBytes, policy, rules, counters, misses });
    this.copies = new Copies(copies, {
      maxBytes: Math.floor(maxBytes / 8),
      now: rules.now,
      counters,
      misses,
    });
    this.tier = secondTier && new Tier(secondTier, {
      name,
      timeout: secondTierTimeout,
      rules,
      counters,
    });
  }

  /** Throws unless the group is open. */
  checkOpen(action: string): void {
    if (this.isClosed) throw this.closedError(action);
  }

  /** Throws unless the group is open and the key can be one. */
  check(action: string, key: string): void {
    this.checkOpen(action);
    if (key !== "") return;
    throw new RangeError(
      `Cannot ${action} in group "${this.name}": the key must not be empty`,
    );
  }

  /** The error of whoever uses a closed group. */
  closedError(action: string): ClosedError {
    return new ClosedError(
      `Cannot ${action} in group "${this.name}": it is closed`,
    );
  }

  /** Whether a peer may not have heard of the last change of a key. */
  isInFlux(key: string): boolean {
    const { picker } = this;
    return picker !== undefined && this.changes.has(key, picker.spreadTime);
  }

  /** Whether a peer owns a key. */
  isOwnedElsewhere(key: string): boolean {
    return this.picker?.pickPeer(key) !== undefined;
  }
}
