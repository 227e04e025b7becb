// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { MaybePromise, RunResult } from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { Executor } from "../executor.ts";
import { ConflictError } from "../errors.ts";
import type { Changes, Columns, Row } from "../schema/table.ts";
import { conditionSql, type Where } from "./conditions.ts";
import type { ColumnPlan, Selection, TablePlan } from "./plan.ts";
import type { SqlChecker, SqlParam } from "./sql.ts";
import type { Query } from "./query.ts";
import { bindSql, isSql, type Sql, type SqlPart } from "./sql_template.ts";

interface QueryState {
  readonly selection: Selection;
  readonly where: string;
  readonly params: readonly SqlValue[];
  readonly order: string;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Of ALL, WITH_DELETED and VERSIONED, added. */
  readonly flags: number;
}

// One number, so that they cost a query nothing.
const ALL = 1;
const WITH_DELETED = 2;
/** A condition names the version that rows have to have. */
const VERSIONED = 4;

/** What a query runs with. */
export interface QueryContext {
  readonly executor: Executor;
  readonly checker: SqlChecker;
}

const NO_PARAMS: readonly SqlValue[] = [];

function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(
    `Cannot set ${name}: got ${String(count)}, want a whole number from 0`,
  );
}

/** Whether a condition names one version. */
function namesOne({ property }: ColumnPlan, condition: object): boolean {
  if (!Object.hasOwn(condition, property)) return false;
  const value: unknown = condition[property as keyof typeof condition];
  return typeof value !== "object" || value !== null && "eq" in value;
}

/** The query on every row of a table. */
export function query<C extends Columns>(
  context: QueryContext,
  plan: TablePlan,
): Query<C, Row<C>> {
  return new TableQuery(context, plan, {
    selection: plan.selection(),
    where: "",
    params: NO_PARAMS,
    order: "",
    limit: undefined,
    offset: undefined,
    flags: 0,
  });
}

class TableQuery<C extends Columns, Out> implements Query<C, Out> {
  readonly #context: QueryContext;
  readonly #plan: TablePlan;
  readonly #state: QueryState;

  constructor(context: QueryContext, plan: TablePlan, state: QueryState) {
    this.#context = context;
    this.#plan = plan;
    this.#state = state;
  }

  #next(state: QueryState): TableQuery<C, Out> {
    return new TableQuery(this.#context, this.#plan, state);
  }

  where(
    condition: Where<C> | Sql | string,
    ...values: readonly SqlParam[]
  ): Query<C, Out> {
    if (typeof condition === "string" || isSql(condition)) {
      const part = this.#part(condition, values);
      const added = this.#context.checker.condition(part.sql, part.params);
      // The line break ends a comment at the condition's end.
      return this.#and(`(${part.sql}\n)`, added);
    }
    const added: SqlValue[] = [];
    const sql = conditionSql(this.#plan, condition, added);
    if (sql === "") return this;
    const { version } = this.#plan;
    const next = this.#and(sql, added);
    return version !== undefined && namesOne(version, condition)
      ? next.#flagged(VERSIONED)
      : next;
  }

  #and(sql: string, added: readonly SqlValue[]): TableQuery<C, Out> {
    const { where, params } = this.#state;
    return this.#next(
      where === "" ? { ...this.#state, where: sql, params: added } : {
        ...this.#state,
        where: `${where} AND ${sql}`,
        params: [...params, ...added],
      },
    );
  }

  #part(condition: string | Sql, params: readonly SqlParam[]): SqlPart {
    if (typeof condition === "string") return { sql: condition, params };
    return bindSql(
      condition,
      params,
      this.#plan.dialect,
      (property) => this.#plan.column(property).path,
    );
  }

  orderBy(...keys: readonly string[]): Query<C, Out> {
    const order = keys.map((key) =>
      key.startsWith("-")
        ? `${this.#plan.column(key.slice(1)).path} DESC`
        : this.#plan.column(key).path
    ).join(", ");
    return this.#next({ ...this.#state, order });
  }

  limit(count: number): Query<C, Out> {
    checkCount("limit", count);
    return this.#next({ ...this.#state, limit: count });
  }

  offset(count: number): Query<C, Out> {
    checkCount("offset", count);
    return this.#next({ ...this.#state, offset: count });
  }

  select<K extends keyof C & string>(
    ...columns: readonly K[]
  ): Query<C, Pick<Row<C>, K>> {
    if (columns.length === 0) {
      throw new TypeError("Cannot select columns: got none, want one at least");
    }
    const selection = this.#plan.selection(columns);
    return new TableQuery(this.#context, this.#plan, {
      ...this.#state,
      selection,
    });
  }

  all(): Query<C, Out> {
    return this.#flagged(ALL);
  }

  withDeleted(): Query<C, Out> {
    return this.#flagged(WITH_DELETED);
  }

  #flagged(flag: number): TableQuery<C, Out> {
    return this.#next({ ...this.#state, flags: this.#state.flags | flag });
  }

  async find(): Promise<Out[]> {
    const { selection, limit } = this.#state;
    const { sql, params } = this.#tail(selection.sql, limit);
    const pending = this.#context.executor.read((channel) =>
      channel.all(sql, params, selection)
    );
    const rows = pending instanceof Promise ? await pending : pending;
    // The hydrator makes what the selection is typed as; rows are turned in
    // place, for there may be many.
    const result = rows as unknown[];
    for (let index = 0; index < rows.length; index++) {
      result[index] = selection.hydrate(rows[index]!); // within the loop's bounds
    }
    return result as Out[];
  }

  async first(): Promise<Out | undefined> {
    const { selection, limit } = this.#state;
    const { sql, params } = this.#tail(
      selection.sql,
      limit === undefined ? 1 : Math.min(limit, 1),
    );
    const pending = this.#context.executor.read((channel) =>
      channel.get(sql, params, selection)
    );
    const row = pending instanceof Promise ? await pending : pending;
    // As in find().
    return row === undefined ? undefined : selection.hydrate(row) as Out;
  }

  async count(): Promise<number> {
    const { limit, offset } = this.#state;
    const isCut = limit !== undefined || offset !== undefined;
    const rows = this.#tail(`SELECT 1 FROM ${this.#plan.name}`, limit);
    const sql = isCut
      ? `SELECT count(*) FROM (${rows.sql})`
      : this.#matching(`SELECT count(*) FROM ${this.#plan.name}`);
    const row = await this.#context.executor.read((channel) =>
      channel.get(sql, rows.params)
    );
    return Number(row?.[0]);
  }

  async exists(): Promise<boolean> {
    const { limit } = this.#state;
    const { sql, params } = this.#tail(
      `SELECT 1 FROM ${this.#plan.name}`,
      limit === undefined ? 1 : Math.min(limit, 1),
    );
    const row = await this.#context.executor.read((channel) =>
      channel.get(sql, params)
    );
    return row !== undefined;
  }

  async update(changes: Changes<C>): Promise<number> {
    this.#checkBounded("update");
    const pending = this.#update(changes);
    const { affected } = pending instanceof Promise ? await pending : pending;
    return affected === 0 ? this.#none("update") : affected;
  }

  #update(changes: object): MaybePromise<RunResult> {
    const params: SqlValue[] = [];
    const set = this.#plan.setSql(changes, params);
    for (const value of this.#state.params) params.push(value);
    return this.#change(this.#plan.updateSql(set), params);
  }

  delete(): Promise<number> {
    const { softDelete } = this.#plan;
    return softDelete === undefined
      ? this.hardDelete()
      : this.#softDelete(softDelete);
  }

  async #softDelete({ property }: ColumnPlan): Promise<number> {
    this.#checkBounded("delete");
    // A row that is deleted keeps the time when it was.
    const alive = this.#next({
      ...this.#state,
      flags: this.#state.flags & ~WITH_DELETED,
    });
    const { affected } = await alive.#update({ [property]: new Date() });
    return affected === 0 ? this.#none("delete") : affected;
  }

  async hardDelete(): Promise<number> {
    this.#checkBounded("delete");
    const { params } = this.#state;
    const pending = this.#change(`DELETE FROM ${this.#plan.name}`, params);
    const { affected } = pending instanceof Promise ? await pending : pending;
    return affected === 0 ? this.#none("delete") : affected;
  }

  #change(head: string, params: readonly SqlValue[]): MaybePromise<RunResult> {
    const sql = this.#matching(head);
    return this.#context.executor.write((channel) => channel.run(sql, params));
  }

  /** What it means that there was no row. */
  #none(action: "update" | "delete"): number {
    if ((this.#state.flags & VERSIONED) === 0) return 0;
    throw new ConflictError(
      `Cannot ${action} rows of ${this.#plan.name}: none has the version that the condition names`,
    );
  }

  #checkBounded(action: "update" | "delete"): void {
    const { where, flags, order, limit, offset } = this.#state;
    if (where === "" && (flags & ALL) === 0) {
      throw new TypeError(
        `Cannot ${action} rows of ${this.#plan.name}: there is no condition, call all() to mean every row`,
      );
    }
    if (order !== "" || limit !== undefined || offset !== undefined) {
      throw new TypeError(
        `Cannot ${action} rows of ${this.#plan.name}: orderBy(), limit() and offset() are for reading`,
      );
    }
  }

  /** The text with its conditions. */
  #matching(head: string): string {
    return this.#plan.text(head, this.#where());
  }

  /** The conditions, with those of the table. */
  #where(): string {
    const { where, flags } = this.#state;
    return this.#plan.softDelete === undefined || (flags & WITH_DELETED) !== 0
      ? where
      : this.#plan.aliveText(where);
  }

  /** The text with its conditions, order and limits. */
  #tail(head: string, limit: number | undefined): SqlText {
    const { order, offset, params } = this.#state;
    if (limit === 1 && order === "" && offset === undefined) {
      return { sql: this.#plan.firstText(head, this.#where()), params };
    }
    let sql = this.#matching(head);
    if (order !== "") sql = `${sql} ORDER BY ${order}`;
    if (offset !== undefined) {
      // SQLite knows no OFFSET without LIMIT; a negative one is none.
      return {
        sql: `${sql} LIMIT ? OFFSET ?`,
        params: [...params, limit ?? -1, offset],
      };
    }
    if (limit === undefined) return { sql, params };
    // The commonest limit is part of the text: no value to bind for first().
    if (limit === 1) return { sql: `${sql} LIMIT 1`, params };
    return { sql: `${sql} LIMIT ?`, params: [...params, limit] };
  }
}
