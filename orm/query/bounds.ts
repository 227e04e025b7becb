// Copyright 2026 the Gee authors. MIT license.

import { ConflictError } from "../errors.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import { ALL, NO_MORE, type QueryState, VERSIONED } from "./query_state.ts";

/** Refuses what is no number of rows. */
export function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(
    `Cannot set ${name}: got ${String(count)}, want a whole number from 0`,
  );
}

/** Whether a condition names one version. */
export function namesOne({ property }: ColumnPlan, condition: object): boolean {
  if (!Object.hasOwn(condition, property)) return false;
  const value: unknown = condition[property as keyof typeof condition];
  return typeof value !== "object" || value !== null && "eq" in value;
}

/** What it means that an update or a delete found no row. */
export function noRow(
  action: "update" | "delete",
  { name }: TablePlan,
  { flags }: QueryState,
): number {
  if ((flags & VERSIONED) === 0) return 0;
  throw new ConflictError(
    `Cannot ${action} rows of ${name}: none has the version that the condition names`,
  );
}

/** Refuses an update or a delete whose rows are not those of a condition. */
export function checkBounded(
  action: "update" | "delete",
  { name, derived }: TablePlan,
  { where, flags, order, limit, offset, more }: QueryState,
): void {
  if (where === "" && (flags & ALL) === 0) {
    throw new TypeError(
      `Cannot ${action} rows of ${name}: there is no condition, call all() to mean every row`,
    );
  }
  if (order !== "" || limit !== undefined || offset !== undefined) {
    throw new TypeError(
      `Cannot ${action} rows of ${name}: orderBy(), limit() and offset() are for reading`,
    );
  }
  if (more === NO_MORE && derived === undefined) return;
  throw new TypeError(
    `Cannot ${action} rows of ${name}: joins, groups, pages, relations and derived tables are for reading`,
  );
}
