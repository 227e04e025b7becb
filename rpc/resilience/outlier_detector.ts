// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "../duration.ts";
import { checkCount } from "../limits.ts";

/** Options of the outlier ejection of an `XClient`; the defaults are Envoy's. */
export interface OutlierOptions {
  /**
   * Faults in a row that eject a server: timeouts, and replies with the codes
   * `unavailable`, `internal`, `deadline_exceeded`, `resource_exhausted` and
   * `data_loss`.
   *
   * @default {5}
   */
  readonly failures?: number;
  /**
   * How often the rates of success are compared, in ms.
   *
   * @default {10000}
   */
  readonly interval?: number;
  /**
   * Calls a server must have had in the interval to be compared.
   *
   * @default {100}
   */
  readonly minCalls?: number;
  /**
   * Servers that must be comparable.
   *
   * @default {5}
   */
  readonly minServers?: number;
  /**
   * How many standard deviations under the mean rate of success eject a server.
   *
   * @default {1.9}
   */
  readonly deviations?: number;
  /**
   * How long the first ejection lasts, in ms; the n-th in a row lasts n times as
   * long.
   *
   * @default {30000}
   */
  readonly pause?: number;
  /**
   * How long an ejection lasts at most, in ms.
   *
   * @default {300000}
   */
  readonly maxPause?: number;
  /**
   * The share of the servers that may be ejected at a time, from 0 to 1; one
   * always may when there are others.
   *
   * @default {0.1}
   */
  readonly maxEjected?: number;
}

/** What a detector knows of one server. */
export class OutlierRecord {
  /** Calls of this interval that ended well. */
  successes = 0;
  /** Calls of this interval that ended with a fault. */
  faults = 0;
  /** Faults since the last success. */
  inRow = 0;
  /** Ejections, less the healthy intervals since. */
  ejections = 0;
  /** When the ejection is over, in ms of the detector's clock; 0 for none. */
  until = 0;
}

/**
 * Ejects servers that do worse than the others: by faults in a row, and by a
 * rate of success far under the mean (outlier detection as in Envoy).
 *
 * It has no timer: the calls themselves turn its intervals.
 */
export class OutlierDetector {
  readonly #options: Required<OutlierOptions>;
  readonly #now: () => number;
  readonly #records = new Set<OutlierRecord>();
  #nextSweep: number;

  /**
   * Begins without servers.
   *
   * @param options When to eject, how many and for how long.
   * @param now The clock, in ms; tests give their own.
   * @throws {RangeError} when an option is out of range.
   */
  constructor(
    options: OutlierOptions = {},
    now: () => number = () => performance.now(),
  ) {
    this.#options = check({ ...DEFAULTS, ...options });
    this.#now = now;
    this.#nextSweep = now() + this.#options.interval;
  }

  /** Begins to watch a server. */
  add(): OutlierRecord {
    const record = new OutlierRecord();
    this.#records.add(record);
    return record;
  }

  /** Ends it. */
  remove(record: OutlierRecord): void {
    this.#records.delete(record);
  }

  /** Whether the server should be passed over. */
  isEjected(record: OutlierRecord): boolean {
    return record.until > 0 && this.#now() < record.until;
  }

  /** Notes how a call ended. */
  report(record: OutlierRecord, isFault: boolean): void {
    if (isFault) {
      record.faults++;
      if (++record.inRow >= this.#options.failures) this.#eject(record);
    } else {
      record.successes++;
      record.inRow = 0;
    }
    const now = this.#now();
    if (now >= this.#nextSweep) {
      this.#nextSweep = now + this.#options.interval;
      this.#sweep();
    }
  }

  #eject(record: OutlierRecord): void {
    if (this.isEjected(record)) return;
    let ejected = 0;
    for (const other of this.#records) if (this.isEjected(other)) ejected++;
    const { maxEjected, pause, maxPause } = this.#options;
    const { size } = this.#records;
    const allowed = Math.max(Math.floor(size * maxEjected), size > 1 ? 1 : 0);
    if (ejected >= allowed) return;
    record.ejections++;
    record.inRow = 0;
    record.until = this.#now() + Math.min(pause * record.ejections, maxPause);
  }

  /** Ends an interval: ejects by rates, forgives the healthy, counts anew. */
  #sweep(): void {
    const { minCalls, minServers, interval } = this.#options;
    const now = this.#now();
    const comparable = [...this.#records].filter(({ successes, faults }) =>
      successes + faults >= minCalls
    );
    if (comparable.length >= minServers) {
      const least = this.#leastRate(comparable);
      for (const record of comparable) {
        if (rate(record) < least) this.#eject(record);
      }
    }
    for (const record of this.#records) {
      // Back for an interval at least, or it would be forgiven for being ejected.
      if (record.until + interval <= now) {
        record.ejections = Math.max(0, record.ejections - 1);
      }
      record.successes = 0;
      record.faults = 0;
    }
  }

  #leastRate(records: readonly OutlierRecord[]): number {
    const { length } = records;
    const mean = records.reduce((sum, record) => sum + rate(record), 0) /
      length;
    const variance = records.reduce(
      (sum, record) => sum + (rate(record) - mean) ** 2,
      0,
    ) / length;
    return mean - this.#options.deviations * Math.sqrt(variance);
  }
}

const DEFAULTS: Required<OutlierOptions> = {
  failures: 5,
  interval: 10_000,
  minCalls: 100,
  minServers: 5,
  deviations: 1.9,
  pause: 30_000,
  maxPause: 300_000,
  maxEjected: 0.1,
};

function check(options: Required<OutlierOptions>): Required<OutlierOptions> {
  for (const name of ["failures", "minCalls", "minServers"] as const) {
    checkCount(name, options[name]);
  }
  for (const name of ["interval", "pause", "maxPause"] as const) {
    checkMilliseconds(name, options[name]);
  }
  const { deviations, maxEjected } = options;
  if (!(deviations > 0)) {
    throw new RangeError(
      `Cannot use deviations ${deviations}: it must be above 0`,
    );
  }
  if (!(maxEjected >= 0 && maxEjected <= 1)) {
    throw new RangeError(
      `Cannot use maxEjected ${maxEjected}: it must be 0 to 1`,
    );
  }
  return options;
}

function rate({ successes, faults }: OutlierRecord): number {
  return successes / (successes + faults);
}
