// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import type { Executor } from "../executor.ts";
import type { Columns, Table } from "../schema/table.ts";
import type { TablePlan } from "./plan.ts";
import type { QueryState } from "./query_state.ts";
import type { SqlChecker } from "./sql.ts";

/** What a query runs with. */
export interface QueryContext {
  readonly executor: Executor;
  readonly dialect: Dialect;
  readonly checker: SqlChecker;
  readonly plan: (table: Table<string, Columns>) => TablePlan;
  /** The tables whose hooks it runs for: it calls no hooks of them. */
  readonly silent: readonly Table[];
  /** What the hooks of a table work with on an executor. */
  readonly within: (
    context: QueryContext,
    executor: Executor,
    table: Table,
  ) => HookSession;
}

/** A session as hooks get it, and what queries of it run with. */
export interface HookSession {
  readonly session: object;
  readonly context: QueryContext;
}

/** All that a query is. */
export interface QueryScope {
  readonly context: QueryContext;
  readonly plan: TablePlan;
  readonly state: QueryState;
}
