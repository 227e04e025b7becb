// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import type { TablePlan } from "./plan.ts";
import type { QueryState } from "./query_state.ts";
import type { QueryScope } from "./query_context.ts";
import { loadRows, rowReader } from "./relation_loader.ts";
import type { Explanation } from "./results.ts";
import { isPlain, selectText } from "./select_text.ts";

/** Every row of a query with relations or in pages. */
export async function findMore(
  { context, plan, state }: QueryScope,
  limit: number | undefined,
): Promise<unknown[]> {
  return await loadRows(context.executor, plan, state, limit);
}

/** The first row of a query with relations or in pages. */
export async function firstOfMore(
  scope: QueryScope,
  limit: number,
): Promise<unknown> {
  const { state } = scope;
  // Before a row there is the nearest first to be read, and then the farthest.
  const rows = await findMore(
    scope,
    state.more.page?.isBefore ? state.limit : limit,
  );
  return rows[0];
}

/** How many rows a query selects. */
export async function countRows(
  { context, plan, state }: QueryScope,
): Promise<number> {
  const { limit, offset } = state;
  const isCut = limit !== undefined || offset !== undefined;
  const isWhole = !isCut && isPlain(plan, state);
  // Rows that are not cut are as many in any order.
  const read = isCut || state.more.page !== undefined
    ? state
    : { ...state, order: "", terms: [] };
  const { sql, params } = selectText(
    plan,
    counting(plan, read, isWhole ? "count(*)" : "1"),
    limit,
  );
  const row = await context.executor.read((channel) =>
    channel.get(isWhole ? sql : `SELECT count(*) FROM (${sql})`, params)
  );
  return Number(row?.[0]);
}

/** Whether a query selects a row. */
export async function hasRow(
  { context, plan, state }: QueryScope,
): Promise<boolean> {
  const { limit } = state;
  const { sql, params } = selectText(
    plan,
    counting(plan, state, "1"),
    limit === undefined ? 1 : Math.min(limit, 1),
  );
  const row = await context.executor.read((channel) =>
    channel.get(sql, params, state.selection)
  );
  return row !== undefined;
}

/** The same rows without their columns, where that makes no difference. */
function counting(
  plan: TablePlan,
  state: QueryState,
  what: string,
): QueryState {
  if (!isPlain(plan, state)) return state;
  const sql = `SELECT ${what} FROM ${plan.from}`;
  const selection = { ...state.selection, sql, params: [] };
  return { ...state, selection };
}

/** How the database would run a query. */
export async function explained(
  { context, plan, state }: QueryScope,
): Promise<Explanation> {
  const { sql, params } = selectText(plan, state, state.limit);
  const rows = await context.executor.read((channel) =>
    channel.all(`EXPLAIN QUERY PLAN ${sql}`, params)
  );
  const depths = new Map<unknown, number>();
  const lines = rows.map(([id, parent, , detail]) => {
    const depth = (depths.get(parent) ?? -1) + 1;
    depths.set(id, depth);
    return `${"  ".repeat(depth)}${detail}`;
  });
  return { sql, params, plan: lines };
}

// Relations of so many rows are read at once.
const BATCH = 500;

/** The rows that a query selects one by one. */
export async function* iterateRows(
  { context, plan, state }: QueryScope,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, void> {
  signal?.throwIfAborted();
  if (state.more.page?.isBefore) {
    throw new TypeError(
      "Cannot iterate over rows: before() reads them at once",
    );
  }
  const { executor } = context;
  const reader = rowReader(plan, state, []);
  const { selection } = reader;
  const text = selectText(plan, { ...state, selection }, state.limit);
  const rows = executor.iterate(text.sql, text.params, selection);
  const size = state.more.relations.length > 0 ? BATCH : 1;
  let batch: SqlValue[][] = [];
  for await (const cells of rows) {
    signal?.throwIfAborted();
    if (size === 1) {
      yield selection.hydrate(cells);
      continue;
    }
    batch.push(cells);
    if (batch.length < size) continue;
    yield* await reader.read(executor, batch);
    batch = [];
  }
  if (batch.length > 0) yield* await reader.read(executor, batch);
}
