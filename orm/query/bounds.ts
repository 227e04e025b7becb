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

/** Refuses pages of what is not one row for each row of the table. */
export function checkPaged(
  plan: TablePlan,
  { selection, more }: QueryState,
): void {
  const { group, joins, isDistinct } = more;
  const { cells } = selection;
  const keys = plan.table.primaryKey.map((property) => plan.column(property));
  // Rows with a key of their own are one each, whatever they are joined to.
  const isWhole = isDistinct && keys.every((key) => cells.includes(key)) &&
    cells.every((cell) => plan.columns.some((column) => column === cell));
  const isSingle = group.sql === ""
    ? !selection.isAggregate && (isWhole || !joins.some(({ isMany }) => isMany))
    : group.sql === keys.map(({ path }) => path).join(", ");
  if (isSingle) return;
  throw new TypeError(
    `Cannot read pages of ${plan.name}: its rows are in groups or joined to many, join relations to one row or group by the primary key`,
  );
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
