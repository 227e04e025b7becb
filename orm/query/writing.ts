// Copyright 2026 the Gee authors. MIT license.
// Writing with everything that only some statements have: hooks, rows to
// return, conflicts. What has none of them takes a shorter way.

import type { SqlValue } from "../driver/sql_value.ts";
import type { Executor } from "../executor.ts";
import { checkBounded, noRow } from "./bounds.ts";
import type { Conflict } from "./conflict.ts";
import {
  checkRows,
  type InsertResult,
  insertRows,
  writeRows,
} from "./insert.ts";
import type { TablePlan } from "./plan.ts";
import { WITH_DELETED } from "./query_state.ts";
import type { QueryContext, QueryScope } from "./query_context.ts";
import { activeHooks, hookBase } from "./running_hooks.ts";
import { whereText } from "./select_text.ts";
import type { Selection } from "./selections.ts";
import { checkChanges } from "./update_set.ts";
import { type AnyHook, callHooks } from "./table_hooks.ts";
import { paired, runWrite, type Written } from "./written.ts";

/** An update or a delete. */
export interface Change {
  readonly action: "update" | "delete";
  /** What an update sets, or a soft deletion; a hard one sets nothing. */
  readonly changes: object | undefined;
  /** What to return of the rows. */
  readonly returning: Selection | undefined;
  /** The query on the rows, for hooks. */
  readonly queryOf: (context: QueryContext) => unknown;
}

/** An insert. */
export interface Insertion {
  readonly rows: readonly object[];
  readonly conflict: Conflict | undefined;
  /** What to return of the rows. */
  readonly returning: Selection | undefined;
}

/** Changes or deletes the rows of a query. */
export async function changeRows(
  scope: QueryScope,
  change: Change,
): Promise<Written> {
  const { context, plan, state } = scope;
  const isUpdate = change.action === "update";
  checkBounded(change.action, plan, state);
  const hooks = activeHooks(context, plan);
  const before = hooks?.[isUpdate ? "beforeUpdate" : "beforeDelete"] ?? [];
  const after = hooks?.[isUpdate ? "afterUpdate" : "afterDelete"] ?? [];
  if (before.length + after.length === 0) return await runChange(scope, change);
  return await context.executor.transaction((inner) =>
    isUpdate
      ? hookedUpdate(scope, change, inner, before, after)
      : hookedDelete(scope, change, inner, before, after)
  );
}

async function runChange(
  { context, plan, state }: QueryScope,
  { action, changes, returning }: Change,
): Promise<Written> {
  const params: SqlValue[] = [];
  const isSoft = action === "delete" && changes !== undefined;
  // Not by the lack of changes alone: an update that lacks them is a mistake.
  const head = action === "delete" && !isSoft
    ? `DELETE FROM ${plan.from}`
    : plan.updateSql(plan.setSql(changes, params));
  for (const value of state.params) params.push(value);
  // A row that is deleted keeps the time when it was.
  const flags = isSoft ? state.flags & ~WITH_DELETED : state.flags;
  const sql = plan.text(head, whereText(plan, { ...state, flags }));
  const written = await runWrite(context.executor, { sql, params }, returning);
  if (written.affected === 0) noRow(action, plan, state);
  return written;
}

async function hookedUpdate(
  scope: QueryScope,
  change: Change,
  inner: Executor,
  before: readonly AnyHook[],
  after: readonly AnyHook[],
): Promise<Written> {
  checkChanges(change.changes);
  const { base, quiet } = hookBase(scope.context, scope.plan, inner);
  const changes = { ...change.changes };
  const rows = change.queryOf(quiet);
  await callHooks(before, changes, { ...base, rows });
  const written = await runChange(
    { ...scope, context: quiet },
    { ...change, changes },
  );
  const { affected } = written;
  await callHooks(after, changes, { ...base, affected });
  return written;
}

async function hookedDelete(
  scope: QueryScope,
  change: Change,
  inner: Executor,
  before: readonly AnyHook[],
  after: readonly AnyHook[],
): Promise<Written> {
  const { context, plan } = scope;
  const { base, quiet } = hookBase(context, plan, inner);
  const rows = change.queryOf(quiet);
  await callHooks(before, { ...base, rows });
  const { stored, asked } = await withStored(
    context.plan(plan.table),
    change.returning,
    after,
    (returning) =>
      runChange({ ...scope, context: quiet }, { ...change, returning }),
  );
  await callHooks(after, stored, { ...base, affected: asked.affected });
  return asked;
}

/** Inserts rows. */
export async function insertInto(
  context: QueryContext,
  plan: TablePlan,
  { rows, conflict, returning }: Insertion,
): Promise<Written> {
  const write = (
    executor: Executor,
    rows: readonly object[],
    returning: Selection | undefined,
  ) => writeRows(executor, plan, rows, conflict, returning);
  const { beforeInsert = [], afterInsert = [] } = activeHooks(context, plan) ??
    {};
  if (rows.length === 0 || beforeInsert.length + afterInsert.length === 0) {
    return await write(context.executor, rows, returning);
  }
  checkRows(plan, rows);
  return await context.executor.transaction(async (inner) => {
    const { base } = hookBase(context, plan, inner);
    const copies = rows.map((row) => ({ ...row }));
    await callHooks(beforeInsert, copies, base);
    const { stored, asked } = await withStored(
      plan,
      returning,
      afterInsert,
      (returning) => write(inner, copies, returning),
    );
    const { affected } = asked;
    await callHooks(afterInsert, stored, { ...base, affected });
    return asked;
  });
}

/** Inserts rows that are to be new, and tells the key of the last. */
export async function insertNew(
  context: QueryContext,
  plan: TablePlan,
  rows: readonly object[],
): Promise<InsertResult> {
  if (plan.hooks === undefined || activeHooks(context, plan) === undefined) {
    return await insertRows(context.executor, plan, rows);
  }
  const key = plan.isNumbered ? plan.table.primaryKey : undefined;
  const { affected, rows: keys } = await insertInto(context, plan, {
    rows,
    conflict: undefined,
    returning: key && plan.selection(key),
  });
  const last = keys.at(-1) as Readonly<Record<string, unknown>> | undefined; // hydrated
  // A key that the database can number is an integer of either type.
  const lastId = last?.[key?.[0] ?? ""] as number | bigint | undefined;
  return { affected, lastId };
}

/** Writes, with the rows as they are stored if hooks are to get them. */
async function withStored(
  plan: TablePlan,
  returning: Selection | undefined,
  after: readonly AnyHook[],
  write: (
    returning: Selection | undefined,
  ) => Written | Promise<Written>,
): Promise<
  { readonly stored: readonly unknown[]; readonly asked: Written }
> {
  if (after.length === 0) {
    return { stored: [], asked: await write(returning) };
  }
  const all = plan.selection();
  if (returning === undefined) {
    const asked = await write(all);
    return { stored: asked.rows, asked };
  }
  const { affected, rows } = await write(paired(all, returning));
  const pairs = rows as readonly (readonly [unknown, unknown])[]; // of paired()
  return {
    stored: pairs.map(([row]) => row),
    asked: { affected, rows: pairs.map(([, row]) => row) },
  };
}
