// Copyright 2026 the Gee authors. MIT license.

import type { SelectorName } from "./balance/create_selector.ts";
import type { Selector } from "./balance/selector.ts";
import type { CallOptions } from "./call.ts";
import type { DialOptions } from "./dial.ts";
import type {
  CircuitBreakerOptions,
  CircuitState,
} from "./resilience/circuit_breaker.ts";
import type { OutlierOptions } from "./resilience/outlier_detector.ts";
import type { RetryBudgetOptions } from "./resilience/retry_budget.ts";
import type { SubsetOptions } from "./resilience/subset.ts";

/**
 * What an `XClient` does when a call fails: tries another server, nothing, or the
 * same server, or asks a second one when the first is slow.
 */
export type FailPolicy = "failover" | "failfast" | "failtry" | "failbackup";

/** Options of an `XClient`. */
export interface XClientOptions
  extends Omit<DialOptions, "signal" | "reconnect"> {
  /**
   * Which server a call goes to, by name or by a selector of one's own.
   *
   * @default {"random"}
   */
  readonly selector?: SelectorName | Selector;
  /**
   * What to do when a call fails. `failbackup` hedges idempotent calls and is
   * `failover` for all others.
   *
   * @default {"failover"}
   */
  readonly policy?: FailPolicy;
  /**
   * Methods that may run twice without harm, as `Service.method`: their calls may
   * be repeated after they were sent.
   *
   * @default none
   */
  readonly idempotent?: Iterable<string>;
  /**
   * How often a call is repeated at most, each time after a pause and out of the
   * budget, from 0. Passing over servers that were not reached does not count.
   *
   * @default {2}
   */
  readonly retries?: number;
  /**
   * How many retries and backup requests there may be per call.
   *
   * @default {{ ratio: 0.1, perSecond: 10 }}
   */
  readonly retryBudget?: RetryBudgetOptions;
  /**
   * When `failbackup` asks a second server: after so many ms, or when a call takes
   * longer than 95 % of the last calls of its method did.
   *
   * @default {"p95"}
   */
  readonly hedgeAfter?: number | "p95";
  /**
   * When a server that cannot be reached is passed over.
   *
   * @default {{ failures: 5, pause: 1000, maxPause: 10000 }}
   */
  readonly breaker?: CircuitBreakerOptions;
  /**
   * When a server that does worse than the others is; false for never.
   *
   * @default Envoy's defaults
   */
  readonly outliers?: OutlierOptions | false;
  /**
   * How many of the servers to connect to, where there are very many.
   *
   * @default all
   */
  readonly subset?: number | SubsetOptions;
  /**
   * Tags that a server must have, all of them.
   *
   * @default none
   */
  readonly tags?: readonly string[];
  /**
   * How long calls to a server that is no longer listed may go on, in ms; 0 is no limit.
   *
   * @default {30000}
   */
  readonly drainTimeout?: number;
}

/** Options of `XClient.broadcast`. */
export interface BroadcastOptions extends CallOptions {
  /**
   * Whether a broadcast to no server at all is a success.
   *
   * @default {false}
   */
  readonly allowNone?: boolean;
}

/** What one server answered to a broadcast. */
export type BroadcastResult<Reply> =
  & {
    /** Which server it is. */
    readonly server: string;
    /** How long it took to answer, in ms. */
    readonly duration: number;
  }
  & ({ readonly reply: Reply } | { readonly error: unknown });

/** What an `XClient` knows of one server, at one moment. */
export interface XClientServerStats {
  /** Where it is. */
  readonly address: string;
  /** Calls under way there. */
  readonly pending: number;
  /** How long its replies took, in ms (peak EWMA); 0 while unknown. */
  readonly latency: number;
  /** Whether it is used, passed over because it could not be reached, or being tried again. */
  readonly circuit: CircuitState;
  /** Whether it is passed over because it does worse than the others. */
  readonly isEjected: boolean;
}

/** Counts of an `XClient`, at one moment. */
export interface XClientStats {
  /** Calls made, by `call`. */
  readonly calls: number;
  /** Calls that were made again, on whatever server. */
  readonly retries: number;
  /** Backup requests. */
  readonly backups: number;
  /** The servers in use. */
  readonly servers: readonly XClientServerStats[];
}
