// Copyright 2026 the Gee authors. MIT license.

import type { Executor } from "../executor.ts";
import type { Table } from "../schema/table.ts";
import type { TablePlan } from "./plan.ts";
import type { QueryContext, QueryScope } from "./query_context.ts";
import { callHooks, type TableHooks } from "./table_hooks.ts";

/** What every hook is given; `HookContext` is its public form. */
export interface HookBase {
  readonly session: object;
  readonly table: Table;
  readonly signal: AbortSignal | undefined;
}

/** The hooks of a table, unless they are what runs the statement. */
export function activeHooks(
  { silent }: QueryContext,
  { hooks, table }: TablePlan,
): TableHooks | undefined {
  return hooks === undefined || silent.includes(table) ? undefined : hooks;
}

/** What hooks are given, and with what queries their statement runs. */
export function hookBase(
  context: QueryContext,
  { table }: TablePlan,
  executor: Executor,
  signal?: AbortSignal,
): { readonly base: HookBase; readonly quiet: QueryContext } {
  const { session, context: quiet } = context.within(context, executor, table);
  return { base: { session, table, signal }, quiet };
}

/**
 * Reads with the hooks of the table: not in a transaction, for they have nothing
 * to undo, and one that writes would keep others from reading.
 */
export async function readWithHooks<T>(
  { context, plan }: QueryScope,
  read: () => Promise<T>,
  rowsOf?: (result: T) => readonly unknown[],
): Promise<T> {
  const hooks = activeHooks(context, plan);
  if (hooks === undefined) return await read();
  const { base } = hookBase(context, plan, context.executor);
  await callHooks(hooks.beforeQuery, base);
  const result = await read();
  if (rowsOf !== undefined) {
    await callHooks(hooks.afterQuery, rowsOf(result), base);
  }
  return result;
}

/** The same for the first row, which a hook may take out. */
export async function firstWithHooks<T>(
  scope: QueryScope,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const rows = await readWithHooks(scope, async () => {
    const row = await read();
    return row === undefined ? [] : [row];
  }, (rows) => rows);
  return rows[0];
}

/** The same for rows one by one. */
export async function* iterateWithHooks(
  { context, plan }: QueryScope,
  rows: AsyncGenerator<unknown, void, void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, void> {
  const hooks = activeHooks(context, plan);
  if (hooks === undefined) return yield* rows;
  const { base } = hookBase(context, plan, context.executor, signal);
  await callHooks(hooks.beforeQuery, base);
  for await (const row of rows) {
    const list = [row];
    await callHooks(hooks.afterQuery, list, base);
    yield* list;
  }
}
