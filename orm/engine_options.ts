// Copyright 2026 the Gee authors. MIT license.

import type { QueryEvent } from "./driver/channel.ts";
import type { Driver } from "./driver/driver.ts";
import { checkNames, checkWhole, MAX_TIMEOUT } from "./driver/options.ts";
import { describe } from "./schema/codecs.ts";
import { checkEngineHooks, type Hooks, type HooksOn } from "./hooks.ts";

/** How an engine behaves. */
export interface EngineOptions {
  /**
   * How long, in ms, a call waits for the lock of another process, or for one
   * transaction of this process to end, before it fails.
   *
   * @default {10_000}
   */
  readonly busyTimeout?: number;
  /**
   * How many prepared statements each connection keeps.
   *
   * @default {500}
   */
  readonly statements?: number;
  /** Is told of every statement that ran, with its time. It must not throw. */
  readonly onQuery?: (event: QueryEvent) => void;
  /**
   * Copies of the database that reads outside of transactions go to in turn.
   * How far they are behind is theirs; one that fails is left alone for a pause
   * that grows from 1 s to 60 s, and its reads go to the others, at last to the
   * database itself.
   *
   * @default {[]}
   */
  readonly replicas?: readonly Driver[];
  /**
   * What is called before and after statements: of every table, or of the one
   * given by `on()`. They come after the table's own, in this order.
   *
   * @default {[]}
   */
  readonly hooks?: readonly (Hooks | HooksOn)[];
}

/** What a session reads from. */
export interface SessionOptions {
  /**
   * `"primary"` goes past the replicas: what was written is read at once.
   *
   * @default {"any"}
   */
  readonly readFrom?: "any" | "primary";
}

/** How a backup is made. */
export interface BackupOptions {
  /** Ends the waiting for one's turn; what was copied is removed. */
  readonly signal?: AbortSignal;
}

/** The options with what was left out. */
export interface CheckedOptions {
  readonly busyTimeout: number;
  readonly statements: number;
  readonly onQuery: EngineOptions["onQuery"];
  readonly replicas: readonly Driver[];
  readonly hooks: readonly (Hooks | HooksOn)[];
}

const BUSY_TIMEOUT = 10_000;
const STATEMENTS = 500;

const NAMES = ["busyTimeout", "statements", "onQuery", "replicas", "hooks"];

/** The options, with what is left out filled in. */
export function checkedOptions(options: EngineOptions): CheckedOptions {
  const { busyTimeout = BUSY_TIMEOUT, statements = STATEMENTS } = options;
  const action = "open engine";
  checkNames(action, options, NAMES);
  checkWhole(action, "busyTimeout", busyTimeout, 1, MAX_TIMEOUT);
  checkWhole(action, "statements", statements, 1);
  const { hooks = [], onQuery, replicas = [] } = options;
  checkEngineHooks(hooks);
  if (onQuery !== undefined && typeof onQuery !== "function") {
    throw new TypeError(`Cannot ${action}: "onQuery" is no function`);
  }
  if (!Array.isArray(replicas) || !replicas.every(isDriver)) {
    throw new TypeError(
      `Cannot ${action}: "replicas" is no array of drivers, as sqlite() and libsql() return them`,
    );
  }
  return { busyTimeout, statements, onQuery, replicas, hooks };
}

/** Refuses what is no driver. */
export function checkDriver(driver: unknown): void {
  if (isDriver(driver)) return;
  throw new TypeError(
    `Cannot open engine: got ${
      describe(driver)
    }, want a driver, as sqlite() and libsql() return it`,
  );
}

function isDriver(value: unknown): boolean {
  return typeof value === "object" && value !== null && "open" in value &&
    "errorOf" in value;
}
