// Copyright 2026 the Gee authors. MIT license.

import type { MaybePromise, RunResult } from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { NotFoundError } from "../errors.ts";
import type { Relation } from "../schema/relations.ts";
import type { Columns, InsertRow, Row, Table } from "../schema/table.ts";
import { checkBounded, checkCount, namesOne, noRow } from "./bounds.ts";
import { conditionSql, type Where } from "./conditions.ts";
import type { ConflictAction } from "./conflict.ts";
import { compoundTable, type DerivedColumns } from "./derive.ts";
import type { FullText, MatchOptions } from "./full_text.ts";
import type { InsertResult } from "./insert.ts";
import type { Joins, NoJoins } from "./joined_columns.ts";
import { cursorOf } from "./keyset.ts";
import { TablePlan } from "./plan.ts";
import type { Query } from "./query.ts";
import type { QueryContext, QueryScope } from "./query_context.ts";
import {
  added,
  ALL,
  everyRow,
  type MoreState,
  type QueryState,
  VERSIONED,
  WITH_DELETED,
  withMore,
} from "./query_state.ts";
import {
  checkRelation,
  grouped,
  havingSql,
  joined,
  joinedCondition,
  type JoinMaker,
  matched,
  ordered,
  paged,
  selected,
  type SqlMaker,
  withRelation,
  written,
} from "./query_steps.ts";
import {
  countRows,
  explained,
  findMore,
  firstOfMore,
  hasRow,
  iterateRows,
} from "./reading.ts";
import type { Explanation, IterateOptions } from "./results.ts";
import {
  firstWithHooks,
  iterateWithHooks,
  readWithHooks,
} from "./running_hooks.ts";
import { innerText, selectText, whereText } from "./select_text.ts";
import {
  SELECT,
  type Selectable,
  type SelectText,
  selectTextOf,
} from "./selectable.ts";
import type { SqlChecker, SqlParam } from "./sql.ts";
import { isSql, type Sql } from "./sql_template.ts";
import type { Changes, ChangesBy } from "./update_set.ts";
import { checkWhole, Writer } from "./writer.ts";
import type { ConflictInserts, Writes } from "./writes.ts";
import { insertNew } from "./writing.ts";

/** The query on every row of a table. */
export function query<C extends Columns>(
  context: QueryContext,
  plan: TablePlan,
): Query<C, Row<C>> {
  return new TableQuery<C, Row<C>, NoJoins>(context, plan, everyRow(plan));
}

type Refine = (query: never) => unknown;

// What a step returns has other types than the query itself; the interface says
// which. No row is of every type, and so a query of none is of any.
type Next = Query<never, never, never>;
type Compound<Out> = Query<DerivedColumns<Out>, Out>;

class TableQuery<C extends Columns, Out, J extends Joins>
  implements Query<C, Out, J> {
  readonly #context: QueryContext;
  readonly #plan: TablePlan;
  readonly #state: QueryState;

  constructor(context: QueryContext, plan: TablePlan, state: QueryState) {
    this.#context = context;
    this.#plan = plan;
    this.#state = state;
  }

  #next(state: QueryState): TableQuery<never, never, never> {
    return new TableQuery(this.#context, this.#plan, state);
  }

  get #scope(): QueryScope {
    return { context: this.#context, plan: this.#plan, state: this.#state };
  }

  where(
    condition: Where<C> | Sql | string | SqlMaker,
    ...values: readonly SqlParam[]
  ): Next {
    if (typeof condition === "string") {
      return this.#and(condition, this.#context.checker, values);
    }
    if (typeof condition === "function" || isSql(condition)) {
      if (values.length > 0) {
        throw new TypeError(
          "Cannot bind values: those of a template stand in the template",
        );
      }
      const { sql, params } = written(this.#scope, condition);
      return this.#next(added(this.#state, `(${sql}\n)`, params));
    }
    const params: SqlValue[] = [];
    const sql = conditionSql(this.#plan, condition, params);
    if (sql === "") return this.#next(this.#state);
    const { version } = this.#plan;
    const next = added(this.#state, sql, params);
    return this.#next(
      version !== undefined && namesOne(version, condition)
        ? { ...next, flags: next.flags | VERSIONED }
        : next,
    );
  }

  #and(sql: string, checker: SqlChecker, values: readonly SqlParam[]): Next {
    const params = checker.condition(sql, values);
    // The line break ends a comment at the condition's end.
    return this.#next(added(this.#state, `(${sql}\n)`, params));
  }

  whereJoined(alias: string, conditions: object): Next {
    return this.#next(joinedCondition(this.#scope, alias, conditions));
  }

  orderBy(...keys: readonly unknown[]): Next {
    return this.#next(ordered(this.#scope, keys));
  }

  limit(count: number): Next {
    checkCount("limit", count);
    return this.#next({ ...this.#state, limit: count });
  }

  offset(count: number): Next {
    checkCount("offset", count);
    return this.#next({ ...this.#state, offset: count });
  }

  after(cursor: string | null): Next {
    return this.#next(paged(this.#scope, cursor, false));
  }

  before(cursor: string | null): Next {
    return this.#next(paged(this.#scope, cursor, true));
  }

  select(...columns: readonly unknown[]): Next {
    return this.#next(selected(this.#scope, columns));
  }

  distinct(): Next {
    return this.#more({ isDistinct: true });
  }

  join(alias: string, to: Relation | Table, on?: JoinMaker): Next {
    return this.#next(joined(this.#scope, "JOIN", alias, to, on));
  }

  leftJoin(alias: string, to: Relation | Table, on?: JoinMaker): Next {
    return this.#next(joined(this.#scope, "LEFT JOIN", alias, to, on));
  }

  groupBy(...by: readonly unknown[]): Next {
    return this.#more({ group: grouped(this.#scope, by) });
  }

  having(condition: SqlMaker): Next {
    return this.#more({ having: havingSql(this.#scope, condition) });
  }

  with(name: string, relation: Relation, refine?: Refine): Next {
    checkRelation(name, relation);
    const every = query(this.#context, this.#context.plan(relation.to));
    const related: unknown = refine === undefined
      ? every
      : refine(every as never); // of the relation's table
    if (!(related instanceof TableQuery)) {
      throw new TypeError(
        `Cannot read relation "${name}": its function returns no query`,
      );
    }
    const inner = related.#scope;
    return this.#next(withRelation(this.#scope, name, relation, inner));
  }

  match(
    index: FullText<C, string>,
    text: string,
    options: MatchOptions = {},
  ): Next {
    return this.#next(matched(this.#scope, index, text, options));
  }

  union(other: Selectable<Out>): Compound<Out> {
    return this.#compound("UNION", other);
  }

  unionAll(other: Selectable<Out>): Compound<Out> {
    return this.#compound("UNION ALL", other);
  }

  intersect(other: Selectable<Out>): Compound<Out> {
    return this.#compound("INTERSECT", other);
  }

  except(other: Selectable<Out>): Compound<Out> {
    return this.#compound("EXCEPT", other);
  }

  #compound(operator: string, other: Selectable<Out>): Compound<Out> {
    const right = selectTextOf(other, `make ${operator.toLowerCase()}`);
    const { alias } = this.#plan;
    const table = compoundTable(alias, operator, this[SELECT](true), right);
    const plan = new TablePlan(table, this.#plan.dialect);
    // The rows of both, as the columns of the table made of them.
    return query(this.#context, plan) as unknown as Compound<Out>;
  }

  all(): Next {
    return this.#flagged(ALL);
  }

  withDeleted(): Next {
    return this.#flagged(WITH_DELETED);
  }

  #flagged(flag: number): TableQuery<never, never, never> {
    return this.#next({ ...this.#state, flags: this.#state.flags | flag });
  }

  #more(change: Partial<MoreState>): Next {
    return this.#next(withMore(this.#state, change));
  }

  [SELECT](isNamed = false): SelectText {
    return innerText(this.#plan, this.#state, isNamed);
  }

  // Hydrators make what selections are typed as, here and below.
  find(): Promise<Out[]> {
    return this.#plan.hooks === undefined
      ? this.#find()
      : readWithHooks(this.#scope, () => this.#find(), (rows) => rows);
  }

  async #find(): Promise<Out[]> {
    const { selection, limit, more } = this.#state;
    if (more.relations.length > 0 || more.page !== undefined) {
      return await findMore(this.#scope, limit) as Out[];
    }
    const { sql, params } = selectText(this.#plan, this.#state, limit);
    const pending = this.#context.executor.read((channel) =>
      channel.all(sql, params, selection)
    );
    const rows = pending instanceof Promise ? await pending : pending;
    // Rows are turned in place, for there may be many.
    const result = rows as unknown[];
    for (let index = 0; index < rows.length; index++) {
      result[index] = selection.hydrate(rows[index]!); // within the loop's bounds
    }
    return result as Out[];
  }

  first(): Promise<Out | undefined> {
    return this.#plan.hooks === undefined
      ? this.#first()
      : firstWithHooks(this.#scope, () => this.#first());
  }

  async #first(): Promise<Out | undefined> {
    const { selection, limit, more } = this.#state;
    const least = limit === undefined ? 1 : Math.min(limit, 1);
    if (more.relations.length > 0 || more.page !== undefined) {
      return await firstOfMore(this.#scope, least) as Out | undefined;
    }
    const { sql, params } = selectText(this.#plan, this.#state, least);
    const pending = this.#context.executor.read((channel) =>
      channel.get(sql, params, selection)
    );
    const row = pending instanceof Promise ? await pending : pending;
    return row === undefined ? undefined : selection.hydrate(row) as Out;
  }

  async one(): Promise<Out> {
    const row = await this.first();
    if (row !== undefined) return row;
    throw new NotFoundError(
      `Cannot find row of ${this.#plan.name}: none meets the conditions`,
    );
  }

  count(): Promise<number> {
    const scope = this.#scope;
    return this.#plan.hooks === undefined
      ? countRows(scope)
      : readWithHooks(scope, () => countRows(scope));
  }

  exists(): Promise<boolean> {
    const scope = this.#scope;
    return this.#plan.hooks === undefined
      ? hasRow(scope)
      : readWithHooks(scope, () => hasRow(scope));
  }

  iterate({ signal }: IterateOptions = {}): AsyncGenerator<Out, void, void> {
    const rows = iterateRows(this.#scope, signal);
    const hooked = this.#plan.hooks === undefined
      ? rows
      : iterateWithHooks(this.#scope, rows, signal);
    return hooked as AsyncGenerator<Out, void, void>;
  }

  explain(): Promise<Explanation> {
    return explained(this.#scope);
  }

  cursor(row: Out): string {
    return cursorOf(this.#plan, this.#state.terms, row);
  }

  async update(changes: Changes<C> | ChangesBy<C>): Promise<number> {
    if (this.#plan.hooks !== undefined || typeof changes === "function") {
      return await this.#writer.update(changes) as number;
    }
    checkBounded("update", this.#plan, this.#state);
    const pending = this.#update(changes);
    const { affected } = pending instanceof Promise ? await pending : pending;
    return affected === 0 ? noRow("update", this.#plan, this.#state) : affected;
  }

  #update(changes: object): MaybePromise<RunResult> {
    const params: SqlValue[] = [];
    const set = this.#plan.setSql(changes, params);
    for (const value of this.#state.params) params.push(value);
    const where = whereText(this.#plan, this.#state);
    const sql = this.#plan.text(this.#plan.updateSql(set), where);
    return this.#context.executor.write((channel) => channel.run(sql, params));
  }

  // Without returning() the writer returns how many rows there were.
  delete(): Promise<number> {
    return this.#writer.delete() as Promise<number>;
  }

  hardDelete(): Promise<number> {
    return this.#writer.hardDelete() as Promise<number>;
  }

  async insert(...rows: readonly InsertRow<C>[]): Promise<InsertResult> {
    checkWhole(this.#scope);
    const plan = this.#context.plan(this.#plan.table);
    return await insertNew(this.#context, plan, rows);
  }

  upsert(...rows: readonly InsertRow<C>[]): Promise<number> {
    return this.#writer.upsert(...rows) as Promise<number>;
  }

  // The interface says what it returns of which columns, here and below.
  onConflict(
    keys: string | readonly string[],
    action: ConflictAction<C>,
  ): ConflictInserts<C> {
    return this.#writer.onConflict(keys, action) as unknown as ConflictInserts<
      C
    >;
  }

  returning(...columns: readonly unknown[]): Writes<C, never> {
    return this.#writer.returning(...columns) as unknown as Writes<C, never>;
  }

  get #writer(): Writer {
    return new Writer(
      this.#scope,
      (context) => new TableQuery(context, this.#plan, this.#state),
    );
  }
}
