// Copyright 2026 the Gee authors. MIT license.

import type { Driver } from "../driver/driver.ts";
import { checkChoice } from "../driver/options.ts";
import { didYouMean } from "../nearest_name.ts";

/** What a migrator works with. */
export interface MigratorOptions {
  /** The folder of migrations; it need not be there yet. */
  readonly folder: string | URL;
  /**
   * Opens an empty database in memory, in which migrations are tried out:
   * `generate()` and `check()` need it, as in `() => sqlite()`.
   */
  readonly shadow?: () => Driver;
  /** Is told of each migration before it is run. It must not throw. */
  readonly onMigration?: (event: MigrationEvent) => void;
}

/** A migration that is about to run. */
export interface MigrationEvent {
  /** Its name. */
  readonly name: string;
  /** Whether it is done or undone. */
  readonly direction: "up" | "down";
  /** How many came before it in this run. */
  readonly index: number;
  /** How many there are in this run. */
  readonly count: number;
}

/** Which migrations to run. */
export interface RunOptions {
  /**
   * How many at most.
   *
   * @default {every one that is pending, or one that is undone}
   */
  readonly count?: number;
  /**
   * Whether to return what would run without running it.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
}

/** A migration that was run. */
export interface MigrationRun {
  /** Its name. */
  readonly name: string;
  /** Its statements. */
  readonly statements: readonly string[];
}

const RUN_OPTIONS = ["count", "dryRun"];

/** Refuses options that there are not. */
export function checked(options: RunOptions): RunOptions {
  for (const name of Object.keys(options)) {
    if (RUN_OPTIONS.includes(name)) continue;
    throw new TypeError(
      `Cannot migrate: unknown option "${name}"${
        didYouMean(name, RUN_OPTIONS)
      }`,
    );
  }
  const { count = 1, dryRun } = options;
  checkChoice("migrate", "dryRun", dryRun, [true, false]);
  if (Number.isSafeInteger(count) && count > 0) return options;
  throw new RangeError(
    `Cannot migrate: "count" is ${count}, want a whole number from 1`,
  );
}
